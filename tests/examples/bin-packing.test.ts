import { describe, expect, it } from 'vitest';
import { experimentFromFolder } from '../../web/engine/folder.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { folderOf, moduleOf, type Evaluator } from './folder-of.ts';

interface Packing extends Evaluator {
  readonly training: number[][];
  readonly unseen: number[][];
  ranking(table: ArrayLike<number>): number[][];
  pack(items: number[], order: number[][]): { bins: number; left: Int32Array };
  firstFit(items: number[]): number;
  excessOf(set: number[][], binsOf: (items: number[]) => number): number;
}

const evaluator = await moduleOf<Packing>('bin-packing', 'evaluator.js');
const seed = await moduleOf<{ priorities(capacity: number): Float64Array }>('bin-packing', 'seed.js');
const validated = experimentFromFolder(folderOf('bin-packing'));
const bestFit = (): number[] => Array.from({ length: 10_201 }, (_, i) => -(i % 101));
const score = (answer: unknown, picture = false, instances: string[] | null = null) =>
  evaluator.evaluate({ call: () => Promise.resolve(answer) }, { seed: 1, picture, instances });
const setting = (value: unknown): unknown => bestFit().map((each, i) => (i === 40 * 101 + 60 ? value : each));

describe('what is no table', () => {
  const holes = bestFit();
  delete holes[40 * 101 + 60];
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /must return a list/],
    ['a text', 'x'.repeat(10_201), /must return a list/],
    ['an object like a list', { length: 10_201 }, /must return a list/],
    ['too few', bestFit().slice(1), /not 10200/],
    ['NaN', setting(NaN), /item 40 in space 60 is not a number/],
    ['a text for a number', setting('1'), /item 40 in space 60 is not a number/],
    ['a hole', holes, /item 40 in space 60 is not a number/],
  ])('%s', async (_, answer, reason) => {
    const evaluation = await score(answer);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });

  it('takes infinite priorities', async () => {
    expect((await score(setting(Infinity))).correct).toBe(true);
    expect((await score(bestFit().fill(-Infinity))).correct).toBe(true);
  });
});

describe('the packing', () => {
  it('keeps every item, in no more room than there is', () => {
    const order = evaluator.ranking(bestFit());
    for (const items of evaluator.training) {
      const { bins, left } = evaluator.pack(items, order);
      const room = left.reduce((sum, count, space) => sum + count * space, 0);
      // The unused bin's own count goes nowhere below 0, since it is never taken from.
      expect(left.every((count) => count >= 0)).toBe(true);
      expect(bins * 100 - room).toBe(items.reduce((sum, item) => sum + item, 0));
    }
  });

  it('is best fit bin by bin where the fullest is preferred', () => {
    const items = evaluator.training[0] as number[];
    const spaces: number[] = [];
    for (const item of items) {
      let best = -1;
      spaces.forEach((space, i) => {
        if (space >= item && (best < 0 || space < (spaces[best] as number))) best = i;
      });
      if (best < 0) spaces.push(100 - item);
      else spaces[best] = (spaces[best] as number) - item;
    }
    expect(evaluator.pack(items, evaluator.ranking(bestFit())).bins).toBe(spaces.length);
  });

  it('has whole items of 1 to 100, the unseen ones others than the training ones, the same every time', () => {
    const items = [...evaluator.training, ...evaluator.unseen];
    expect(items.flat().every((item) => Number.isInteger(item) && item >= 1 && item <= 100)).toBe(true);
    expect(new Set(items.map((each) => each.slice(0, 100).join())).size).toBe(11);
    expect(items.map((each) => each.length)).toEqual([...Array<number>(6).fill(1000), ...Array<number>(5).fill(5000)]);
  });
});

describe('the marks', () => {
  it('are where the experiment says', () => {
    if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
    const order = evaluator.ranking(bestFit());
    const rules = {
      'first fit': evaluator.firstFit,
      'best fit': (items: number[]) => evaluator.pack(items, order).bins,
    };
    expect(validated.experiment.goal.baselines).toHaveLength(2);
    for (const { name, value, unseen } of validated.experiment.goal.baselines) {
      const rule = rules[name as keyof typeof rules];
      expect(evaluator.excessOf(evaluator.training, rule)).toBeCloseTo(value, 9);
      expect(evaluator.excessOf(evaluator.unseen, rule)).toBeCloseTo(unseen ?? NaN, 9);
    }
  });

  it('the seed opens a bin for every item', async () => {
    const { fitness, hidden, artifacts } = await score(seed.priorities(100), true);
    expect(fitness?.toFixed(2)).toBe('-147.63');
    expect(hidden.unseen?.toFixed(2)).toBe('149.05');
    expect((artifacts.picture as unknown as Picture).shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
  });
});

describe('scores by instance', () => {
  it('are the excess of each, negative, and come for those that are asked for', async () => {
    const all = await score(bestFit());
    expect(Object.keys(all.scores)).toEqual(evaluator.training.map((_, i) => `instance ${i + 1}`));
    const order = evaluator.ranking(bestFit());
    evaluator.training.forEach((items, i) => {
      const bound = Math.ceil(items.reduce((sum, item) => sum + item, 0) / 100);
      const excess = 100 * (evaluator.pack(items, order).bins / bound - 1);
      expect(all.scores[`instance ${i + 1}`]).toBeCloseTo(-excess, 12);
    });
    const one = await score(bestFit(), false, ['instance 4']);
    expect(one.scores).toEqual({ 'instance 4': all.scores['instance 4'] });
    expect(one.fitness).toBe(all.scores['instance 4']);
    expect(await score(bestFit(), false, ['none such'])).toEqual(all);
  });
});
