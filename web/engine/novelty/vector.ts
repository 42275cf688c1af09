/**
 * Vectors of programs that need no service: 256 buckets that features are hashed into with a sign (feature hashing, Weinberger et
 * al. 2009). Features are runs of one to three tokens and pairs of a node and the node above it. A name alone stands as the place
 * where it first occurs and its number among such, in runs as how recently it was used; a number stands in runs as any
 * number. So renaming and reformatting change nothing, a changed constant little, a changed structure more.
 */
import { log } from '../arithmetic.ts';
import type { Language } from '../experiment.ts';
import type { Files } from '../program.ts';
import { tableOf } from '../syntax/language.ts';
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { Syntax } from '../syntax/tree.ts';
import { FeatureCounts } from './feature-counts.ts';
import { canonicalNumber } from './syntax-hash.ts';

export const DIMENSIONS = 256;

/**
 * The vector of all files together: integers from −127 to 127, of which at least one has that size unless the program is empty. The
 * length says nothing; compare by `similarity`. Files that hold no code, or don't parse, count by their words.
 */
export function embed(syntax: Syntax, language: Language, files: Files): Int8Array {
  const sum = new Float64Array(DIMENSIONS);
  // In a fixed order, for sums of fractions depend on it.
  for (const path of Object.keys(files).sort()) {
    const text = files[path] as string;
    const table = tableOf(language, path);
    const parse = table ? parseFile(syntax, table.id, text) : null;
    const part = parse?.type === 'ok' ? codeFeatures(parse.file) : textFeatures(text);
    for (let i = 0; i < DIMENSIONS; i++) sum[i] = (sum[i] as number) + (part[i] as number);
  }
  return quantise(sum);
}

/** The same direction in whole numbers, the largest component at ±127; zeros for zeros. */
export function quantise(vector: ArrayLike<number>): Int8Array {
  let peak = 0;
  for (let i = 0; i < vector.length; i++) peak = Math.max(peak, Math.abs(vector[i] as number));
  const result = new Int8Array(vector.length);
  if (peak > 0) for (let i = 0; i < vector.length; i++) result[i] = Math.round(((vector[i] as number) / peak) * 127);
  return result;
}

/**
 * Cosine, in [−1, 1]: whole products, one root and one division, so the same in every engine. Two vectors without a direction
 * are alike (1); one of them is like nothing (0). The lengths must agree.
 */
export function similarity(a: Int8Array, b: Int8Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += (a[i] as number) * (b[i] as number);
  const ofA = squares(a);
  const ofB = squares(b);
  if (ofA === 0 || ofB === 0) return ofA === ofB ? 1 : 0;
  return Math.max(-1, Math.min(1, product / Math.sqrt(ofA * ofB)));
}

const sums = new WeakMap<Int8Array, number>();

/** Sum of squares; vectors are never changed once they are made, and are compared again and again. */
function squares(vector: Int8Array): number {
  let sum = sums.get(vector);
  if (sum === undefined) {
    sum = 0;
    for (let i = 0; i < vector.length; i++) sum += (vector[i] as number) * (vector[i] as number);
    sums.set(vector, sum);
  }
  return sum;
}

const ofCode = new WeakMap<ParsedFile, Float64Array>();

function codeFeatures(file: ParsedFile): Float64Array {
  let vector = ofCode.get(file);
  if (!vector) {
    new TokenReader(file).read();
    ofCode.set(file, (vector = drained()));
  }
  return vector;
}

/** Data files seldom change, and may be long. */
const KEPT_TEXTS = 32;
const ofText = new Map<string, Float64Array>();

function textFeatures(text: string): Float64Array {
  let vector = ofText.get(text);
  if (!vector) {
    const grams = new Grams(0x7e57);
    for (const [word] of text.matchAll(/[\p{L}\p{N}_]+|[^\s]/gu)) {
      const hash = hashText(word);
      grams.token(hash, hash);
    }
    vector = drained();
    if (ofText.size >= KEPT_TEXTS) ofText.delete(ofText.keys().next().value as string);
    ofText.set(text, vector);
  }
  return vector;
}

/** Counts are spent within one call. */
const counts = new FeatureCounts();

function drained(): Float64Array {
  const vector = new Float64Array(DIMENSIONS);
  counts.drain((feature, count) => {
    const hash = finish(feature);
    const bucket = hash & (DIMENSIONS - 1);
    const weight = damped(count);
    vector[bucket] = (vector[bucket] as number) + (hash & 0x80000000 ? -weight : weight);
  });
  return vector;
}

const DAMPED = Float64Array.from({ length: 128 }, (_, count) => log(1 + count));

function damped(count: number): number {
  return DAMPED[count] ?? log(1 + count);
}

/** Runs of one, two and three tokens. */
class Grams {
  readonly #salt: number;
  #before = 0;
  #last = 0;

