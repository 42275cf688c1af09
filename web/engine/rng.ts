/**
 * Seeded, splittable random numbers: sfc32 (public domain, C. Doty-Humphrey's PractRand) keyed by a hash of a path of
 * labels, so that each job draws from a stream of its own and no stream depends on how many numbers another has drawn.
 */
import { log } from './arithmetic.ts';

export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, n); n ≥ 1. */
  below(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform choice; the list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** An index with probability proportional to its weight; uniform when no weight is positive. */
  weighted(weights: readonly number[]): number;
  /** An independent stream that depends on this stream's key and the label only, not on what has been drawn. */
  split(label: string | number): Random;
  /** Four 32-bit words: enough to build the same stream again with `restoreRandom`. */
  readonly state: readonly [number, number, number, number];
}

/** A stream keyed by `seed` (any finite number or a text). */
export function createRandom(seed: number | string): Random {
  return stream(absorb([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef], String(seed)));
}

export function restoreRandom(state: readonly [number, number, number, number]): Random {
  const random = new Sfc32(state);
  return random;
}

type Words = readonly [number, number, number, number];

function stream(key: Words): Random {
  const random = new Sfc32(key);
  for (let i = 0; i < 12; i++) random.next();
  random.settle();
  return random;
}

/** Four lanes of multiply–xor mixing over the label's code units (the scheme of cyrb128, written anew). */
function absorb(key: Words, label: string): Words {
  let [a, b, c, d] = key;
  for (let i = 0; i < label.length; i++) {
    const unit = label.charCodeAt(i);
    a = b ^ Math.imul(a ^ unit, 0x238d1ea5);
    b = c ^ Math.imul(b ^ unit, 0xb02f2b1b);
    c = d ^ Math.imul(c ^ unit, 0x38b34ae5);
    d = a ^ Math.imul(d ^ unit, 0xa0f3cd6d);
  }
  a = Math.imul(c ^ (a >>> 18), 0x238d1ea5);
  b = Math.imul(d ^ (b >>> 22), 0xb02f2b1b);
  c = Math.imul(a ^ (c >>> 17), 0x38b34ae5);
  d = Math.imul(b ^ (d >>> 19), 0xa0f3cd6d);
  return [(a ^ b ^ c ^ d) >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0];
}

class Sfc32 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  #key: Words;
  #spare: number | null = null;

  constructor(key: Words) {
    [this.#a, this.#b, this.#c, this.#counter] = key;
    this.#key = key;
  }

  /** After warm-up the current words become the key that splits derive from. */
  settle(): void {
    this.#key = this.state;
  }

  get state(): Words {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#counter >>> 0];
  }

  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return (sum >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Marsaglia's polar method: only log and sqrt, both with one answer in every engine. */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const u = 2 * this.next() - 1;
      const v = 2 * this.next() - 1;
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const scale = Math.sqrt((-2 * log(s)) / s);
      this.#spare = v * scale;
      return u * scale;
    }
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  weighted(weights: readonly number[]): number {
    let total = 0;
    for (const weight of weights) if (weight > 0) total += weight;
    if (!(total > 0) || total === Infinity) return this.below(weights.length);
    let left = this.next() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      if (!(weight > 0)) continue;
      last = i;
      left -= weight;
      if (left < 0) return i;
    }
    return last;
  }

  split(label: string | number): Random {
    return stream(absorb(this.#key, `/${label}`));
  }
}
