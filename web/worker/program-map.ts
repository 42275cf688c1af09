/**
 * Where programs lie by their texts: vectors, two axes and groups, made in slices when the page asks for them and at no other time.
 * The axes are fitted to a sample and then kept, so that programs stay where they are while others come: only when there are
 * twice as many as at the last fit are they fitted anew.
 */
import { cluster, GROUPS, nearestCentre } from '../engine/novelty/clusters.ts';
import { fitProjection, project, unit, type Projection } from '../engine/novelty/pca.ts';
import { embed } from '../engine/novelty/vector.ts';
import { marksOf, wordsOf } from '../engine/novelty/words.ts';
import type { Files, ProgramId } from '../engine/program.ts';
import { createRandom } from '../engine/rng.ts';
import type { RunState } from '../engine/state.ts';
import type { Syntax } from '../engine/syntax/tree.ts';
import { Texts } from '../engine/texts.ts';
import type { MapAsk, MapGroup, MapSlice } from './protocol.ts';

/** Milliseconds and programs a slice may take: the engine shares this thread. */
const SLICE_MS = 8;
export const MOST_A_SLICE = 128;
/** Programs the axes and groups are fitted to, evenly spaced: a fit is the one piece of work here that can't be put off half done. */
export const SAMPLE = 256;
const MARKS = 3;
/** Programs there must be for each group. */
const FEWEST_A_GROUP = 6;

export class ProgramMap {
  readonly #state: RunState;
  readonly #syntax: Syntax;
  readonly #now: () => number;
  readonly #texts: Texts;
  /** Programs that were read, by place in the lists below; −1 for those that can't be. */
  readonly #places = new Map<ProgramId, number>();
  readonly #ids: ProgramId[] = [];
  readonly #vectors: Int8Array[] = [];
  readonly #words: ReadonlySet<string>[] = [];
  readonly #interned = new Map<string, string>();
  /** Programs with a text, as they were found; numbers looked at; those among them that had none yet, or never will. */
  readonly #known: ProgramId[] = [];
  #looked = 0;
  #missing: ProgramId[] = [];
  /** Of `#known`, read without a gap. */
  #readUpTo = 0;
  #unreadable = 0;
  #fit = 0;
  /** Programs with a text there were at the last fit. */
  #fittedTo = 0;
  #projection: Projection | null = null;
  #alike = 1;
  #centres: readonly (readonly number[])[] = [];
  #groups: readonly MapGroup[] = [];
  #xy: number[] = [];
  #labels: number[] = [];
  /** What has to be read before the next fit. */
  #sample: readonly ProgramId[] | null = null;

  /** `state` may grow, as a run does. */
  constructor(state: RunState, syntax: Syntax, now: () => number) {
    this.#state = state;
    // Trees are kept by parser: those that the run is about to need again are not pushed out by what is read here.
    this.#syntax = { parse: (...asked) => syntax.parse(...asked) };
    this.#now = now;
    this.#texts = new Texts(state);
  }

