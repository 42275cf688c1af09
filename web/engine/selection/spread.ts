/** How far fitnesses lie apart, whatever their scale. */

/** Above it differences may overflow, so all is made smaller first. */
const HUGE = 1e300;

/** Factor that makes sums and differences of values of this size safe. */
export function unitFor(largest: number): number {
  return largest > HUGE ? 1 / 1_073_741_824 : 1;
}

/** Median absolute deviation; the mean one where more than half tie. Never 0, so that a distance of 0 is the only one that counts for nothing. */
export function spreadAround(middle: number, values: Float64Array): number {
  const distances = values.map((value) => Math.abs(value - middle));
  const deviation = median(distances);
  if (deviation > 0) return deviation;
  return Math.max(Number.MIN_VALUE, distances.reduce((sum, distance) => sum + distance, 0) / values.length);
}

export function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
