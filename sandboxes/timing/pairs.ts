import type { Timed } from './stopwatch.ts';
import type { TimingStatistics, TimingVerdict } from './verdict.ts';

export type TimedProgram = 'baseline' | 'candidate';

export interface TimingComparison {
  /** Candidate's time by the baseline's; below 1 it is faster. `low` and `high` are the ends of the interval, widened by `floor`. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Share below which a difference is none on this machine, from pairs of the baseline with itself. */
  readonly floor: number;
  /** Pairs that were measured. */
  readonly blocks: number;
  readonly verdict: TimingVerdict;
  /** Of one pass over the list of arguments: medians over the blocks. */
  readonly baselineMilliseconds: number;
  readonly candidateMilliseconds: number;
  /** Most passes that one sample took; above 1 the same arguments came again within a sample. */
  readonly passes: number;
}

/**
 * Takes pairs of samples, each in a fresh realm, in an order drawn anew for each pair, until more would not matter. Times of different
 * minutes are never compared, only those of one pair. One self-contained function: it is turned to text.
 */
export async function comparePairs(
  sample: (of: TimedProgram) => Promise<Timed>,
  statistics: TimingStatistics,
  random: () => number,
  most: number,
  /** From an earlier comparison of the same; null: it is measured first. */
  known: number | null,
): Promise<TimingComparison> {
  'use strict';
  const SELF_PAIRS = 5;

  const times: { baseline: number[]; candidate: number[] } = { baseline: [], candidate: [] };
  let passes = 1;
  async function pair(first: TimedProgram, second: TimedProgram): Promise<number> {
    const a = await sample(first);
    const b = await sample(second);
    passes = Math.max(passes, a.passes, b.passes);
    if (first !== second) {
      times[first].push(a.milliseconds);
      times[second].push(b.milliseconds);
    }
    return Math.log(b.milliseconds / a.milliseconds);
  }
  function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle] ?? 0) + (sorted[middle - 1] ?? 0)) / 2;
  }

  let floor = known;
  if (floor === null) {
    const own: number[] = [];
    while (own.length < SELF_PAIRS) own.push(await pair('baseline', 'baseline'));
    floor = statistics.floorOf(own);
  }
  const ratios: number[] = [];
  do {
    ratios.push(random() < 0.5 ? await pair('baseline', 'candidate') : -(await pair('candidate', 'baseline')));
  } while (!statistics.settled(ratios, floor, most));
  const { ratio, low, high, verdict } = statistics.judge(ratios, floor);
  return {
    ratio,
    low,
    high,
    floor,
    blocks: ratios.length,
    verdict,
    baselineMilliseconds: median(times.baseline),
    candidateMilliseconds: median(times.candidate),
    passes,
  };
}
