import type { ParentSelection } from './selection.ts';

/**
 * The best `width`, those among them with the fewest children: each gets as many as the others before any gets more. Width 1 is
 * a hill climb: always the best, the oldest where several are.
 */
export function beam(width: number): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      const inside = candidates.slice(0, Math.max(1, width));
      const fewest = inside.reduce((least, { children }) => Math.min(least, children), Infinity);
      return candidates.map(({ children }, i) => (i < inside.length && children === fewest ? 1 : 0));
    },
  };
}
