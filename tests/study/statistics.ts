/** Statistics of few paired runs: pure functions, and the same answer every time, for what they draw they draw from a fixed seed. */
import { createRandom } from '../../web/engine/rng.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 10_000;
const FLIPS = 100_000;
/** Up to here every one of the 2^n sign patterns is looked at. */
export const MOST_EXACT = 12;

/** Mean of the middle two where there is an even number; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * Percentile bootstrap (Efron 1979) of the median; null of nothing. With five values it reaches from nearly the least to nearly the
 * greatest, and with fewer it holds the true median less often than it says.
 */
export function bootstrapMedian(values: readonly number[], share = 0.95): Interval | null {
  const n = values.length;
  if (n === 0) return null;
  const random = createRandom('bootstrap');
  const medians = Array.from({ length: RESAMPLES }, () =>
    medianOf(Array.from({ length: n }, () => values[random.below(n)] as number)),
  ).sort((a, b) => a - b);
  const tail = (1 - share) / 2;
  return {
    low: medians[Math.floor(tail * (RESAMPLES - 1))] as number,
    high: medians[Math.ceil((1 - tail) * (RESAMPLES - 1))] as number,
  };
}

/**
 * Two-sided p value of the paired differences under "each is as likely to have the other sign" (Fisher 1935), by their sum. Exact up to
 * `MOST_EXACT` differences that are not 0; above, 100,000 drawn patterns and the observed one. 1 where nothing differs.
 */
export function signFlip(differences: readonly number[]): number {
  const sizes = differences.filter((difference) => difference !== 0);
  const n = sizes.length;
  if (n === 0) return 1;
  const observed = Math.abs(sizes.reduce((sum, each) => sum + each, 0));
  // Sums of the same numbers in another order may differ in the last bits.
  const least = observed - 1e-9 * sizes.reduce((sum, each) => sum + Math.abs(each), 0);
  const reaches = (isFlipped: (i: number) => boolean): boolean => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += isFlipped(i) ? -(sizes[i] as number) : (sizes[i] as number);
    return Math.abs(sum) >= least;
  };
  let count = 0;
  if (n <= MOST_EXACT) {
    for (let pattern = 0; pattern < 2 ** n; pattern++) if (reaches((i) => ((pattern >> i) & 1) === 1)) count++;
    return count / 2 ** n;
  }
  const random = createRandom('sign flip');
  for (let draw = 0; draw < FLIPS; draw++) if (reaches(() => random.next() < 0.5)) count++;
  return (count + 1) / (FLIPS + 1);
}

/** Holm's step-down adjustment (1979), in the order given. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => (ps[a] as number) - (ps[b] as number) || a - b);
  const adjusted = ps.map(() => 1);
  let least = 0;
  order.forEach((i, rank) => {
    least = Math.max(least, Math.min(1, (ps.length - rank) * (ps[i] as number)));
    adjusted[i] = least;
  });
  return adjusted;
}
