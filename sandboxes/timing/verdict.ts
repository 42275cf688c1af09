export type TimingVerdict = 'faster' | 'slower' | 'same';

export interface Judged {
  /** Candidate's time by the baseline's: the median of the pairs, and the ends of its 95 % interval widened by the floor. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: TimingVerdict;
}

export interface TimingStatistics {
  /** What counts as no difference, as a share: from pairs of a program with itself. */
  floorOf(logRatios: readonly number[]): number;
  judge(logRatios: readonly number[], floor: number): Judged;
  /** Nothing more is to be learned that would matter. */
  settled(logRatios: readonly number[], floor: number, most: number): boolean;
}

/**
 * Statistics of paired times: medians, since some pairs are always hit by something else on the machine, and a bootstrap interval, widened
 * by the noise floor because clocks have ticks. Pure. One self-contained function: it is turned to text.
 */
export function createTimingStatistics(random: () => number): TimingStatistics {
  'use strict';
  /** Differences below this are never told, however quiet the machine. */
  const LEAST_FLOOR = 0.003;
  const RESAMPLES = 500;
  /** Slower than this at its best: three pairs are enough to see it. */
  const HOPELESS = 0.05;
  const CLEAR = 5;

  function median(sorted: readonly number[]): number {
    const middle = sorted.length >> 1;
    const upper = sorted[middle] ?? NaN;
    return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
  }

  const ascending = (a: number, b: number): number => a - b;

  /** Medians of samples drawn from these with replacement, in order. */
  function resampled(values: readonly number[]): number[] {
    const medians: number[] = [];
    for (let round = 0; round < RESAMPLES; round++) {
      const drawn: number[] = [];
      for (let i = 0; i < values.length; i++) drawn.push(values[Math.floor(random() * values.length)] ?? 0);
      medians.push(median(drawn.sort(ascending)));
    }
    return medians.sort(ascending);
  }

  function floorOf(logRatios: readonly number[]): number {
    if (logRatios.length === 0) return LEAST_FLOOR;
    const middle = median([...logRatios].sort(ascending));
    // Spread by the median as well: one pair that was hit must not hide what others tell.
    const spread = 1.4826 * median(logRatios.map((value) => Math.abs(value - middle)).sort(ascending));
    const ofMedian = (1.2533 * spread) / Math.sqrt(logRatios.length);
    return Math.max(LEAST_FLOOR, 3 * ofMedian, Math.abs(middle));
  }

  function interval(logRatios: readonly number[]): { middle: number; low: number; high: number } {
    const medians = resampled(logRatios);
    return {
      middle: median([...logRatios].sort(ascending)),
      low: medians[Math.floor(0.025 * RESAMPLES)] ?? -Infinity,
      high: medians[Math.ceil(0.975 * RESAMPLES) - 1] ?? Infinity,
    };
  }

  return {
    floorOf,
    judge(logRatios, floor) {
      const { middle, low, high } = interval(logRatios);
      const below = low - floor;
      const above = high + floor;
      return {
        ratio: Math.exp(middle),
        low: Math.exp(below),
        high: Math.exp(above),
        verdict: above < 0 ? 'faster' : below > 0 ? 'slower' : 'same',
      };
    },
    settled(logRatios, floor, most) {
      if (logRatios.length >= most) return true;
      if (logRatios.length < 3) return false;
      const { middle, low, high } = interval(logRatios);
      if (low > Math.log(1 + HOPELESS)) return true;
      return logRatios.length >= 5 && Math.abs(middle) > CLEAR * floor && (low > floor || high < -floor);
    },
  };
}
