/** Arms against the base, seed by seed: what the control study states. Pure. */
import type { Goal } from '../../web/engine/experiment.ts';
import { BASE } from './arms.ts';
import type { ControlResult } from './control-run.ts';
import { bootstrapMedian, holm, medianOf, signFlip, type Interval } from './statistics.ts';

export type Figure = 'training' | 'unseen';

/** Figures in the goal's own unit and direction. */
export interface Summary {
  readonly example: string;
  readonly arm: string;
  readonly figure: Figure;
  readonly values: readonly number[];
  readonly median: number;
  readonly interval: Interval;
}

export interface Comparison {
  /** `all` takes the pairs of all examples together, each divided by the mean size of its example's differences. */
  readonly example: string;
  readonly arm: string;
  readonly figure: Figure;
  /** By how much the base is better, seed by seed; negative where the arm is. */
  readonly ahead: readonly number[];
  readonly median: number;
  readonly interval: Interval;
  /** Seeds on which the base is better, and on which the arm is. */
  readonly wins: number;
  readonly losses: number;
  /** Sign flips, two-sided. */
  readonly p: number;
  /** Holm over the arms of this example and figure. */
  readonly adjusted: number;
}

export const ALL = 'all';

export type Goals = ReadonlyMap<string, Goal>;

export function summarise(results: readonly ControlResult[], goals: Goals, arms: readonly string[]): Summary[] {
  return figuresOf(goals).flatMap(([example, figure]) =>
    arms.flatMap((arm) => {
      const values = [...bySeed(results, example, arm, figure).values()];
      const interval = bootstrapMedian(values);
      return interval ? [{ example, arm, figure, values, median: medianOf(values), interval }] : [];
    }),
  );
}

export function compare(results: readonly ControlResult[], goals: Goals, arms: readonly string[]): Comparison[] {
  const others = arms.filter((arm) => arm !== BASE);
  const comparisons = figuresOf(goals).flatMap(([example, figure]) => {
    const sign = goals.get(example)?.better === 'lower' ? 1 : -1;
    const base = bySeed(results, example, BASE, figure);
    return adjusted(
      others.flatMap((arm) => {
        const ahead: number[] = [];
        for (const [seed, value] of bySeed(results, example, arm, figure)) {
          const own = base.get(seed);
          if (own !== undefined) ahead.push(sign * (value - own) + 0);
        }
        return compared(example, arm, figure, ahead);
      }),
    );
  });
  return [
    ...comparisons,
    ...(['training', 'unseen'] as const).flatMap((figure) => pooled(comparisons, others, figure)),
  ];
}

function pooled(comparisons: readonly Comparison[], arms: readonly string[], figure: Figure): Comparison[] {
  const examples = new Set(comparisons.filter((each) => each.figure === figure).map(({ example }) => example));
  if (examples.size < 2) return [];
  return adjusted(
    arms.flatMap((arm) => {
      const own = comparisons.filter((each) => each.arm === arm && each.figure === figure);
      return compared(
        ALL,
        arm,
        figure,
        own.flatMap(({ ahead }) => scaled(ahead)),
      );
    }),
  );
}

/** The scale does not change when signs do, so the test stays exact. */
function scaled(ahead: readonly number[]): readonly number[] {
  const scale = ahead.reduce((sum, each) => sum + Math.abs(each), 0) / ahead.length;
  return scale > 0 ? ahead.map((each) => each / scale) : ahead;
}

function compared(example: string, arm: string, figure: Figure, ahead: readonly number[]): Comparison[] {
  const interval = bootstrapMedian(ahead);
  if (!interval) return [];
  const wins = ahead.filter((each) => each > 0).length;
  const losses = ahead.filter((each) => each < 0).length;
  const p = signFlip(ahead);
  return [{ example, arm, figure, ahead, median: medianOf(ahead), interval, wins, losses, p, adjusted: p }];
}

function adjusted(comparisons: readonly Comparison[]): Comparison[] {
  const ps = holm(comparisons.map(({ p }) => p));
  return comparisons.map((each, i) => ({ ...each, adjusted: ps[i] ?? each.p }));
}

function figuresOf(goals: Goals): (readonly [string, Figure])[] {
  return [...goals].flatMap(([example, { unseen }]): (readonly [string, Figure])[] => [
    [example, 'training'],
    ...(unseen === null ? [] : [[example, 'unseen'] as const]),
  ]);
}

/** Figures by seed, seeds rising; runs without a correct program have none. */
function bySeed(
  results: readonly ControlResult[],
  example: string,
  arm: string,
  figure: Figure,
): ReadonlyMap<number, number> {
  const own = results.filter((result) => result.example === example && result.arm === arm);
  return new Map(
    own
      .sort((a, b) => a.seed - b.seed)
      .flatMap((result): [number, number][] => {
        const value = figure === 'training' ? result.value : result.unseen;
        return value === null ? [] : [[result.seed, value]];
      }),
  );
}
