import { log } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';

/**
 * The rule of Monte Carlo tree search over the archive as one level: value + λ √(ln(N + 1)/(n + 1)), n the children of a program, N of
 * all. Value is the share of the archive a program beats, ties counted half, so that no scale of fitness counts. The highest is
 * taken, ties share.
 */
export function uct(exploration: number): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      const n = candidates.length;
      const all = candidates.reduce((sum, { children }) => sum + children, 0);
      const breadth = log(all + 1);
      const scores: number[] = [];
      for (let start = 0; start < n;) {
        let end = start + 1;
        while (end < n && candidates[end]?.fitness === candidates[start]?.fitness) end++;
        const value = n === 1 ? 1 : (n - end + (end - start - 1) / 2) / (n - 1);
        for (let i = start; i < end; i++) {
          const { children } = candidates[i] as (typeof candidates)[number];
          scores.push(value + exploration * Math.sqrt(breadth / (children + 1)));
        }
        start = end;
      }
      const best = scores.reduce((most, each) => Math.max(most, each), -Infinity);
      return scores.map((each) => (each === best ? 1 : 0));
    },
  };
}
