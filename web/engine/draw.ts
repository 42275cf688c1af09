/** Draws with their probabilities written down. */
import type { Choice, ChoiceName } from './choice.ts';
import { Hasher } from './novelty/hash.ts';
import type { Random } from './rng.ts';

/** Likeliest alternatives the log keeps of a choice. */
const TOP = 8;

export function drawUniformly<T extends string | number>(
  choice: ChoiceName,
  among: readonly T[],
  random: Random,
  choices: Choice[],
): T | null {
  if (among.length === 0) return null;
  return among[
    draw(
      choice,
      'uniform',
      among,
      among.map(() => 1),
      random,
      choices,
    )
  ] as T;
}

/** Draws an index and writes it down. What has no alternative is no choice, but for the operator, whose arm is credited by it. */
export function draw(
  choice: ChoiceName,
  policy: string,
  among: readonly (string | number)[],
  weights: readonly number[],
  random: Random,
  choices: Choice[],
): number {
  const index = random.weighted(weights);
  if (among.length < 2 && choice !== 'operator') return index;
  let total = 0;
  for (const weight of weights) if (weight > 0) total += weight;
  const share = (i: number): number => (total > 0 ? Math.max(0, weights[i] as number) / total : 1 / among.length);
  if (share(index) === 1 && choice === 'island') return index;
  const top = likeliest(among, weights, total);
  choices.push({
    ...{ choice, policy, context: contextOf(among, weights), among: among.length },
    ...{ chosen: among[index] ?? null, propensity: share(index), top },
  });
  return index;
}

/** The first few by probability; of equal ones those that come first. */
function likeliest(
  among: readonly (string | number)[],
  weights: readonly number[],
  total: number,
): (readonly [string | number, number])[] {
  const places: number[] = [];
  for (let i = 0; i < among.length; i++) {
    const weight = weights[i] as number;
    let at = places.length;
    while (at > 0 && (weights[places[at - 1] as number] as number) < weight) at--;
    if (at >= TOP) continue;
    places.splice(at, 0, i);
    if (places.length > TOP) places.pop();
  }
  const even = 1 / among.length;
  return places.map((i) => [among[i] as string | number, total > 0 ? Math.max(0, weights[i] as number) / total : even]);
}

/** Hash of all that there was to choose from, with its weights. */
export function contextOf(among: readonly (string | number)[], weights: readonly number[]): string {
  const hasher = new Hasher();
  for (let i = 0; i < among.length; i++) {
    const what = among[i] as string | number;
    if (typeof what === 'number') hasher.mark(what);
    else hasher.text(what);
    bits[0] = weights[i] as number;
    hasher.mark(halves[0] as number);
    hasher.mark(halves[1] as number);
  }
  return hasher.digest();
}

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);
