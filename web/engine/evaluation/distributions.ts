/** Normal and Student's t distribution from sums and continued fractions; no built-in that may differ between engines. */
import { exp, pow } from '../arithmetic.ts';

const ROOT_TWO_PI = 2.5066282746310002;
const ROOT_PI = 1.772453850905516;

/** P(Z ≤ x) of the standard normal; absolute error below 1e-13. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const size = Math.abs(x);
  if (size > 39) return x > 0 ? 1 : 0;
  const density = exp((-x * x) / 2) / ROOT_TWO_PI;
  if (size < 4) {
    // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …)
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  // Laplace's fraction of the upper tail: φ(x) / (x + 1/(x + 2/(x + 3/…)))
  let fraction = size;
  for (let k = 80; k >= 1; k--) fraction = size + k / fraction;
  const tail = density / fraction;
  return x > 0 ? 1 - tail : tail;
}

/** P(T ≤ t) of Student's t with a whole number of degrees of freedom ≥ 1. */
export function studentCdf(t: number, degrees: number): number {
  if (Number.isNaN(t)) return NaN;
  if (t === 0) return 0.5;
  const square = t * t;
  if (square === Infinity) return t > 0 ? 1 : 0;
  // The tails together are the regularised incomplete beta function at ν/(ν + t²) with a = ν/2, b = ½.
  const x = degrees / (degrees + square);
  const y = square / (degrees + square);
  const factor = (gammaRatio(degrees) / ROOT_PI) * pow(x, degrees / 2) * Math.sqrt(y);
  const a = degrees / 2;
  const tails =
    x < (a + 1) / (a + 2.5) ? (factor * betaFraction(a, 0.5, x)) / a : 1 - (factor * betaFraction(0.5, a, y)) / 0.5;
  return t > 0 ? 1 - tails / 2 : tails / 2;
}

/** The t below which a share `p` of Student's t lies, 0 < p < 1. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN;
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  let low = 0;
  let high = 1;
  while (high < 1e150 && studentCdf(high, degrees) < p) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Γ((ν + 1)/2) / Γ(ν/2), from ν = 1 or 2 upwards in steps of two. */
function gammaRatio(degrees: number): number {
  let ratio = degrees % 2 === 1 ? 1 / ROOT_PI : ROOT_PI / 2;
  for (let k = degrees % 2 === 1 ? 1 : 2; k < degrees; k += 2) ratio *= (k + 1) / k;
  return ratio;
}

/** The continued fraction of the incomplete beta function, evaluated from the front (Lentz). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return result;
}