  next({ fit, placed }: MapAsk): MapSlice {
    this.#lookAround();
    const known = this.#known;
    if (known.length > 0 && known.length >= 2 * this.#fittedTo) this.#sample ??= spaced(known, SAMPLE);
    const end = this.#now() + SLICE_MS;
    let left = MOST_A_SLICE;
    const hasTime = (): boolean => left-- > 0 && (left === MOST_A_SLICE - 1 || this.#now() < end);
    if (this.#readAll(this.#sample ?? [], hasTime) && this.#sample) this.#fitTo(this.#sample, known.length);
    if (this.#fit > 0) this.#readOn(hasTime);
    this.#place();
    const from = fit === this.#fit ? Math.min(placed, this.#labels.length) : 0;
    return {
      fit: this.#fit,
      explained: [this.#projection?.explained[0] ?? 0, this.#projection?.explained[1] ?? 0],
      alike: this.#alike,
      groups: this.#groups,
      from,
      ids: Int32Array.from(this.#fit === 0 ? [] : this.#ids.slice(from)),
      xy: Float32Array.from(this.#xy.slice(2 * from)),
      labels: Uint8Array.from(this.#labels.slice(from)),
      read: this.#places.size,
      all: known.length,
      unreadable: this.#unreadable,
    };
  }

  /** Only at what is new and at what was missing: a slice of a long run must not cost the whole of it. */
  #lookAround(): void {
    const { programs } = this.#state;
    const hasText = (id: ProgramId): boolean => Boolean(programs[id]?.change);
    const late = this.#missing.filter(hasText);
    if (late.length > 0) this.#missing = this.#missing.filter((id) => !hasText(id));
    this.#known.push(...late);
    for (; this.#looked < programs.length; this.#looked++)
      (hasText(this.#looked) ? this.#known : this.#missing).push(this.#looked);
  }

  /** False where time ran out before all of them were read. */
  #readAll(ids: readonly ProgramId[], hasTime: () => boolean): boolean {
    return ids.every((id) => this.#readOne(id, hasTime));
  }

  /** From where the last slice left off. */
  #readOn(hasTime: () => boolean): void {
    while (this.#readUpTo < this.#known.length) {
      if (!this.#readOne(this.#known[this.#readUpTo] as ProgramId, hasTime)) return;
      this.#readUpTo++;
    }
  }

  /** Whether it has been read, now or before. */
  #readOne(id: ProgramId, hasTime: () => boolean): boolean {
    if (this.#places.has(id)) return true;
    if (!hasTime()) return false;
    this.#read(id);
    return true;
  }

  #read(id: ProgramId): void {
    const language = this.#state.experiment?.language ?? 'javascript';
    let files: Files;
    try {
      files = this.#texts.of(id);
      const vector = embed(this.#syntax, language, files);
      const words = new Set<string>();
      for (const word of wordsOf(this.#syntax, language, files)) words.add(this.#intern(word));
      this.#places.set(id, this.#ids.length);
      this.#ids.push(id);
      this.#vectors.push(vector);
      this.#words.push(words);
    } catch {
      // A damaged log, or a file in a language whose grammar this run does without.
      this.#places.set(id, -1);
      this.#unreadable++;
    }
  }

  /** Slices of texts would keep the whole text alive. */
  #intern(word: string): string {
    let kept = this.#interned.get(word);
    if (kept === undefined) this.#interned.set(word, (kept = word));
    return kept;
  }

  #fitTo(sample: readonly ProgramId[], known: number): void {
    const places = sample.map((id) => this.#places.get(id) ?? -1).filter((place) => place >= 0);
    const rows = places.map((place) => this.#vectors[place] as Int8Array);
    const before = this.#projection;
    const projection = fitProjection(rows, 2);
    this.#projection = before ? { ...projection, axes: sameWay(projection.axes, before.axes) } : projection;
    // The mean of vectors of length 1 is as long, squared, as two of them are alike on average.
    this.#alike = projection.mean.reduce((sum, component) => sum + component * component, 0);
    const count = Math.min(GROUPS, Math.floor(rows.length / FEWEST_A_GROUP));
    const { centres } = count < 2 ? { centres: [] } : cluster(rows.map(unit), createRandom('groups'), count);
    this.#centres = sameNames(centres, this.#centres);
    const labels = rows.map((row) => nearestCentre(unit(row), this.#centres));
    const texts = places.map((place) => this.#words[place] as ReadonlySet<string>);
    this.#groups = this.#centres.map((_, group) => ({ marks: marksOf(texts, (i) => labels[i] === group, MARKS) }));
    this.#xy = [];
    this.#labels = [];
    this.#sample = null;
    this.#fittedTo = known;
    this.#fit++;
  }

  /** Puts what has been read since onto the axes there are. */
  #place(): void {
    const projection = this.#projection;
    if (!projection) return;
    for (let place = this.#labels.length; place < this.#ids.length; place++) {
      const vector = this.#vectors[place] as Int8Array;
      const [x = 0, y = 0] = project(projection, vector);
      this.#xy.push(x, y);
      this.#labels.push(nearestCentre(unit(vector), this.#centres));
    }
  }
}

function spaced(ids: readonly ProgramId[], most: number): ProgramId[] {
  const count = Math.min(ids.length, most);
  return Array.from({ length: count }, (_, i) => ids[Math.floor((i * ids.length) / count)] as ProgramId);
}

/** An axis has no direction of its own: each is turned so that it points as the one before it did. */
function sameWay(axes: readonly Float64Array[], before: readonly Float64Array[]): Float64Array[] {
  return axes.map((axis, i) => {
    const old = before[i];
    if (!old) return axis;
    const along = axis.reduce((sum, component, j) => sum + component * (old[j] as number), 0);
    return along < 0 ? axis.map((component) => -component) : axis;
  });
}

/** The same groups in such an order that each stands where the one of before that it is nearest to stood. */
function sameNames(
  centres: readonly (readonly number[])[],
  before: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const free = [...centres];
  const named: (readonly number[])[] = [];
  for (const old of before) {
    if (free.length === 0) break;
    named.push(...free.splice(nearestCentre(old, free), 1));
  }
  return [...named, ...free];
}
