/** Who sends migrants to whom. */
import type { Topology } from '../strategy.ts';

export type Edge = readonly [from: number, to: number];

/**
 * Edges between the islands that are alive, in a fixed order, none twice and none to itself. A ring closes over the gaps that retired islands
 * leave; the hub of a star is the first island alive.
 */
export function edges(topology: Topology, alive: readonly number[]): readonly Edge[] {
  const islands = [...new Set(alive)].sort((a, b) => a - b);
  const seen = new Set<string>();
  return drawn(topology, islands).filter(([from, to]) => {
    const key = `${from}→${to}`;
    if (from === to || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function drawn(topology: Topology, islands: readonly number[]): Edge[] {
  if (typeof topology !== 'string') {
    return topology
      .filter(([from, to]) => islands.includes(from) && islands.includes(to))
      .map(([from, to]) => [from, to]);
  }
  const ring = (): Edge[] => islands.map((island, i): Edge => [island, islands[(i + 1) % islands.length] as number]);
  const [hub, ...rim] = islands;
  if (hub === undefined) return [];
  const inward = rim.map((island): Edge => [island, hub]);
  switch (topology) {
    case 'none':
      return [];
    case 'ring':
      return ring();
    case 'two-way-ring':
      return ring().flatMap(([from, to]): Edge[] => [
        [from, to],
        [to, from],
      ]);
    case 'complete':
      return islands.flatMap((from) => islands.map((to): Edge => [from, to]));
    case 'star-in':
      return inward;
    case 'star-out':
      return inward.map(([from, to]): Edge => [to, from]);
    case 'star':
      return [...inward, ...inward.map(([from, to]): Edge => [to, from])];
    default:
      return topology satisfies never;
  }
}
