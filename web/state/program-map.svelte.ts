/**
 * The map of one run as views see it: where each program lies by its text, in order of arrival. It asks the worker slice by slice while
 * somebody looks, and at no other time; what it has it keeps.
 */
import type { ProgramId } from '../engine/program.ts';
import type { MapAnswer, MapAsk, MapGroup, MapSlice } from '../worker/protocol.ts';
import type { RunView } from './run-view.svelte.ts';

/** Milliseconds from one slice to the next while the run needs the thread too, and from one look for new programs to the next. */
const REST_MS = 24;
const LOOK_MS = 400;
/** Milliseconds after which it is asked again where no answer came. */
const AGAIN_MS = 3_000;

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly low: number;
  readonly high: number;
}

export interface Before {
  readonly box: Box;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

const NO_BOX: Box = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
/** Share of its span that a box is given beyond what it must hold. */
const ROOM = 0.08;
const MORE_ROOM = 0.2;

export type AskForMap = (ask: MapAsk) => Promise<MapAnswer | null>;
export type After = (milliseconds: number, run: () => void) => () => void;

const later: After = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

export class ProgramMap {
  /** Changes whenever something below does. */
  revision = $state.raw(0);
  /** Why there is none; empty otherwise. */
  failure = $state.raw('');
  /** Fit of the axes; 0 while there is none. Places of another fit are void. */
  fit = 0;
  explained: readonly [number, number] = [0, 0];
  /** How alike two texts are on average, 0–1. */
  alike = 1;
  groups: readonly MapGroup[] = [];
  /** Places in use, each a program. */
  length = 0;
  ids = new Int32Array(1024);
  x = new Float32Array(1024);
  y = new Float32Array(1024);
  /** Group of each. */
  group = new Uint8Array(1024);
  /** What the axes span. It only grows while the fit stays the same, and by more than it must, so that places seldom move. */
  box: Box = NO_BOX;
  /** Where the places of this fit stood on the one before it, NaN where they had none; null at the first. */
  before: Before | null = null;
  /** Programs that were read, of all with a text, as the worker last said; and such as can't be placed. */
  read = 0;
  all = 0;
  unreadable = 0;

  readonly #run: RunView;
  readonly #ask: AskForMap;
  readonly #after: After;
  /** Place of a program. */
  readonly #places = new Map<ProgramId, number>();
  /** How many views look. */
  #open = 0;
  #asking = false;
  #cancel: (() => void) | null = null;
  /** Revision of the run that the last answer saw. */
  #seen = -1;

  constructor(run: RunView, ask: AskForMap, after: After = later) {
    this.#run = run;
    this.#ask = ask;
    this.#after = after;
  }

  /** Until the function that it gives is called, the map keeps up with the run. */
  watch(): () => void {
    this.#open++;
    if (this.#open === 1) this.#next(0);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open--;
      if (this.#open === 0) this.#stop();
    };
  }

  /** Whether programs are still to be read. */
  get busy(): boolean {
    void this.revision;
    return this.read < this.all;
  }

  /** −1 where it has none. */
  placeOf(id: ProgramId | null | undefined): number {
    return id === null || id === undefined ? -1 : (this.#places.get(id) ?? -1);
  }

  #next(milliseconds: number): void {
    this.#stop();
    this.#cancel = this.#after(milliseconds, () => {
      this.#cancel = null;
      void this.#look();
    });
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  async #look(): Promise<void> {
    const { runId } = this.#run;
    if (this.#asking || this.#open === 0) return;
    if (runId === null || (this.#run.revision === this.#seen && !this.busy)) return this.#next(LOOK_MS);
    this.#asking = true;
    const seen = this.#run.revision;
    const answer = await this.#ask({ runId, fit: this.fit, placed: this.length }).catch(() => null);
    this.#asking = false;
    if (answer?.type === 'ok') {
      this.failure = '';
      this.#seen = seen;
      this.#take(answer.slice);
    } else this.failure = answer?.reason ?? 'The engine did not answer.';
    if (this.#open === 0) return;
    if (answer?.type !== 'ok') this.#next(AGAIN_MS);
    else this.#next(!this.busy ? LOOK_MS : this.#run.activity === 'running' ? REST_MS : 0);
  }

  #take({ fit, explained, alike, groups, from, ids, xy, labels, read, all, unreadable }: MapSlice): void {
    const fresh = fit !== this.fit;
    const changed = fresh || ids.length > 0 || read !== this.read || all !== this.all;
    if (fresh) {
      this.before = this.length === 0 ? null : this.#standing(ids);
      this.fit = fit;
      this.explained = explained;
      this.alike = alike;
      this.groups = groups;
      this.length = 0;
      this.box = NO_BOX;
      this.#places.clear();
    }
    if (from > this.length) return;
    const end = from + ids.length;
    while (this.ids.length < end) this.#grow();
    for (let i = this.length - from; i < ids.length; i++) {
      const place = from + i;
      const id = ids[i] as number;
      this.ids[place] = id;
      this.x[place] = xy[2 * i] as number;
      this.y[place] = xy[2 * i + 1] as number;
      this.group[place] = labels[i] as number;
      this.#places.set(id, place);
    }
    this.box = boxFor(this.box, this.x.subarray(this.length, end), this.y.subarray(this.length, end));
    this.length = Math.max(this.length, end);
    [this.read, this.all, this.unreadable] = [read, all, unreadable];
    if (changed) this.revision++;
  }

  #standing(ids: Int32Array): Before {
    const x = new Float32Array(ids.length).fill(NaN);
    const y = new Float32Array(ids.length).fill(NaN);
    ids.forEach((id, i) => {
      const place = this.#places.get(id);
      if (place === undefined) return;
      x[i] = this.x[place] as number;
      y[i] = this.y[place] as number;
    });
    return { box: this.box, x, y };
  }

  #grow(): void {
    const size = this.ids.length * 2;
    this.ids = extend(this.ids, new Int32Array(size));
    this.x = extend(this.x, new Float32Array(size));
    this.y = extend(this.y, new Float32Array(size));
    this.group = extend(this.group, new Uint8Array(size));
  }
}

/** The box there is, where it holds the new points; otherwise one that holds them with some room on the side where it was too small. */
export function boxFor(box: Box, xs: ArrayLike<number>, ys: ArrayLike<number>): Box {
  if (xs.length === 0) return box;
  const [left, right] = span(box.left, box.right, xs);
  const [low, high] = span(box.low, box.high, ys);
  return { left, right, low, high };
}

function span(from: number, to: number, values: ArrayLike<number>): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i] as number);
    most = Math.max(most, values[i] as number);
  }
  if (least >= from && most <= to) return [from, to];
  const first = from > to;
  const whole = Math.max(to, most) - Math.min(from, least);
  const room = whole * (first ? ROOM : MORE_ROOM);
  return [least < from ? least - room : from, most > to ? most + room : to];
}

function extend<T extends Int32Array | Float32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

const maps = new WeakMap<RunView, ProgramMap>();

/** One map a run, whoever looks. */
export function mapOf(run: RunView, ask: AskForMap): ProgramMap {
  let map = maps.get(run);
  if (!map) maps.set(run, (map = new ProgramMap(run, ask)));
  return map;
}
