import { pow } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';
import { shareAmongTies } from './ties.ts';

/** Best of `size` draws with replacement, in closed form: rank i of n (from 0) wins with ((n−i)^k − (n−i−1)^k) / n^k. */
export function tournament(size: number): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      const n = candidates.length;
      // Chance that no draw is better than rank i.
      let here = 1;
      return shareAmongTies(
        candidates,
        candidates.map((_, i) => {
          const next = i + 1 < n ? pow((n - i - 1) / n, size) : 0;
          const share = here - next;
          here = next;
          return share;
        }),
      );
    },
  };
}
