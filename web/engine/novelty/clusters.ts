/** Groups of points, for views: k-means from a k-means++ start (Arthur and Vassilvitskii 2007). */
import type { Random } from '../rng.ts';

export interface Clusters {
  /** Largest group first. */
  readonly centres: readonly (readonly number[])[];
  /** Group of each point that was given. */
  readonly labels: readonly number[];
}

export const GROUPS = 4;
/** Points the centres are fitted to, evenly spaced among those given; all are then put with the nearest centre. */
const MOST_FITTED = 1_000;
const ROUNDS = 50;

/** At most `k` groups: fewer where fewer points differ. The same points and stream give the same groups. */
export function cluster(points: readonly ArrayLike<number>[], random: Random, k = GROUPS): Clusters {
  const count = Math.min(points.length, MOST_FITTED);
  const fitted = Array.from(
    { length: count },
    (_, i) => points[Math.floor((i * points.length) / count)] as ArrayLike<number>,
  );
  let centres = begin(fitted, random, k);
  for (let round = 0; round < ROUNDS; round++) {
    const next = means(fitted, centres);
    const settled = next.every((centre, i) => squareDistance(centre, centres[i] as number[]) === 0);
    centres = next;
    if (settled) break;
  }
  const raw = points.map((point) => nearestCentre(point, centres));
  const sizes = centres.map(() => 0);
  for (const label of raw) sizes[label] = (sizes[label] as number) + 1;
  const order = centres.map((_, i) => i).sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b);
  const rank = new Map(order.map((group, place) => [group, place]));
  return {
    centres: order.map((group) => centres[group] as number[]),
    labels: raw.map((label) => rank.get(label) as number),
  };
}

/** The lowest of several that are equally near; 0 where there is no centre. */
export function nearestCentre(point: ArrayLike<number>, centres: readonly ArrayLike<number>[]): number {
  let nearest = 0;
  let least = Infinity;
  for (let i = 0; i < centres.length; i++) {
    const distance = squareDistance(point, centres[i] as ArrayLike<number>);
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

/** Each new centre is a point drawn in proportion to the square of its distance to those there are. */
function begin(points: readonly ArrayLike<number>[], random: Random, k: number): number[][] {
  if (points.length === 0) return [];
  const centres = [Array.from(random.pick(points))];
  const distances = points.map((point) => squareDistance(point, centres[0] as number[]));
  while (centres.length < k && distances.some((distance) => distance > 0)) {
    const centre = Array.from(points[random.weighted(distances)] as ArrayLike<number>);
    centres.push(centre);
    points.forEach((point, i) => {
      distances[i] = Math.min(distances[i] as number, squareDistance(point, centre));
    });
  }
  return centres;
}

/** A group that has lost all its points keeps its centre. */
function means(points: readonly ArrayLike<number>[], centres: readonly (readonly number[])[]): number[][] {
  const sums = centres.map((centre) => centre.map(() => 0));
  const sizes = centres.map(() => 0);
  for (const point of points) {
    const label = nearestCentre(point, centres);
    const sum = sums[label] as number[];
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (point[i] as number);
    sizes[label] = (sizes[label] as number) + 1;
  }
  return sums.map((sum, i) => {
    const size = sizes[i] as number;
    return size === 0 ? [...(centres[i] as number[])] : sum.map((component) => component / size);
  });
}

function squareDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const apart = (a[i] as number) - (b[i] as number);
    sum += apart * apart;
  }
  return sum;
}
