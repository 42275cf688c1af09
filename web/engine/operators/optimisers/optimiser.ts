/**
 * The family of optimisers: ask for points, tell their scores. Points are in units of the caller's choice, in which a step of
 * `sigma` is a sensible first step along every axis. Own code: the one CMA-ES package once named for npm (numopt-js) is not in the
 * registry, and fmin has simplex and gradients only.
 */
import type { Random } from '../../rng.ts';

export interface Optimiser {
  readonly name: string;
  /** The next points to score. */
  ask(): number[][];
  /** Scores of the points asked for last, in their order; higher is better, −Infinity for a point that failed. */
  tell(scores: readonly number[]): void;
}

export interface OptimiserStart {
  readonly point: readonly number[];
  /** Score of `point`; −Infinity where it isn't known. */
  readonly score: number;
  readonly sigma: number;
  readonly random: Random;
}

export type CreateOptimiser = (start: OptimiserStart) => Optimiser;

/** Indices of the scores from best to worst; equal scores keep their order. */
export function ranked(scores: readonly number[]): number[] {
  return scores
    .map((score, index) => ({ score: Number.isNaN(score) ? -Infinity : score, index }))
    .sort((a, b) => (a.score === b.score ? a.index - b.index : a.score > b.score ? -1 : 1))
    .map(({ index }) => index);
}
