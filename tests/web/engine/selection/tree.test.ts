import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProgramId } from '../../../../web/engine/program.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { createSelection, selectParent, type Candidate } from '../../../../web/engine/selection/index.ts';
import type { SubtreeValue } from '../../../../web/engine/selection/tree.ts';
import { evaluation } from '../stand-ins.ts';

type Parents = ReadonlyMap<ProgramId, ProgramId>;

/** Best first; `tried` by id. */
function kept(fitness: Readonly<Record<number, number>>, tried: Readonly<Record<number, number>> = {}): Candidate[] {
  return Object.entries(fitness)
    .map(([id, f]) => ({
      ...{ id: Number(id), fitness: f, children: tried[Number(id)] ?? 0, successes: 0, length: 1, cell: null },
      evaluation: evaluation(f),
    }))
    .sort((a, b) => b.fitness - a.fitness || a.id - b.id);
}

function weightsOf(
  list: readonly Candidate[],
  parents: Parents,
  exploration: number,
  value: SubtreeValue = 'best',
): Map<number, number> {
  const selection = createSelection({ type: 'tree', exploration, value });
  const weights = selection.weights(list, { consumed: 0, parentOf: (id) => parents.get(id) ?? null });
  return new Map(list.flatMap(({ id }, i) => ((weights[i] as number) > 0 ? [[id, weights[i] as number]] : [])));
}

const score = (value: number, visits: number, all: number, exploration: number): number =>
  value + exploration * Math.sqrt(Math.log(all) / visits);

/**
 *          0 (gone)
 *        /     \
 *      1        2 (gone)
 *     / \        \
 *    3   4        5 (gone) — 6
 *                  \
 *                   7
 */
const LINEAGE: Parents = new Map([
  [1, 0],
  [2, 0],
  [3, 1],
  [4, 1],
  [5, 2],
  [6, 5],
  [7, 5],
]);

