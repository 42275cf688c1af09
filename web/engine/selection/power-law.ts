import { pow } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';
import { shareAmongTies } from './ties.ts';

/** p ∝ rank^−alpha, rank from 1. alpha 0 is uniform. */
export function powerLaw(alpha: number): ParentSelection {
  return {
    weights: (candidates) =>
      shareAmongTies(
        candidates,
        candidates.map((_, i) => pow(i + 1, -alpha)),
      ),
  };
}
