/**
 * The share of correct programs that a program beats, from a bounded sample: when it is full every second value in order of size
 * goes and from then on only every second, fourth, … observation is taken. Cost per program does not grow with the run.
 */

export interface FitnessSample {
  /** Ascending. */
  readonly values: readonly number[];
  /** One in so many observations is taken. */
  readonly stride: number;
  readonly seen: number;
}

export const NO_FITNESSES: FitnessSample = { values: [], stride: 1, seen: 0 };

/** Values kept at most; even. */
export const SAMPLE_SIZE = 256;

/** The sample with one more correct program. NaN is not taken. */
export function observe(sample: FitnessSample, fitness: number): FitnessSample {
  if (Number.isNaN(fitness)) return sample;
  const seen = sample.seen + 1;
  if (sample.seen % sample.stride !== 0) return { ...sample, seen };
  const at = countBelow(sample.values, fitness, true);
  const values = [...sample.values.slice(0, at), fitness, ...sample.values.slice(at)];
  if (values.length < SAMPLE_SIZE) return { values, stride: sample.stride, seen };
  // Odd places one time, even ones the next, so that halving favours neither low nor high values.
  const odd = halvings(sample.stride) % 2;
  return { values: values.filter((_, i) => i % 2 === odd), stride: sample.stride * 2, seen };
}

/** 0–1: the share of the sample below `fitness`, ties counted half; ½ where nothing has been seen. */
export function percentile(sample: FitnessSample, fitness: number): number {
  const { values } = sample;
  if (values.length === 0 || Number.isNaN(fitness)) return values.length === 0 ? 0.5 : 0;
  const below = countBelow(values, fitness, false);
  const equal = countBelow(values, fitness, true) - below;
  return (below + equal / 2) / values.length;
}

function countBelow(values: readonly number[], fitness: number, orEqual: boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = values[middle] as number;
    if (value < fitness || (orEqual && value === fitness)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function halvings(stride: number): number {
  let count = 0;
  for (let left = stride; left > 1; left /= 2) count++;
  return count;
}
