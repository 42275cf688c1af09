/** What a program does, as a point: its features, its scores by instance, and what it gave for probe inputs. */
import type { Evaluation, Json } from '../program.ts';

/** Coordinate → finite value. Keys begin with `feature:`, `score:` or `probe:`. */
export type Behaviour = ReadonlyMap<string, number>;

/** Numbers taken from `artifacts.probe`, in the order they stand there. */
export const MOST_PROBES = 256;

/** Deepest list or record inside a probe that is looked into. */
const DEEPEST = 8;

export function behaviourOf({ features, scores, artifacts }: BehaviourSource): Behaviour {
  const behaviour = new Map<string, number>();
  for (const key of Object.keys(features).sort()) put(behaviour, `feature:${key}`, features[key]);
  for (const key of Object.keys(scores).sort()) put(behaviour, `score:${key}`, scores[key]);
  const probe = Object.hasOwn(artifacts, 'probe') ? artifacts.probe : undefined;
  if (probe !== undefined) probeInto(behaviour, 'probe:', probe, behaviour.size + MOST_PROBES, 0);
  return behaviour;
}

export type BehaviourSource = Pick<Evaluation, 'features' | 'scores' | 'artifacts'>;

function put(behaviour: Map<string, number>, key: string, value: number | undefined): void {
  if (value !== undefined && Number.isFinite(value)) behaviour.set(key, value);
}

function probeInto(behaviour: Map<string, number>, key: string, value: Json, most: number, depth: number): void {
  if (behaviour.size >= most || depth > DEEPEST) return;
  if (typeof value === 'number') put(behaviour, key, value);
  else if (typeof value === 'boolean') behaviour.set(key, value ? 1 : 0);
  else if (value !== null && typeof value === 'object') {
    const record = value as Readonly<Record<string, Json>>;
    const keys = Array.isArray(value) ? Object.keys(record) : Object.keys(record).sort();
    for (const name of keys) {
      if (behaviour.size >= most) return;
      probeInto(behaviour, `${key}/${name}`, record[name] as Json, most, depth + 1);
    }
  }
}

/** Smallest and largest value of each coordinate among what was seen. */
export class BehaviourRanges {
  readonly #ranges = new Map<string, { least: number; most: number }>();

  see(behaviour: Behaviour): void {
    for (const [key, value] of behaviour) {
      const range = this.#ranges.get(key);
      if (!range) this.#ranges.set(key, { least: value, most: value });
      else if (value < range.least) range.least = value;
      else if (value > range.most) range.most = value;
    }
  }

  /** |a − b| as a share of the range, at most 1; 0 where nothing has varied. */
  share(key: string, a: number, b: number): number {
    const range = this.#ranges.get(key);
    if (!range || a === b) return a === b ? 0 : 1;
    // Halves, for the difference of two numbers may be more than a number can be.
    const width = range.most / 2 - range.least / 2;
    return width > 0 ? Math.min(1, Math.abs(a / 2 - b / 2) / width) : 0;
  }
}

/**
 * Root of the mean square over the coordinates of both, 0–1. A coordinate that only one of them has counts as the whole
 * range. Two programs of which nothing is known are alike.
 */
export function behaviourDistance(a: Behaviour, b: Behaviour, ranges: BehaviourRanges): number {
  let sum = 0;
  let count = 0;
  for (const [key, value] of a) {
    const other = b.get(key);
    const share = other === undefined ? 1 : ranges.share(key, value, other);
    sum += share * share;
    count++;
  }
  for (const key of b.keys()) {
    if (a.has(key)) continue;
    sum += 1;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/** Mean distance to the `k` nearest (Lehman and Stanley 2011), of fewer where there are fewer; 1 where there is none. */
export function behaviourNovelty(
  behaviour: Behaviour,
  others: readonly Behaviour[],
  ranges: BehaviourRanges,
  k: number,
): number {
  const distances = others.map((other) => behaviourDistance(behaviour, other, ranges)).sort((a, b) => a - b);
  const nearest = distances.slice(0, Math.max(1, k));
  if (nearest.length === 0) return 1;
  return nearest.reduce((sum, distance) => sum + distance, 0) / nearest.length;
}
