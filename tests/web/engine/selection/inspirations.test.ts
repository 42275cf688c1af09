import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../web/engine/rng.ts';
import { selectInspirations, type Item } from '../../../../web/engine/selection/inspirations.ts';
import { INSPIRATION_KINDS, type InspirationKind, type InspirationSettings } from '../../../../web/engine/strategy.ts';
import { expectFits } from '../chi-square.ts';
import { evaluation } from '../stand-ins.ts';

function item(id: number, fitness: number, vector: number[] | null = null, scores: Record<string, number> = {}): Item {
  return { id, fitness, evaluation: evaluation(fitness, { scores }), vector: vector && Int8Array.from(vector) };
}

function settings(mix: Partial<Record<InspirationKind, number>>, count = 1): InspirationSettings {
  const none = Object.fromEntries(INSPIRATION_KINDS.map((kind) => [kind, 0])) as Record<InspirationKind, number>;
  return { count, mix: { ...none, ...mix }, order: 'drawn', failures: 0 };
}

const parent = item(1, 5, [10, 0, 0], { a: 5, b: 1 });
const members = [
  item(2, 9, [0, 10, 0], { a: 6, b: 0 }),
  parent,
  item(3, 4, [9, 3, 0], { a: 1, b: 9 }),
  item(4, 3, [-10, 0, 1], { a: 9, b: 9 }),
  item(5, 2, [20, 0, 0], { a: 0, b: 0 }),
];
const view = { parent, members, foreign: [item(7, 8), item(2, 9)] };

describe('inspirations', () => {
  it.each([
    ['best', 2],
    // 5 points the same way as the parent: the same text in other words.
    ['near', 3],
    ['far', 4],
    ['complementary', 4],
  ] as const)('%s is program %i', (kind, id) => {
    const drawn = selectInspirations(view, settings({ [kind]: 1 }), createRandom(1));
    expect(drawn).toEqual({ ids: [id], kinds: [kind], first: id, propensity: 1, top: [[id, 1]], among: 5 });
  });

  it('draws kinds by their shares, and says with which probability', () => {
    const mix = settings({ best: 2, random: 1, foreign: 1 });
    // Pool: 2, 3, 4, 5, 7; foreign: 7, 2.
    const chances = new Map([
      [2, 0.5 + 0.25 / 5 + 0.25 / 2],
      [3, 0.05],
      [4, 0.05],
      [5, 0.05],
      [7, 0.05 + 0.125],
    ]);
    const random = createRandom(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < 20_000; i++) {
      const { ids, propensity, top } = selectInspirations(view, mix, random);
      const id = ids[0] as number;
      counts.set(id, (counts.get(id) ?? 0) + 1);
      expect(propensity).toBeCloseTo(chances.get(id) as number, 12);
      expect(top[0]?.[0]).toBe(2);
    }
    const order = [...chances.keys()];
    expectFits(
      order.map((id) => counts.get(id) ?? 0),
      order.map((id) => chances.get(id) as number),
    );
  });

  it('never repeats, never holds the parent, takes what there is', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(...INSPIRATION_KINDS),
        (seed, count, kind) => {
          const { ids, kinds } = selectInspirations(
            view,
            settings({ [kind]: 1, random: 0.2 }, count),
            createRandom(seed),
          );
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).not.toContain(1);
          expect(ids).toHaveLength(Math.min(count, 5));
          expect(kinds).toHaveLength(ids.length);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
    const alone = { parent, members: [parent], foreign: [] };
    expect(selectInspirations(alone, settings({ random: 1 }), createRandom(1)).ids).toEqual([]);
  });

  it('gives the share of a kind with nothing to offer to the others', () => {
    const bare = { parent: item(1, 5), members: [item(2, 9), item(3, 4)], foreign: [] };
    const { ids, kinds } = selectInspirations(bare, settings({ near: 1, foreign: 1 }, 2), createRandom(3));
    expect([...ids].sort()).toEqual([2, 3]);
    expect(kinds).toEqual(['random', 'random']);
  });

  it('orders as asked', () => {
    const all = (order: InspirationSettings['order']): readonly number[] =>
      selectInspirations(view, { ...settings({ random: 1 }, 5), order }, createRandom(4)).ids;
    expect(all('ascending')).toEqual([5, 4, 3, 7, 2]);
    expect(all('chronological')).toEqual([2, 3, 4, 5, 7]);
  });

  it('names what was drawn first, and its probability, wherever the order puts it', () => {
    const random = createRandom(5);
    const mix = { ...settings({ best: 0.9, random: 0.1 }, 3), order: 'ascending' } as const;
    let moved = 0;
    for (let i = 0; i < 200; i++) {
      const { ids, first, propensity, top } = selectInspirations(view, mix, random);
      expect(ids).toContain(first);
      expect(propensity).toBe(top.find(([id]) => id === first)?.[1]);
      expect(propensity).toBeCloseTo(first === 2 ? 0.92 : 0.02, 12);
      if (ids[0] !== first) moved++;
    }
    expect(moved).toBeGreaterThan(100);
  });

  it('where all are alike keeps eight of them with their probability', () => {
    const many = Array.from({ length: 20 }, (_, i) => item(40 - i, 40 - i));
    const random = createRandom(6);
    const counts = many.map(() => 0);
    for (let i = 0; i < 20_000; i++) {
      const drawn = selectInspirations({ parent, members: many, foreign: [] }, settings({ random: 1 }), random);
      expect(drawn.propensity).toBe(1 / 20);
      counts[40 - (drawn.first as number)]! += 1;
      if (i === 0) expect(drawn.top).toEqual([21, 22, 23, 24, 25, 26, 27, 28].map((id) => [id, 1 / 20]));
    }
    expectFits(
      counts,
      counts.map(() => 1 / 20),
    );
  });

  it('draws later ones among what is left of each kind (chi-square over pairs)', () => {
    const mix = settings({ best: 1, random: 3 }, 2);
    const ids = [2, 3, 4, 5, 7];
    // The best left is the lowest number but for 7, which is no member.
    const draw = (left: readonly number[], id: number): number => (id === left[0] ? 0.25 : 0) + 0.75 / left.length;
    const pairs = ids.flatMap((a) => ids.filter((b) => b !== a).map((b) => [a, b] as const));
    const expected = pairs.map(
      ([a, b]) =>
        draw(ids, a) *
        draw(
          ids.filter((id) => id !== a),
          b,
        ),
    );
    const random = createRandom(8);
    const counts = pairs.map(() => 0);
    for (let i = 0; i < 40_000; i++) {
      const [a, b] = selectInspirations(view, mix, random).ids;
      counts[pairs.findIndex(([x, y]) => x === a && y === b)]! += 1;
    }
    expectFits(counts, expected);
  });

  it('far is never the same text in other words', () => {
    const twins = { parent, members: [item(5, 2, [20, 0, 0])], foreign: [] };
    const drawn = selectInspirations(twins, settings({ far: 1 }), createRandom(1));
    expect(drawn.kinds).toEqual(['random']);
  });
});
