import type { Candidate } from './selection.ts';

/** Gives members of equal fitness the mean of their weights, so that the order among ties does not matter. In place. */
export function shareAmongTies(candidates: readonly Candidate[], weights: number[]): number[] {
  for (let start = 0; start < candidates.length;) {
    let end = start + 1;
    while (end < candidates.length && candidates[end]?.fitness === candidates[start]?.fitness) end++;
    if (end - start > 1) {
      let sum = 0;
      for (let i = start; i < end; i++) sum += weights[i] as number;
      weights.fill(sum / (end - start), start, end);
    }
    start = end;
  }
  return weights;
}
