/**
 * exp, log and pow built from operations that IEEE 754 fixes to the last bit (+ − × ÷ and powers of two). The built-in
 * ones may differ between engines in the last bit, and one bit is enough to send two runs of one seed apart. Relative error
 * below 4e-16 over the range the engine uses.
 */

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** Natural logarithm; −Infinity at 0, NaN below. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  let exponent = 0;
  let m = x;
  while (m >= 4294967296) {
    m /= 4294967296;
    exponent += 32;
  }
  while (m < 2.3283064365386963e-10) {
    m *= 4294967296;
    exponent -= 32;
  }
  while (m >= 1.4142135623730951) {
    m /= 2;
    exponent++;
  }
  while (m < 0.7071067811865476) {
    m *= 2;
    exponent--;
  }
  // log m = 2 artanh((m − 1)/(m + 1)), |argument| ≤ 0.1716
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let sum = 0;
  for (let k = 23; k >= 3; k -= 2) sum = (sum + 1 / k) * z;
  return exponent * LN2_HIGH + (2 * s + (2 * s * sum + exponent * LN2_LOW));
}

/** e to the x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 709.78) return Infinity;
  if (x < -745.2) return 0;
  const k = Math.round(x / 0.6931471805599453);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (sum * r) / n;
  return scaleByPowerOfTwo(sum, k);
}

/** x to the y for x > 0; 0 to a positive power is 0. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x === 0) return y > 0 ? 0 : Infinity;
  return exp(y * log(x));
}

function scaleByPowerOfTwo(x: number, k: number): number {
  let result = x;
  let left = k;
  while (left >= 30) {
    result *= 1073741824;
    left -= 30;
  }
  while (left <= -30) {
    result /= 1073741824;
    left += 30;
  }
  const rest = left >= 0 ? 1 << left : 1 << -left;
  return left >= 0 ? result * rest : result / rest;
}