  constructor(salt: number) {
    this.#salt = salt;
  }

  /** `own` is what stands alone, `shared` what stands in runs. */
  token(own: number, shared: number): void {
    const salt = this.#salt;
    counts.add(mix(salt, own));
    counts.add(mix(mix(salt + 1, this.#last), shared));
    counts.add(mix(mix(mix(salt + 2, this.#before), this.#last), shared));
    this.#before = this.#last;
    this.#last = shared;
  }
}

const PAIR = 0x9a12;
const NUMBER = 0x2b7e;
const NAME = 0x4e0d;
const FILE_NAME = 0x6f1e;
const STRING = 0x51f3;

const MOST_RECENT = 16;

class TokenReader {
  readonly #file: ParsedFile;
  readonly #grams = new Grams(0xc0de);
  /** Name → token, of the file and of the outermost function that is being read. */
  readonly #ofFile = new Map<string, number>();
  #ofFunction: Map<string, number> | null = null;
  /** Names so far, by the kind of place where they first occurred. */
  #places = new Map<string, number>();
  /** Tokens of names, the last used first. */
  #recent: number[] = [];

  constructor(file: ParsedFile) {
    this.#file = file;
  }

  read(): void {
    this.#visit(this.#file.root);
  }

  #visit(node: Node): void {
    const { text, table } = this.#file;
    const { kinds } = table;
    const { kind, children } = node;
    if (children.length === 0) {
      // A file without code.
      if (node.parent === null) return;
      if (!node.named) this.#both(kindHash(kind));
      else if (kinds.identifier.has(kind) || kinds.shorthand.has(kind)) this.#name(node);
      else if (kinds.number.has(kind)) {
        this.#grams.token(mix(NUMBER, hashText(canonicalNumber(text.slice(node.start, node.end)))), NUMBER);
      } else this.#both(hashText(text, node.start, node.end));
      return;
    }
    if (kinds.string.has(kind) && !children.some((child) => child.named && child.children.length > 0)) {
      this.#grams.token(mix(STRING, hashText(text, node.start, node.end)), STRING);
      return;
    }
    const isOutermost = this.#ofFunction === null && kinds.function.has(kind);
    const [places, recent] = [this.#places, this.#recent];
    if (isOutermost) {
      this.#ofFunction = new Map();
      this.#places = new Map();
      this.#recent = [];
    }
    const above = mix(PAIR, kindHash(kind));
    for (const child of children) {
      if (child.named) counts.add(mix(above, kindHash(child.kind)));
      this.#visit(child);
    }
    if (isOutermost) {
      this.#ofFunction = null;
      this.#places = places;
      this.#recent = recent;
    }
  }

  #both(hash: number): void {
    this.#grams.token(hash, hash);
  }

  #name(node: Node): void {
    const name = this.#file.text.slice(node.start, node.end);
    if (this.#file.table.globals.has(name)) {
      this.#both(hashText(name));
      return;
    }
    let token = this.#ofFunction?.get(name) ?? this.#ofFile.get(name);
    if (token === undefined) {
      // Counted within the outermost function, so that a new name moves no numbers elsewhere.
      const place = node.parent?.kind ?? '';
      const number = this.#places.get(place) ?? 0;
      this.#places.set(place, number + 1);
      // The two scales must not meet: what a function calls its first is not what the file calls its first.
      token = mix(mix(this.#ofFunction ? NAME : FILE_NAME, kindHash(place)), number);
      (this.#ofFunction ?? this.#ofFile).set(name, token);
    }
    this.#grams.token(token, mix(NAME, this.#recency(token)));
  }

  /** How many other names were used since this one was, up to a limit. A new name changes that near it only. */
  #recency(token: number): number {
    const recent = this.#recent;
    let rank = 0;
    let moved = token;
    while (rank < recent.length) {
      const here = recent[rank] as number;
      recent[rank] = moved;
      if (here === token) return rank;
      moved = here;
      rank++;
    }
    if (recent.length < MOST_RECENT) recent.push(moved);
    return MOST_RECENT;
  }
}

const kindHashes = new Map<string, number>();

/** Kinds are few: those of the grammars. */
function kindHash(kind: string): number {
  let hash = kindHashes.get(kind);
  if (hash === undefined) kindHashes.set(kind, (hash = hashText(kind)));
  return hash;
}

function hashText(text: string, start = 0, end = text.length): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function mix(a: number, b: number): number {
  const sum = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) ^ b;
  return Math.imul(sum ^ (sum >>> 12), 0x297a2d39);
}

function finish(word: number): number {
  let w = word;
  w = Math.imul(w ^ (w >>> 16), 0x85ebca6b);
  w = Math.imul(w ^ (w >>> 13), 0xc2b2ae35);
  return w ^ (w >>> 16);
}
