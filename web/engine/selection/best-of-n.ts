import type { ParentSelection } from './selection.ts';

/** The control: always the program the island began with, so that nothing found is built upon. */
export function bestOfN(): ParentSelection {
  return { from: 'root', weights: (candidates) => candidates.map(() => 1) };
}
