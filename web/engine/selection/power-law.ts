import { pow } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';
import { shareAmongTies } from './ties.ts';

/** p ∝ rank^−alpha, rank from 1. alpha 0 is uniform. */
export function powerLaw(alpha: number): ParentSelection {
  const byRank: number[] = [];
  const weight = (i: number): number => (byRank[i] ??= pow(i + 1, -alpha));
  return {
    from: 'archive',
    weights: (candidates) =>
      shareAmongTies(
        candidates,
        candidates.map((_, i) => weight(i)),
      ),
  };
}
