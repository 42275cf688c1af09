/** Which part of an archive leaves for an island of its own. */
import type { ProgramId } from '../program.ts';
import type { Random } from '../rng.ts';
import type { Member } from './archive-contract.ts';

const ROUNDS = 20;

/**
 * The programs that are unlike the best one: two-means by cosine where all have syntax vectors and these differ, else every second by
 * rank. The best stays. Of two or more members at least one goes; of fewer none can.
 */
export function planSplit(members: readonly Member[], random: Random): ProgramId[] {
  if (members.length < 2) return [];
  const groups = twoMeans(members, random);
  const goes = groups ? (i: number) => groups[i] !== groups[0] : (i: number) => i % 2 === 1;
  return members.filter((_, i) => goes(i)).map(({ id }) => id);
}

/** Group of each member, 0 or 1, both in use; null where vectors can't tell them apart. */
function twoMeans(members: readonly Member[], random: Random): number[] | null {
  const points: Float64Array[] = [];
  for (const { vector } of members) {
    const point = vector && unit(vector);
    if (!point) return null;
    points.push(point);
  }
  const first = random.pick(points);
  let centres: readonly [Float64Array, Float64Array] = [first, farthest(points, first)];
  let groups: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const next = points.map((point) => (dot(point, centres[1]) > dot(point, centres[0]) ? 1 : 0));
    if (!next.includes(0) || !next.includes(1)) return groups.length > 0 ? groups : null;
    if (next.every((group, i) => group === groups[i])) break;
    groups = next;
    const [a, b] = [mean(points, groups, 0), mean(points, groups, 1)];
    if (!a || !b) break;
    centres = [a, b];
  }
  return groups;
}

function mean(points: readonly Float64Array[], groups: readonly number[], group: number): Float64Array | null {
  const sum = new Float64Array(points[0]?.length ?? 0);
  points.forEach((point, i) => {
    if (groups[i] === group) for (let d = 0; d < sum.length; d++) sum[d] = (sum[d] as number) + (point[d] as number);
  });
  return unit(sum);
}

function farthest(points: readonly Float64Array[], from: Float64Array): Float64Array {
  return points.reduce((far, point) => (dot(point, from) < dot(far, from) ? point : far));
}

function unit(vector: ArrayLike<number>): Float64Array | null {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? Float64Array.from(vector, (value) => value / length) : null;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
