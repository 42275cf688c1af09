import { expect, it } from 'vitest';
import { islandWeights, type IslandView } from '../../../../web/engine/selection/islands.ts';
import type { IslandSampler } from '../../../../web/engine/strategy.ts';

const islands: IslandView[] = [
  { alive: true, correct: 4, best: 10 },
  { alive: false, correct: 0, best: 99 },
  { alive: true, correct: 1, best: -5 },
  { alive: true, correct: 1, best: 3 },
];

const samplers: IslandSampler[] = ['turns', 'uniform', 'equal', 'proportional', 'weighted'];

it.each(samplers)('%s: never an island that has ended, always one that lives, on any scale', (sampler) => {
  const odd = [
    islands,
    [{ alive: true, correct: 0, best: -Infinity }],
    [
      { alive: true, correct: 0, best: -Infinity },
      { alive: true, correct: 0, best: -Infinity },
    ],
    islands.map((island) => ({ ...island, best: island.best * 1e300 })),
  ];
  for (const list of odd) {
    for (let job = 1; job < 9; job++) {
      const weights = islandWeights(sampler, list, job);
      expect(weights).toHaveLength(list.length);
      weights.forEach((weight, i) => {
        expect(Number.isFinite(weight) && weight >= 0).toBe(true);
        if (!list[i]?.alive) expect(weight).toBe(0);
      });
      expect(Math.max(...weights)).toBeGreaterThan(0);
    }
  }
  const scaled = islands.map((island) => ({ ...island, best: island.best * 1e-9 + 7 }));
  expect(islandWeights(sampler, scaled, 1)).toEqual(islandWeights(sampler, islands, 1));
});

it('follows each rule', () => {
  expect([1, 2, 3, 4].map((job) => islandWeights('turns', islands, job).indexOf(1))).toEqual([0, 2, 3, 0]);
  expect(islandWeights('uniform', islands, 1)).toEqual([1, 0, 1, 1]);
  expect(islandWeights('equal', islands, 1)).toEqual([0, 0, 1, 1]);
  const soft = islandWeights('proportional', islands, 1);
  expect(soft[0]).toBeCloseTo(Math.E, 12);
  expect(soft[2]).toBeCloseTo(1, 12);
  expect(soft[3]).toBeCloseTo(Math.exp(0.5), 12);
  expect(islandWeights('weighted', islands, 1)).toEqual([1.5 / 5, 0, 0.5 / 2, 1 / 2]);
  expect(islandWeights('uniform', [{ alive: false, correct: 0, best: 0 }], 1)).toEqual([0]);
});