describe('tree search', () => {
  it('goes down to the branch with the highest value and breadth, level by level', () => {
    // Ranks of 1, 3, 4, 6, 7 by fitness: 0.75, 1, 0, 0.25, 0.5.
    const fitness = { 1: 8, 3: 9, 4: 1, 6: 3, 7: 5 };
    const greedy = weightsOf(kept(fitness), LINEAGE, 0);
    expect([...greedy]).toEqual([[3, 1]]);
    // The left branch has been tried 1 + 40 + 1 + 30 + 1 times, the right one 1 + 2 + 1 + 1.
    const tried = { 1: 40, 3: 30, 6: 2, 7: 1 };
    const list = kept(fitness, tried);
    const [left, right] = [1 + 40 + 1 + 30 + 1, 1 + 2 + 1 + 1];
    const all = left + right;
    for (const exploration of [0.05, 0.2, 0.4, 1]) {
      const goesLeft = score(1, left, all, exploration) > score(0.5, right, all, exploration);
      const expected = goesLeft
        ? ([
            [1, score(0.75, 41, left, exploration)],
            [3, score(1, 31, left, exploration)],
            [4, score(0, 1, left, exploration)],
          ] as const)
        : ([
            [6, score(0.25, 3, right, exploration)],
            [7, score(0.5, 2, right, exploration)],
          ] as const);
      const best = expected.reduce((a, b) => (b[1] > a[1] ? b : a))[0];
      expect([...weightsOf(list, LINEAGE, exploration)], String(exploration)).toEqual([[best, 1]]);
    }
    // Both ways are taken among these, or the test would be about nothing.
    expect([...weightsOf(list, LINEAGE, 0.05).keys()]).toEqual([3]);
    expect([6, 7]).toContain([...weightsOf(list, LINEAGE, 1).keys()][0]);
  });

  it('counts of a subtree its best program, or the mean of them', () => {
    // Left: one at the top and three at the bottom. Right: two in the middle.
    const parents: Parents = new Map([
      [10, 1],
      [11, 1],
      [12, 1],
      [13, 1],
      [20, 2],
      [21, 2],
    ]);
    const list = kept({ 10: 9, 11: 1, 12: 0, 13: -1, 20: 6, 21: 5 });
    expect([...weightsOf(list, parents, 0, 'best').keys()]).toEqual([10]);
    // Ranks: 10 → 1, 20 → 0.8, 21 → 0.6; the rest 0.4, 0.2, 0. Means 0.4 and 0.7.
    expect([...weightsOf(list, parents, 0, 'mean').keys()]).toEqual([20]);
  });

  it('stops at an inner program where that is the best choice, and shares where branches are equal', () => {
    const chain: Parents = new Map([[1, 0]]);
    expect([...weightsOf(kept({ 0: 9, 1: 2 }), chain, 0).keys()]).toEqual([0]);
    // Two lines of their own, one of them with two equal programs: halves, then halves of a half.
    const parents: Parents = new Map([
      [3, 1],
      [4, 1],
    ]);
    const shared = weightsOf(kept({ 2: 5, 3: 5, 4: 5 }), parents, 0);
    expect(Object.fromEntries(shared)).toEqual({ 2: 0.5, 3: 0.25, 4: 0.25 });
  });

  it('is the rule over one level where no two programs have an ancestor in common', () => {
    const random = createRandom(3);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 }), (list) => {
        const found = kept(
          Object.fromEntries(list.map((f, i) => [i, f])),
          Object.fromEntries(list.map((_, i) => [i, random.below(30)])),
        );
        const all = found.reduce((sum, { children }) => sum + children + 1, 0);
        const n = found.length;
        const scores = found.map(({ fitness, children }) => {
          const beaten = found.filter((each) => each.fitness < fitness).length;
          const tied = found.filter((each) => each.fitness === fitness).length - 1;
          return score(n === 1 ? 1 : (beaten + tied / 2) / (n - 1), children + 1, all, 0.7);
        });
        const best = Math.max(...scores);
        const expected = found.filter((_, i) => best - (scores[i] as number) < 1e-12).map(({ id }) => id);
        expect([...weightsOf(found, new Map(), 0.7).keys()].sort((a, b) => a - b)).toEqual(
          expected.sort((a, b) => a - b),
        );
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('tries branches as often as their values make it: equal scores in the long run (Kocsis and Szepesvári)', () => {
    // Three programs below each of two that are gone; what is drawn gets a child, and no child is ever kept.
    const parents: Parents = new Map([
      [10, 1],
      [11, 1],
      [12, 1],
      [20, 2],
      [21, 2],
      [22, 2],
    ]);
    const fitness = { 10: 6, 11: 5, 12: 4, 20: 3, 21: 2, 22: 1 };
    const tried: Record<number, number> = { 10: 0, 11: 0, 12: 0, 20: 0, 21: 0, 22: 0 };
    const selection = createSelection({ type: 'tree', exploration: 0.5, value: 'best' });
    const random = createRandom(9);
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const list = kept(fitness, tried);
      const id = selectParent(selection, list, { consumed: i, parentOf: (of) => parents.get(of) ?? null }, random);
      tried[id] = (tried[id] as number) + 1;
    }
    const visits = (...ids: number[]): number => ids.reduce((sum, id) => sum + 1 + (tried[id] as number), 0);
    const all = visits(10, 11, 12, 20, 21, 22);
    const close = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThan(0.03);
    close(score(1, visits(10, 11, 12), all, 0.5), score(0.4, visits(20, 21, 22), all, 0.5));
    const left = visits(10, 11, 12);
    close(score(1, visits(10), left, 0.5), score(0.8, visits(11), left, 0.5));
    close(score(1, visits(10), left, 0.5), score(0.6, visits(12), left, 0.5));
    // Of the worst branch some are tried, and few: (λ/gap)² ln N, as the theory has it.
    expect(visits(20, 21, 22)).toBeGreaterThan(3);
    expect(visits(20, 21, 22)).toBeLessThan(2 * (0.5 / 0.6) ** 2 * Math.log(all));
  });

  it('costs no more where lines are long: each is followed so far and no further, and what is shared once', () => {
    let asked = 0;
    const depth = 100_000;
    // Forty programs at the ends of short twigs of one long line.
    const parentOf = (id: ProgramId): ProgramId | null => {
      asked++;
      return id === 0 ? null : id > depth ? depth - (id - depth) : id - 1;
    };
    const list = kept(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [depth + 1 + i, i])));
    const weights = createSelection({ type: 'tree', exploration: 0.5, value: 'best' }).weights(list, {
      consumed: 0,
      parentOf,
    });
    expect(weights.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
    expect(asked).toBeLessThan(1_000);
  });
});
