import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../web/engine/rng.ts';
import {
  createSelection,
  selectionName,
  selectParent,
  strategiesOf,
  type Candidate,
  type SelectionView,
} from '../../../../web/engine/selection/index.ts';
import type { SimpleSelection } from '../../../../web/engine/strategy.ts';
import { expectFits } from '../chi-square.ts';
import { evaluation } from '../stand-ins.ts';

const members: SimpleSelection[] = [
  { type: 'power-law', alpha: 1 },
  { type: 'weighted', lambda: 10 },
  { type: 'tournament', size: 4 },
  { type: 'uniform' },
  { type: 'rank-roulette' },
  { type: 'beam', width: 3 },
  { type: 'hill-climb' },
  { type: 'best-of-n' },
  { type: 'pareto', front: 'instances', objectives: { fitness: 1 } },
  { type: 'pareto', front: 'objectives', objectives: { fitness: 1, length: -1 } },
  { type: 'pareto', front: 'hybrid', objectives: { fitness: 1, fuel: -1 } },
  { type: 'cells', by: 'uniform' },
  { type: 'cells', by: 'curiosity' },
  { type: 'clusters', temperature: 0.1, period: 100 },
  { type: 'uct', exploration: 0.5 },
  { type: 'tree', exploration: 0.5, value: 'best' },
  { type: 'tree', exploration: 2, value: 'mean' },
  { type: 'annealing', temperature: 1, period: 100 },
];

/** Every program came of the one with half its number. */
const view: SelectionView = { consumed: 0, parentOf: (id) => (id === 0 ? null : id >> 1) };

function candidates(fitness: readonly number[], more: (i: number) => Partial<Candidate> = () => ({})): Candidate[] {
  const order = fitness.map((_, i) => i).sort((a, b) => (fitness[b] as number) - (fitness[a] as number) || a - b);
  return order.map((i) => ({
    id: i,
    fitness: fitness[i] as number,
    children: 0,
    successes: 0,
    length: 100,
    cell: null,
    evaluation: evaluation(fitness[i] as number),
    ...more(i),
  }));
}

function probabilities(settings: SimpleSelection, list: Candidate[], at = view): number[] {
  const weights = createSelection(settings).weights(list, at);
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

function close(found: readonly number[], expected: readonly number[]): void {
  const total = expected.reduce((sum, x) => sum + x, 0);
  expect(found).toHaveLength(expected.length);
  expected.forEach((x, i) => expect(found[i]).toBeCloseTo(x / total, 10));
}

describe.each(members.map((settings) => [selectionName(settings), settings] as const))('%s', (_, settings) => {
  it('gives one finite, non-negative weight a candidate, some positive, whatever the scores', () => {
    const odd = [[3], [5, 5, 5], [1e308, 0, -1e308], [-1, -2, -3], [1 + 1e-12, 1, 1 - 1e-12], [1e300, 1e300, -1e300]];
    for (const list of odd) check(candidates(list));
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 1e6 }),
        (list, seed) => {
          const random = createRandom(seed);
          check(
            candidates(list, () => {
              const children = random.below(50);
              const cell = random.next() < 0.3 ? null : String(random.below(5));
              const scores = Object.fromEntries(
                Array.from({ length: random.below(4) }, (__, k) => [`k${k}`, random.below(5) - 2]),
              );
              const successes = children === 0 ? 0 : random.below(children + 1);
              return { children, successes, cell, length: random.below(5_000), evaluation: evaluation(1, { scores }) };
            }),
            { ...view, consumed: random.below(1e6) },
          );
        },
      ),
      { numRuns: 200, seed: 3 },
    );

    function check(list: Candidate[], at = view): void {
      const weights = createSelection(settings).weights(list, at);
      expect(weights).toHaveLength(list.length);
      for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(0);
      expect(weights.every(Number.isFinite)).toBe(true);
      expect(Math.max(...weights)).toBeGreaterThan(0);
    }
  });

  it('does not care about scale or zero of fitness', () => {
    const base = probabilities(settings, candidates([9, 4, 4, 2, 1]));
    close(probabilities(settings, candidates([909, 904, 904, 902, 901])), base);
    close(probabilities(settings, candidates([9e-7, 4e-7, 4e-7, 2e-7, 1e-7])), base);
    // Down to where a sum with anything else would swallow it, and up to where a sum of two would overflow.
    for (const unit of [1e-13, 1e-200, 1e200, 1e307]) {
      close(probabilities(settings, candidates([9, 4, 4, 2, 1].map((f) => f * unit))), base);
    }
    // What is exact stays so: powers of two.
    const exact = [9, 4, 4, 2, 1].map((f) => f / 2 ** 20 - 3);
    probabilities(settings, candidates(exact)).forEach((p, i) => expect(p).toBeCloseTo(base[i] as number, 13));
  });

  it('draws as its weights say', () => {
    const list = candidates([9, 7, 4, 4, 1], (i) => ({ children: i, successes: i >> 1, cell: String(i % 2) }));
    const random = createRandom(11);
    const counts = list.map(() => 0);
    const selection = createSelection(settings);
    for (let i = 0; i < 20_000; i++) {
      const id = selectParent(selection, list, view, random);
      counts[list.findIndex((each) => each.id === id)]! += 1;
    }
    expectFits(counts, probabilities(settings, list));
  });
});

