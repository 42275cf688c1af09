/** Programs shown beside the parent: of several kinds, each for a reason of its own. */
import { similarity } from '../novelty/vector.ts';
import type { Evaluation, ProgramId } from '../program.ts';
import type { Random } from '../rng.ts';
import { INSPIRATION_KINDS, type InspirationKind, type InspirationSettings } from '../strategy.ts';

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
  /** Probability of the program that was drawn first; 0 where there was none to draw. */
  readonly propensity: number;
  /** The likeliest first draws, at most eight. */
  readonly top: readonly (readonly [ProgramId, number])[];
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
  const ids: Item[] = [];
  const kinds: InspirationKind[] = [];
  let first: Map<Item, number> | null = null;
  while (ids.length < settings.count && pool.length > 0) {
    const offers = offersOf(view, pool, settings);
    if (offers.length === 0) break;
    first ??= probabilities(offers);
    const offer = offers[random.weighted(offers.map(({ share }) => share))] as Offer;
    const item = random.pick(offer.items);
    ids.push(item);
    kinds.push(offer.kind);
    pool.splice(pool.indexOf(item), 1);
  }
  const order = orderOf(ids, settings.order);
  const chances = [...(first ?? [])].map(([item, share]) => [item.id, share] as const);
  chances.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return {
    ids: order.map((i) => (ids[i] as Item).id),
    kinds: order.map((i) => kinds[i] as InspirationKind),
    propensity: ids[0] === undefined ? 0 : (first?.get(ids[0]) ?? 0),
    top: chances.slice(0, TOP),
  };
}

interface Offer {
  readonly kind: InspirationKind;
  readonly share: number;
  /** Drawn from uniformly. */
  readonly items: readonly Item[];
}

function poolOf({ parent, members, foreign }: InspirationView): Item[] {
  const byId = new Map<ProgramId, Item>();
  for (const item of [...members, ...foreign]) if (item.id !== parent.id && !byId.has(item.id)) byId.set(item.id, item);
  return [...byId.values()];
}

function offersOf(view: InspirationView, pool: readonly Item[], { mix }: InspirationSettings): Offer[] {
  const offers: Offer[] = [];
  for (const kind of INSPIRATION_KINDS) {
    const share = mix[kind];
    if (!(share > 0)) continue;
    const items = itemsOf(kind, view, pool);
    if (items.length > 0) offers.push({ kind, share, items });
  }
  return offers.length > 0 || pool.length === 0 ? offers : [{ kind: 'random', share: 1, items: pool }];
}

function itemsOf(kind: InspirationKind, { parent, members, foreign }: InspirationView, pool: readonly Item[]): Item[] {
  // Those of the pool: a program may stand in it once, and be both a member and the best of another island.
  const here = (items: readonly Item[]): Item[] => items.flatMap(({ id }) => pool.find((each) => each.id === id) ?? []);
  switch (kind) {
    case 'best':
      return here(members).slice(0, 1);
    case 'random':
      return [...pool];
    case 'foreign':
      return here(foreign);
    case 'near':
      return leading(pool, (item) => {
        const alike = cosine(parent, item);
        return alike === null || alike >= SAME ? -Infinity : alike;
      });
    case 'far':
      return leading(pool, (item) => {
        const alike = cosine(parent, item);
        return alike === null ? -Infinity : -alike;
      });
    case 'complementary':
      return leading(pool, (item) => wins(item, parent) || -Infinity);
    default:
      return kind satisfies never;
  }
}

/** The one with the highest score, the oldest where several have it; none where all are −Infinity. */
function leading(pool: readonly Item[], score: (item: Item) => number): Item[] {
  let best: Item | null = null;
  let most = -Infinity;
  for (const item of pool) {
    const value = score(item);
    if (value > most || (value === most && best !== null && item.id < best.id)) [best, most] = [item, value];
  }
  return best === null || most === -Infinity ? [] : [best];
}

function cosine(a: Item, b: Item): number | null {
  return a.vector && b.vector && a.vector.length === b.vector.length ? similarity(a.vector, b.vector) : null;
}

/** Share of instances on which `a` beats `b`; of metrics, in either direction, where there are no instances. */
function wins(a: Item, b: Item): number {
  const instances = a.evaluation?.scores ?? {};
  const names = Object.keys(instances);
  const [mine, theirs] =
    names.length > 0
      ? [instances, b.evaluation?.scores ?? {}]
      : [a.evaluation?.metrics ?? {}, b.evaluation?.metrics ?? {}];
  let won = 0;
  let compared = 0;
  for (const name of Object.keys(mine)) {
    const [x, y] = [mine[name], theirs[name]];
    if (x === undefined || y === undefined) continue;
    compared++;
    if (names.length > 0 ? x > y : x !== y) won++;
  }
  return compared === 0 ? 0 : won / compared;
}

function probabilities(offers: readonly Offer[]): Map<Item, number> {
  const total = offers.reduce((sum, { share }) => sum + share, 0);
  const chances = new Map<Item, number>();
  for (const { share, items } of offers) {
    for (const item of items) chances.set(item, (chances.get(item) ?? 0) + share / total / items.length);
  }
  return chances;
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
