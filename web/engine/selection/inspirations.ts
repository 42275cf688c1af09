/** Programs shown beside the parent: of several kinds, each for a reason of its own. */
import { similarity } from '../novelty/vector.ts';
import type { Evaluation, ProgramId } from '../program.ts';
import type { Random } from '../rng.ts';
import { INSPIRATION_KINDS, type InspirationKind, type InspirationSettings } from '../strategy.ts';
import { winsOver } from './complementary.ts';

export interface Item {
  readonly id: ProgramId;
  readonly fitness: number;
  readonly evaluation: Evaluation | null;
  readonly vector: Int8Array | null;
}

export interface InspirationView {
  readonly parent: Item;
  /** The island's archive, best first. */
  readonly members: readonly Item[];
  /** Best of each other island. */
  readonly foreign: readonly Item[];
}

export interface Inspirations {
  readonly ids: readonly ProgramId[];
  readonly kinds: readonly InspirationKind[];
  /** What was drawn first, wherever the order puts it; null where there was nothing to draw. */
  readonly first: ProgramId | null;
  /** Probability of `first`; 0 where there is none. */
  readonly propensity: number;
  /** The likeliest first draws, at most eight. */
  readonly top: readonly (readonly [ProgramId, number])[];
  /** Programs the first draw was among. */
  readonly among: number;
}

/** Entries kept of the first draw. */
const TOP = 8;
/** Cosine from which two programs count as the same text in other words, and are no news to each other. */
const SAME = 0.9999;

/**
 * Draws a kind by its share, then a program of that kind, `count` times without repeating a program. A kind with nothing to offer
 * gives its share to the others.
 * - `best`: the island's best; `near`: the most similar one that is not the same; `far`: the least similar;
 * - `complementary`: the one that beats the parent on most instances, or metrics where there are no instances;
 * - `random`: any of island and foreign bests; `foreign`: the best of another island.
 */
export function selectInspirations(view: InspirationView, settings: InspirationSettings, random: Random): Inspirations {
  const pool = poolOf(view);
  const among = pool.length;
  const drawn: Item[] = [];
  const kinds: InspirationKind[] = [];
  const sources = among > 0 && settings.count > 0 ? sourcesOf(view, pool, settings) : [];
  let first: Pick<Inspirations, 'propensity' | 'top'> = { propensity: 0, top: [] };
  while (drawn.length < settings.count && drawn.length < among) {
    let offers = offersOf(sources);
    if (offers.length === 0) {
      const items = pool.filter((item) => !drawn.includes(item));
      offers = [{ kind: 'random', share: 1, items }];
    }
    const offer = offers[random.weighted(offers.map(({ share }) => share))] as Offer;
    const item = random.pick(offer.items);
    if (drawn.length === 0) first = chances(offers, item);
    drawn.push(item);
    kinds.push(offer.kind);
    if (drawn.length < settings.count) for (const source of sources) remove(source, item);
  }
  const order = orderOf(drawn, settings.order);
  return {
    ids: order.map((i) => (drawn[i] as Item).id),
    kinds: order.map((i) => kinds[i] as InspirationKind),
    first: drawn[0]?.id ?? null,
    ...first,
    among,
  };
}

/** All programs there are but the parent, each once: those of the island first. */
function poolOf({ parent, members, foreign }: InspirationView): Item[] {
  const pool = members.filter(({ id }) => id !== parent.id);
  for (const item of foreign) if (item.id !== parent.id && !pool.some(({ id }) => id === item.id)) pool.push(item);
  return pool;
}

/** What a kind has left to offer. */
interface Source {
  readonly kind: InspirationKind;
  readonly share: number;
  items: readonly Item[];
  /** One an item: the highest is offered, the oldest where several have it. null: all are offered alike. */
  scores: readonly number[] | null;
}

interface Offer {
  readonly kind: InspirationKind;
  readonly share: number;
  /** Drawn from uniformly. */
  readonly items: readonly Item[];
}

function sourcesOf(view: InspirationView, pool: readonly Item[], { mix }: InspirationSettings): Source[] {
  const cosines = mix.near > 0 || mix.far > 0 ? pool.map((item) => cosineOf(view.parent, item)) : null;
  const alike = (i: number): number | null => {
    const cosine = cosines?.[i] ?? null;
    return cosine === null || cosine >= SAME ? null : cosine;
  };
  return INSPIRATION_KINDS.filter((kind) => mix[kind] > 0).map((kind) => sourceOf(kind, mix[kind], view, pool, alike));
}

