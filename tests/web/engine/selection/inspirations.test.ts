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
    expect(drawn).toEqual({ ids: [id], kinds: [kind], propensity: 1, top: [[id, 1]] });
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
});
