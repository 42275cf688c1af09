import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../../../web/engine/experiment.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { createSelection, selectParent, type Candidate } from '../../../../web/engine/selection/index.ts';
import { selectInspirations } from '../../../../web/engine/selection/inspirations.ts';

const members: Strategy['selection'][] = [
  { type: 'power-law', alpha: 1 },
  { type: 'weighted', lambda: 10 },
  { type: 'tournament', size: 4 },
  { type: 'uniform' },
];

function candidates(fitness: number[], children: number[] = []): Candidate[] {
  return fitness.map((f, id) => ({ id, fitness: f, children: children[id] ?? 0 }));
}

function normalised(settings: Strategy['selection'], list: Candidate[]): number[] {
  const weights = createSelection(settings).weights(list);
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

describe.each(members)('every selection: $type', (settings) => {
  it('gives one finite, non-negative weight a candidate, some of them positive', () => {
    for (const list of [[3], [5, 5, 5], [1e308, 0, -1e308], [-1, -2, -3], [1e-9, 0, 0]]) {
      const weights = createSelection(settings).weights(candidates(list));
      expect(weights).toHaveLength(list.length);
      for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(0);
      expect(weights.every(Number.isFinite)).toBe(true);
      expect(Math.max(...weights)).toBeGreaterThan(0);
    }
  });

  it('treats ties alike', () => {
    const [a, b, c, d] = normalised(settings, candidates([9, 4, 4, 1])) as [number, number, number, number];
    expect(b).toBeCloseTo(c, 12);
    expect(a).toBeGreaterThanOrEqual(b - 1e-12);
    expect(b).toBeGreaterThanOrEqual(d - 1e-12);
  });

  it('does not care about the scale or the zero of fitness', () => {
    const base = normalised(settings, candidates([9, 4, 2, 1]));
    normalised(settings, candidates([909, 904, 902, 901])).forEach((p, i) =>
      expect(p).toBeCloseTo(base[i] as number, 9),
    );
    normalised(settings, candidates([0.09, 0.04, 0.02, 0.01])).forEach((p, i) =>
      expect(p).toBeCloseTo(base[i] as number, 6),
    );
  });

  it('draws as its weights say (chi-square, 0.999 quantile)', () => {
    const list = candidates([9, 7, 4, 2, 1]);
    const expected = normalised(settings, list);
    const random = createRandom(11);
    const counts = new Array<number>(5).fill(0);
    const n = 20_000;
    for (let i = 0; i < n; i++) counts[selectParent(createSelection(settings), list, random)]! += 1;
    const chi = counts.reduce((sum, count, i) => {
      const mean = n * (expected[i] as number);
      return mean < 1 ? sum : sum + (count - mean) ** 2 / mean;
    }, 0);
    expect(chi).toBeLessThan(18.5);
  });
});

it('power law follows rank^-alpha', () => {
  const p = normalised({ type: 'power-law', alpha: 2 }, candidates([4, 3, 2]));
  const total = 1 + 1 / 4 + 1 / 9;
  [1 / total, 1 / 4 / total, 1 / 9 / total].forEach((x, i) => expect(p[i]).toBeCloseTo(x, 12));
});

it('tournament follows its closed form', () => {
  const p = normalised({ type: 'tournament', size: 3 }, candidates([4, 3, 2, 1]));
  [(64 - 27) / 64, (27 - 8) / 64, (8 - 1) / 64, 1 / 64].forEach((x, i) => expect(p[i]).toBeCloseTo(x, 12));
});

it('weighted prefers parents with fewer children', () => {
  const p = normalised({ type: 'weighted', lambda: 10 }, candidates([5, 5, 5], [0, 1, 3]));
  expect(p[0]).toBeCloseTo((p[1] as number) * 2, 12);
  expect(p[0]).toBeCloseTo((p[2] as number) * 4, 12);
});

it('inspirations exclude the parent, hold no repeats and take what there is', () => {
  const random = createRandom(1);
  for (let i = 0; i < 100; i++) {
    const chosen = selectInspirations(2, [1, 2, 3], [3, 4], 2, random);
    expect(new Set(chosen).size).toBe(2);
    expect(chosen).not.toContain(2);
  }
  expect(selectInspirations(1, [1], [], 3, random)).toEqual([]);
});