describe('closed forms', () => {
  it('power law: rank^−alpha', () => {
    close(probabilities({ type: 'power-law', alpha: 2 }, candidates([4, 3, 2])), [1, 1 / 4, 1 / 9]);
    close(probabilities({ type: 'power-law', alpha: 0 }, candidates([4, 3, 2])), [1, 1, 1]);
  });

  it('rank roulette: 1/(1 + rank), shared among ties', () => {
    close(probabilities({ type: 'rank-roulette' }, candidates([4, 3, 2])), [1 / 2, 1 / 3, 1 / 4]);
    close(probabilities({ type: 'rank-roulette' }, candidates([4, 3, 3])), [1 / 2, 7 / 24, 7 / 24]);
  });

  it('tournament: the best of k draws with replacement', () => {
    close(probabilities({ type: 'tournament', size: 3 }, candidates([4, 3, 2, 1])), [37, 19, 7, 1]);
  });

  it('weighted: sigmoid of the distance to the median in MADs, over 1 + children', () => {
    const list = candidates([8, 5, 4, 2], (i) => ({ children: [0, 1, 2, 3][i] ?? 0 }));
    // Median 4.5, deviations 3.5, 0.5, 0.5, 2.5, their median 1.5.
    const weight = (f: number, children: number): number => 1 / (1 + Math.exp((-2 * (f - 4.5)) / 1.5)) / (1 + children);
    close(probabilities({ type: 'weighted', lambda: 2 }, list), [
      weight(8, 0),
      weight(5, 1),
      weight(4, 2),
      weight(2, 3),
    ]);
    close(
      probabilities(
        { type: 'weighted', lambda: 10 },
        candidates([5, 5, 5], (i) => ({ children: i })),
      ),
      [1, 1 / 2, 1 / 3],
    );
  });

  it('weighted: the mean deviation where most tie, 40 at most', () => {
    // Median 4, MAD 0, mean deviation (5 + 3) / 5.
    const weight = (f: number): number => 1 / (1 + Math.exp(-(f - 4) / 1.6));
    close(probabilities({ type: 'weighted', lambda: 1 }, candidates([9, 4, 4, 4, 1])), [9, 4, 4, 4, 1].map(weight));
    close(probabilities({ type: 'weighted', lambda: 0 }, candidates([9, 4, 4, 4, 1])), [1, 1, 1, 1, 1]);
    close(probabilities({ type: 'weighted', lambda: 0 }, candidates([5e-324, 0, 0, 0])), [1, 1, 1, 1]);
    // The median of two is their mean, the deviation half their distance.
    const [a, b] = [1 / (1 + Math.exp(-1)), 1 / (1 + Math.exp(1))];
    close(probabilities({ type: 'weighted', lambda: 1 }, candidates([1.7e308, 1.6e308])), [a, b]);
    close(probabilities({ type: 'weighted', lambda: 1 }, candidates([1.7e308, -1.7e308])), [a, b]);
  });

  it('beam: the best few in turn; a hill climb is a beam of one', () => {
    const list = candidates([9, 8, 7, 6], (i) => ({ children: [2, 1, 1, 0][i] ?? 0 }));
    close(probabilities({ type: 'beam', width: 3 }, list), [0, 1, 1, 0]);
    close(probabilities({ type: 'hill-climb' }, list), [1, 0, 0, 0]);
  });

  it('best of n: the root alone', () => {
    expect(createSelection({ type: 'best-of-n' }).from).toBe('root');
  });

  it('cells: uniform over cells, or by what came of their members', () => {
    const list = candidates([5, 4, 3, 2], (i) => ({
      cell: ['a', 'a', 'b', null][i] ?? null,
      children: i,
      successes: 0,
    }));
    close(probabilities({ type: 'cells', by: 'uniform' }, list), [1 / 2, 1 / 2, 1, 1]);
    const curious = candidates([5, 4, 3], (i) => ({
      cell: ['a', 'a', 'b'][i] ?? null,
      children: [4, 0, 10][i] ?? 0,
      successes: [3, 0, 0][i] ?? 0,
    }));
    // Cell a: 1 + 3 − 0.5; cell b: 1 − 5, at the floor of 0.5.
    close(probabilities({ type: 'cells', by: 'curiosity' }, curious), [1.75, 1.75, 0.5]);
  });

  it('clusters: softmax over ranks of scores, short programs first inside', () => {
    const list = candidates([5, 5, 3, 1], (i) => ({ length: [200, 100, 50, 50][i] ?? 0 }));
    const settings = { type: 'clusters', temperature: 0.5, period: 100 } as const;
    const inside = [Math.exp(-100 / (200 + 1e-6)), 1];
    const total = (inside[0] as number) + (inside[1] as number);
    const expected = (heat: number): number[] => [
      ...inside.map((w) => w / total),
      Math.exp(-0.5 / heat),
      Math.exp(-1 / heat),
    ];
    close(probabilities(settings, list), expected(0.5));
    close(probabilities(settings, list, { ...view, consumed: 150 }), expected(0.25));
  });

  it('clusters: measure no length where there is nothing to compare it with', () => {
    const list = candidates([5, 3, 1]).map((each) => ({
      ...each,
      get length(): number {
        throw new Error('measured');
      },
    }));
    close(probabilities({ type: 'clusters', temperature: 1, period: 10 }, list), [1, Math.exp(-0.5), Math.exp(-1)]);
  });

  it('uct: the highest of value and breadth wins', () => {
    const list = candidates([9, 5, 1], (i) => ({ children: [50, 3, 0][i] ?? 0 }));
    const score = (value: number, n: number): number => value + 1.2 * Math.sqrt(Math.log(54) / (n + 1));
    const scores = [score(1, 50), score(0.5, 3), score(0, 0)];
    const best = scores.indexOf(Math.max(...scores));
    close(
      probabilities({ type: 'uct', exploration: 1.2 }, list),
      [0, 1, 2].map((i) => (i === best ? 1 : 0)),
    );
    close(probabilities({ type: 'uct', exploration: 0 }, list), [1, 0, 0]);
  });
});

