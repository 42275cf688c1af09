import { pow } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';
import { shareAmongTies } from './ties.ts';

/** Best of `size` draws with replacement, in closed form: rank i of n (from 0) wins with ((n−i)^k − (n−i−1)^k) / n^k. */
export function tournament(size: number): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      const n = candidates.length;
      const beats = (i: number): number => (i < n ? pow((n - i) / n, size) : 0);
      return shareAmongTies(
        candidates,
        candidates.map((_, i) => beats(i) - beats(i + 1)),
      );
    },
  };
}