function sourceOf(
  kind: InspirationKind,
  share: number,
  { parent, members, foreign }: InspirationView,
  pool: readonly Item[],
  alike: (i: number) => number | null,
): Source {
  const ranked = (score: (item: Item, i: number) => number | null): Source => {
    const items: Item[] = [];
    const scores: number[] = [];
    pool.forEach((item, i) => {
      const value = score(item, i);
      if (value === null) return;
      items.push(item);
      scores.push(value);
    });
    return { kind, share, items, scores };
  };
  switch (kind) {
    case 'best': {
      // The archive's own order, best first.
      const items = members.filter(({ id }) => id !== parent.id);
      return { kind, share, items, scores: items.map((_, i) => -i) };
    }
    case 'random':
      return { kind, share, items: pool, scores: null };
    case 'foreign': {
      // As it stands in the pool: a program may be a member too.
      const items = foreign.flatMap(({ id }) => pool.find((each) => each.id === id) ?? []);
      return { kind, share, items, scores: null };
    }
    case 'near':
      return ranked((_, i) => alike(i));
    case 'far':
      return ranked((_, i) => {
        const cosine = alike(i);
        return cosine === null ? null : -cosine;
      });
    case 'complementary': {
      const wins = winsOver(parent, members);
      return ranked((item) => wins(item) || null);
    }
    default:
      return kind satisfies never;
  }
}

function offersOf(sources: readonly Source[]): Offer[] {
  const offers: Offer[] = [];
  for (const { kind, share, items, scores } of sources) {
    if (items.length === 0) continue;
    offers.push({ kind, share, items: scores ? [leader(items, scores)] : items });
  }
  return offers;
}

function leader(items: readonly Item[], scores: readonly number[]): Item {
  let at = 0;
  for (let i = 1; i < items.length; i++) {
    const [score, most] = [scores[i] as number, scores[at] as number];
    if (score > most || (score === most && (items[i] as Item).id < (items[at] as Item).id)) at = i;
  }
  return items[at] as Item;
}

function remove(source: Source, item: Item): void {
  const { items, scores } = source;
  if (!items.includes(item)) return;
  if (scores) source.scores = scores.filter((_, i) => items[i] !== item);
  source.items = items.filter((each) => each !== item);
}

function cosineOf(a: Item, b: Item): number | null {
  const [x, y] = [a.vector, b.vector];
  return x && y && x.length === y.length ? similarity(x, y) : null;
}

/** Exact probabilities of the first draw. */
function chances(offers: readonly Offer[], chosen: Item): Pick<Inspirations, 'propensity' | 'top'> {
  const only = offers[0] as Offer;
  if (offers.length === 1 && only.kind === 'random') {
    // All alike: the oldest stand for them.
    const share = 1 / only.items.length;
    return { propensity: share, top: oldest(only.items).map((id) => [id, share] as const) };
  }
  const total = offers.reduce((sum, { share }) => sum + share, 0);
  const all = new Map<ProgramId, number>();
  for (const { share, items } of offers) {
    const each = share / total / items.length;
    for (const { id } of items) all.set(id, (all.get(id) ?? 0) + each);
  }
  const top = [...all].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, TOP);
  // Shares that are added up may pass 1 in the last bit.
  return { propensity: Math.min(1, all.get(chosen.id) ?? 0), top };
}

function oldest(items: readonly Item[]): ProgramId[] {
  const ids = Int32Array.from(items, ({ id }) => id).sort();
  return [...ids.subarray(0, TOP)];
}

function orderOf(items: readonly Item[], order: InspirationSettings['order']): number[] {
  const places = items.map((_, i) => i);
  const at = (i: number): Item => items[i] as Item;
  switch (order) {
    case 'drawn':
      return places;
    case 'ascending':
      return places.sort((a, b) => compare(at(a).fitness, at(b).fitness) || at(a).id - at(b).id);
    case 'chronological':
      return places.sort((a, b) => at(a).id - at(b).id);
    default:
      return order satisfies never;
  }
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