describe('pareto', () => {
  const scored = (scores: readonly Record<string, number>[]): Candidate[] =>
    candidates(
      scores.map((_, i) => scores.length - i),
      (i) => ({ evaluation: evaluation(scores.length - i, { scores: scores[i] ?? {} }) }),
    );
  const instances: SimpleSelection = { type: 'pareto', front: 'instances', objectives: {} };

  it('draws by the number of fronts a program stands on', () => {
    close(
      probabilities(
        instances,
        scored([
          { a: 9, b: 9, c: 1 },
          { a: 1, b: 1, c: 5 },
          { a: 0, b: 0, c: 0 },
        ]),
      ),
      [2, 1, 0],
    );
  });

  it('drops a program whose every front holds another that is left', () => {
    close(
      probabilities(
        instances,
        scored([
          { a: 9, b: 1 },
          { a: 1, b: 9 },
          { a: 9, b: 0 },
        ]),
      ),
      [1, 1, 0],
    );
    // Two of the same: the worse one goes, the other stays.
    close(probabilities(instances, scored([{ a: 9 }, { a: 9 }])), [1, 0]);
  });

  it('keeps every front held by somebody, and is a fixpoint (against brute force)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 3, maxLength: 3 }), {
          minLength: 1,
          maxLength: 8,
        }),
        (rows) => {
          const list = scored(rows.map(([a = 0, b = 0, c = 0]) => ({ a, b, c })));
          const weights = createSelection(instances).weights(list, view);
          const left = list.filter((_, i) => (weights[i] as number) > 0);
          for (const key of ['a', 'b', 'c']) {
            const best = Math.max(...list.map((each) => each.evaluation?.scores[key] as number));
            const holders = left.filter((each) => each.evaluation?.scores[key] === best);
            expect(holders.length).toBeGreaterThan(0);
          }
          // Nobody left could still be dropped.
          for (const each of left) {
            const fronts = ['a', 'b', 'c'].filter((key) => {
              const best = Math.max(...list.map((other) => other.evaluation?.scores[key] as number));
              return each.evaluation?.scores[key] === best;
            });
            const needed = fronts.some((key) =>
              left.every((other) => other === each || other.evaluation?.scores[key] !== each.evaluation?.scores[key]),
            );
            expect(needed).toBe(true);
          }
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  it('follows the signs of objectives, and falls back to the best where there is nothing to compare', () => {
    const settings: SimpleSelection = { type: 'pareto', front: 'objectives', objectives: { fitness: 1, length: -1 } };
    close(
      probabilities(
        settings,
        candidates([9, 5, 5], (i) => ({ length: [300, 200, 100][i] ?? 0 })),
      ),
      [1, 0, 1],
    );
    close(probabilities(instances, candidates([9, 5])), [1, 0]);
    const simple: SimpleSelection = { type: 'pareto', front: 'objectives', objectives: { fitness: 1, complexity: -1 } };
    close(
      probabilities(
        simple,
        candidates([9, 5, 3], (i) => ({ complexity: [0.9, 0.5, 0.1][i] ?? 0 })),
      ),
      [1, 0, 1],
    );
    // Unknown everywhere: no front.
    close(probabilities(simple, candidates([9, 5, 3])), [1, 0, 0]);
  });
});

describe('names', () => {
  it('say rule and settings, and are unique in a mix', () => {
    expect(selectionName({ type: 'tournament', size: 4 })).toBe('tournament(4)');
    expect(selectionName({ type: 'hill-climb' })).toBe('hill-climb');
    const mix = strategiesOf({
      type: 'mix',
      of: [{ type: 'uniform' }, { type: 'beam', width: 2 }, { type: 'uniform' }],
      bandit: { type: 'matching' },
    });
    expect(mix.map(({ name }) => name)).toEqual(['uniform', 'beam(2)', 'uniform #2']);
  });
});
