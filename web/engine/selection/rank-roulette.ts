import type { ParentSelection } from './selection.ts';
import { shareAmongTies } from './ties.ts';

/** CodeEvolve's roulette by rank: w = 1/(1 + rank), rank from 1 (half a power law at the top, with a longer tail). */
export function rankRoulette(): ParentSelection {
  return {
    from: 'archive',
    weights: (candidates) =>
      shareAmongTies(
        candidates,
        candidates.map((_, i) => 1 / (2 + i)),
      ),
  };
}
