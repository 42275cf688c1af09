import type { Candidate, ParentSelection } from './selection.ts';

/** Least a cell's curiosity counts, so that each can be drawn. */
const FLOOR = 0.5;

/**
 * MAP-Elites: a cell first, then one of its members. `uniform`: every cell alike. `curiosity` (Cully & Demiris 2018): by what came of its
 * members so far, 1 for a child that entered an archive, −0.5 for one that did not. A candidate without a cell is one by itself.
 */
export function cells(by: 'uniform' | 'curiosity'): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      const members = new Map<string, number[]>();
      candidates.forEach(({ cell, id }, i) => {
        const key = cell ?? `#${id}`;
        const list = members.get(key);
        if (list) list.push(i);
        else members.set(key, [i]);
      });
      const weights = candidates.map(() => 0);
      for (const places of members.values()) {
        const share = by === 'uniform' ? 1 : curiosity(places.map((i) => candidates[i] as Candidate));
        for (const i of places) weights[i] = share / places.length;
      }
      return weights;
    },
  };
}

function curiosity(members: readonly Candidate[]): number {
  let sum = 1;
  for (const { children, successes } of members) sum += successes - 0.5 * Math.max(0, children - successes);
  return Math.max(FLOOR, sum);
}
