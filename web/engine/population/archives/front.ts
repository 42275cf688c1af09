/** Dominance and crowding of programs on several dimensions. Only comparisons count, so no dimension has a scale. */
import type { Criteria, Front } from '../../strategy.ts';
import type { Member } from '../archive-contract.ts';
import { countBelow } from './standing.ts';
import { criterionValue, finite, weighed } from './values.ts';

/** One point a member, all dimensions maximised; what a program has no figure for is −∞. */
export function pointsOf(members: readonly Member[], front: Front, objectives: Criteria): Float64Array[] {
  const weights = front === 'instances' ? [] : weighed(objectives);
  const instances = front === 'objectives' ? [] : instancesOf(members);
  const size = weights.length + instances.length;
  return members.map((member) => {
    if (size === 0) return Float64Array.of(member.fitness);
    const point = new Float64Array(size);
    let at = 0;
    for (const [name, weight] of weights) {
      const value = criterionValue(member, name);
      point[at++] = value === null ? -Infinity : weight < 0 ? -value : value;
    }
    for (const name of instances) point[at++] = finite(member.evaluation.scores, name) ?? -Infinity;
    return point;
  });
}

function instancesOf(members: readonly Member[]): string[] {
  const names = new Set<string>();
  for (const { evaluation } of members) for (const name of Object.keys(evaluation.scores)) names.add(name);
  return [...names].sort();
}

/** How two points compare: `a` is at least as good everywhere and better somewhere, the other way round, the same, or neither. */
export function compare(a: Float64Array, b: Float64Array): 'above' | 'below' | 'same' | 'apart' {
  let above = false;
  let below = false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (x > y) above = true;
    else if (x < y) below = true;
    if (above && below) return 'apart';
  }
  return above ? 'above' : below ? 'below' : 'same';
}

/**
 * NSGA-II's crowding distance (Deb et al. 2002) on ranks: per dimension the ranks between the two neighbours; each end that a point holds counts
 * more than all distances together. Whole numbers, so the order of the dimensions is of no consequence.
 */
export function crowding(points: readonly Float64Array[]): number[] {
  const count = points.length;
  const dimensions = points[0]?.length ?? 0;
  const distance = new Array<number>(count).fill(0);
  const end = dimensions * count + 1;
  const values = new Float64Array(count);
  // Rank of each place in the order: how many are below.
  const ranks = new Int32Array(count);
  for (let d = 0; d < dimensions; d++) {
    for (let i = 0; i < count; i++) values[i] = (points[i] as Float64Array)[d] as number;
    const sorted = values.slice().sort();
    for (let k = 1; k < count; k++) {
      ranks[k] = (sorted[k] as number) > (sorted[k - 1] as number) ? k : (ranks[k - 1] as number);
    }
    // Equal ones take their places in the order of the list.
    const taken = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const first = countBelow(sorted, values[i] as number);
      const k = first + (taken[first] as number);
      taken[first] = (taken[first] as number) + 1;
      const isEnd = k === 0 || k === count - 1;
      const gap = isEnd ? end : (ranks[k + 1] as number) - (ranks[k - 1] as number);
      distance[i] = (distance[i] as number) + gap;
    }
  }
  return distance;
}
