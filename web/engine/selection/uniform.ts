import type { ParentSelection } from './selection.ts';

/** Every member alike: the trivial member of the family. */
export function uniform(): ParentSelection {
  return { from: 'archive', weights: (candidates) => candidates.map(() => 1) };
}
