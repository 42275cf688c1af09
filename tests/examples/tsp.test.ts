import { describe, expect, it } from 'vitest';
import { experimentFromFolder } from '../../web/engine/folder.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { folderOf, moduleOf, type Evaluator } from './folder-of.ts';

interface Map {
  readonly cities: Float64Array;
  readonly length: number;
}
type Order = number[];

const evaluator = (await moduleOf('tsp', 'evaluator.js')) as Evaluator & {
  lengthOf(c: Float64Array, o: Order): number;
};
const maps = await moduleOf<{ TRAIN: Map[]; UNSEEN: Map[]; map(seed: number): Float64Array }>('tsp', 'maps.js');
const seed = await moduleOf<{ tour(cities: Float64Array): Order }>('tsp', 'seed.ts');
const validated = experimentFromFolder(folderOf('tsp'));

function score(tour: (cities: Float64Array) => unknown, picture = false, instances: string[] | null = null) {
  const callMany = (_: string, calls: [Float64Array][]) =>
    Promise.resolve(calls.map(([cities]) => tour(cities.slice())));
  return evaluator.evaluate({ callMany } as never, { seed: 1, picture, instances });
}
const inOrder = (cities: Float64Array): Order => Array.from({ length: cities.length / 2 }, (_, i) => i);
const setting = (value: unknown) => (cities: Float64Array) =>
  inOrder(cities).map((city) => (city === 9 ? value : city));

describe('what is no tour', () => {
  it.each<[string, (cities: Float64Array) => unknown, RegExp]>([
    ['nothing', () => undefined, /must return a list/],
    ['a text', () => '0123', /must return a list/],
    ['too short', (cities) => inOrder(cities).slice(1), /stops/],
    ['holes', (cities) => new Array(cities.length / 2), /Stop 0 is not/],
    ['NaN', setting(NaN), /Stop 9 is not/],
    ['a text for a number', setting('9'), /Stop 9 is not/],
    ['a half', setting(9.5), /Stop 9 is not/],
    ['a negative', setting(-1), /Stop 9 is not/],
    ['too large', setting(70), /Stop 9 is not/],
    ['twice', setting(8), /City 8 is visited twice/],
  ])('%s', async (_, tour, reason) => {
    const evaluation = await score(tour);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });

  it('measures on its own maps, whatever becomes of the copies', async () => {
    const honest = await score(inOrder);
    const zeroing = await score((cities) => inOrder(cities.fill(0)));
    expect(zeroing.fitness).toBe(honest.fitness);
  });
});

describe('the maps', () => {
  it('are 16 and 24 others, of 60 to 70 cities, the same every time', () => {
    const all = [...maps.TRAIN, ...maps.UNSEEN];
    expect([maps.TRAIN.length, maps.UNSEEN.length]).toEqual([16, 24]);
    expect(new Set(all.map(({ cities }) => cities.join())).size).toBe(40);
    expect(all.every(({ cities }) => cities.length >= 120 && cities.length <= 140)).toBe(true);
    expect(maps.map(1)).toEqual(maps.TRAIN[0]?.cities);
  });
});

describe('the marks', () => {
  it('the seed is nearest neighbour, and scores what the experiment says', async () => {
    if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
    const nearest = (cities: Float64Array): Order => {
      const rest = inOrder(cities).slice(1);
      const order = [0];
      while (rest.length > 0) {
        const from = order[order.length - 1] as number;
        const far = (to: number) => evaluator.lengthOf(cities, [from, to]);
        const next = rest.reduce((a, b) => (far(b) < far(a) ? b : a));
        rest.splice(rest.indexOf(next), 1);
        order.push(next);
      }
      return order;
    };
    const [mark] = validated.experiment.goal.baselines;
    for (const tour of [nearest, seed.tour]) {
      const { fitness, hidden, artifacts } = await score(tour, true);
      expect(fitness).toBeCloseTo(-(mark?.value ?? NaN), 9);
      expect(hidden.unseen).toBeCloseTo(mark?.unseen ?? NaN, 9);
      expect((artifacts.picture as unknown as Picture).shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
    }
  });
});

describe('scores by map', () => {
  it('are the gaps behind the fitness, highest for the shortest tour', async () => {
    const { scores, fitness, metrics } = await score(seed.tour);
    expect(Object.keys(scores)).toEqual(maps.TRAIN.map((_, i) => `map ${i + 1}`));
    expect(Object.values(scores).reduce((sum, each) => sum + each, 0) / 16).toBeCloseTo(fitness as number, 12);
    expect(Math.min(...Object.values(scores))).toBe(-(metrics['worst'] ?? NaN));
    const worse = await score(inOrder);
    for (const [name, each] of Object.entries(scores)) expect(each).toBeGreaterThan(worse.scores[name] ?? NaN);
  });

  it('come for the maps that are asked for, and the others are not run', async () => {
    const all = await score(seed.tour);
    let run = 0;
    const counted = (cities: Float64Array): Order => {
      run++;
      return seed.tour(cities);
    };
    const some = await score(counted, false, ['map 9', 'map 2']);
    expect(run).toBe(2);
    expect(some.scores).toEqual({ 'map 2': all.scores['map 2'], 'map 9': all.scores['map 9'] });
    expect(some.fitness).toBeCloseTo(((all.scores['map 2'] ?? NaN) + (all.scores['map 9'] ?? NaN)) / 2, 12);
    expect(await score(seed.tour, false, ['map 99'])).toEqual(all);
    expect(await score(seed.tour, false, null)).toEqual(all);
  });
});
