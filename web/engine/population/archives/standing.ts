/** How programs compare under several signed criteria, without a scale. */
import type { Criteria } from '../../strategy.ts';
import type { Member } from '../archive-contract.ts';
import { criterionValue, weighed } from './values.ts';

export interface Standing {
  /** Whether fitness alone counts: then standings are fitness values. */
  readonly plain: boolean;
  /** Higher is better; one a member, the newcomer's last. */
  of(members: readonly Member[], newcomer: Member): Float64Array;
  /** Equal on every criterion: taken for one behaviour. */
  same(a: Member, b: Member): boolean;
  readonly name: string;
}

/**
 * With several criteria each value becomes the fraction of the others that it strictly beats, in the direction of the sign; the
 * standing is their sum weighted by size, from 0 to 1. A program that lacks a metric beats nobody on it. Cost O(n log n) a criterion.
 */
export function createStanding(criteria: Criteria): Standing {
  const weights = weighed(criteria);
  const only = weights[0];
  const name = weights.map(([key, weight]) => `${weight < 0 ? '−' : ''}${key}`).join(', ');
  if (!only || (weights.length === 1 && only[0] === 'fitness' && only[1] > 0)) {
    return { plain: true, of: fitnesses, same: (a, b) => a.fitness === b.fitness, name: 'fitness' };
  }
  const total = weights.reduce((sum, [, weight]) => sum + Math.abs(weight), 0);
  return {
    plain: false,
    name,
    of(members, newcomer) {
      const size = members.length + 1;
      const result = new Float64Array(size);
      const values = new Float64Array(size);
      for (const [key, weight] of weights) {
        for (let i = 0; i < size; i++) values[i] = signed(members[i] ?? newcomer, key, weight);
        const sorted = values.slice().sort();
        const share = Math.abs(weight) / total / Math.max(1, size - 1);
        for (let i = 0; i < size; i++) {
          result[i] = (result[i] as number) + share * countBelow(sorted, values[i] as number);
        }
      }
      return result;
    },
    same: (a, b) => weights.every(([key, weight]) => signed(a, key, weight) === signed(b, key, weight)),
  };
}

/** −0 and 0 are one value, though sorting would part them. */
function signed(member: Member, key: string, weight: number): number {
  const value = criterionValue(member, key);
  if (value === null) return -Infinity;
  return (weight < 0 ? -value : value) + 0;
}

function fitnesses(members: readonly Member[], newcomer: Member): Float64Array {
  const result = new Float64Array(members.length + 1);
  for (let i = 0; i < members.length; i++) result[i] = (members[i] as Member).fitness;
  result[members.length] = newcomer.fitness;
  return result;
}

/** How many of a sorted list are below `value`. */
export function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
