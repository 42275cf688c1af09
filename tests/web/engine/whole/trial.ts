/** How much a property is tried. RUNS and SEED in the environment try it elsewhere and longer, FIRST shows a failure without shrinking it. */
import type { Parameters } from 'fast-check';

export function trial<T>(numRuns: number, seed: number): Parameters<T> {
  const { RUNS, SEED, FIRST } = process.env;
  return {
    numRuns: Number(RUNS ?? numRuns),
    seed: Number(SEED ?? seed),
    endOnFailure: FIRST !== undefined,
  };
}
