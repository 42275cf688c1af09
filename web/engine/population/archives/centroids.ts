/** Centroids of a division of the unit cube, by Lloyd's k-means over uniform points from a generator of its own: the same everywhere. */
import { createRandom } from '../../rng.ts';

/** `values` holds the centroids one after another. */
export interface Centroids {
  readonly dimensions: number;
  readonly values: Float64Array;
}

const ROUNDS = 25;
/** Distances computed at most, about half a second's work: large divisions get fewer points and rounds. */
const WORK = 4e7;
const KEPT = 8;
const known = new Map<string, Centroids>();

/** At least as many points are drawn as there are cells. Kept by its arguments. */
export function centroidsOf(count: number, dimensions: number, samples: number): Centroids {
  const key = `${count}/${dimensions}/${samples}`;
  let found = known.get(key);
  if (!found) {
    found = { dimensions, values: lloyd(count, dimensions, samples) };
    if (known.size >= KEPT) known.delete(known.keys().next().value as string);
    known.set(key, found);
  }
  return found;
}

/** Index of the centroid nearest to `place`; the first of equals. */
export function nearestCentroid({ dimensions, values }: Centroids, place: ArrayLike<number>, from = 0): number {
  let best = 0;
  let least = Infinity;
  for (let i = 0, at = 0; at < values.length; i++, at += dimensions) {
    let sum = 0;
    for (let d = 0; d < dimensions && sum < least; d++) {
      const apart = (place[from + d] as number) - (values[at + d] as number);
      sum += apart * apart;
    }
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return best;
}

function lloyd(count: number, dimensions: number, samples: number): Float64Array {
  const random = createRandom('cvt');
  const points = Math.max(count, Math.min(samples, Math.floor(WORK / count)));
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(WORK / (points * count))));
  const cloud = Float64Array.from({ length: points * dimensions }, () => random.next());
  // The points are independent, so the first ones are as good a beginning as any.
  const values = cloud.slice(0, count * dimensions);
  const centroids: Centroids = { dimensions, values };
  for (let round = 0; round < rounds; round++) {
    const sums = new Float64Array(values.length);
    const sizes = new Float64Array(count);
    for (let p = 0; p < points; p++) {
      const cell = nearestCentroid(centroids, cloud, p * dimensions);
      sizes[cell] = (sizes[cell] as number) + 1;
      for (let d = 0; d < dimensions; d++) {
        const at = cell * dimensions + d;
        sums[at] = (sums[at] as number) + (cloud[p * dimensions + d] as number);
      }
    }
    for (let i = 0; i < values.length; i++) {
      const size = sizes[Math.floor(i / dimensions)] as number;
      // An empty cell stays where it was.
      if (size > 0) values[i] = (sums[i] as number) / size;
    }
  }
  return values;
}
