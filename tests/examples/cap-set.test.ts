import { describe, expect, it } from 'vitest';
import { experimentFromFolder } from '../../web/engine/folder.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { folderOf, moduleOf, type Evaluator } from './folder-of.ts';

interface CapSet extends Evaluator {
  greedy(order: Uint16Array): number[];
  ranking(priorities: ArrayLike<number>): { order: Uint16Array; levels: number };
  digits(code: number): number[];
}

const module = await moduleOf<CapSet>('cap-set', 'evaluator.js');
const COUNT = 6_561;

function score(answer: unknown, picture = false) {
  return module.evaluate({ call: () => Promise.resolve(answer) }, { seed: 1, picture });
}

/** Straight from the definition, for sets small enough to try all triples. */
function isCap(set: number[]): boolean {
  const members = new Set(set);
  for (let i = 0; i < set.length; i++) {
    for (let j = 0; j < i; j++) {
      const a = module.digits(set[i] as number);
      const b = module.digits(set[j] as number);
      const third = a.reduce((code, digit, k) => code * 3 + ((6 - digit - (b[k] as number)) % 3), 0);
      if (members.has(third)) return false;
    }
  }
  return true;
}

it('the folder is a valid experiment', () => {
  expect(experimentFromFolder(folderOf('cap-set'))).toMatchObject({ type: 'ok' });
});

it('the seed scores 256', async () => {
  const seed = await moduleOf<{ priorities(n: number): Float64Array }>('cap-set', 'seed.js');
  expect((await score(seed.priorities(8))).fitness).toBe(256);
});

it('whatever the priorities, the set is a cap set and complete', () => {
  let state = 7;
  for (let round = 0; round < 5; round++) {
    const priorities = Float64Array.from(
      { length: COUNT },
      () => (state = (state * 16_807) % 2_147_483_647) % 10 ** (round + 1),
    );
    const set = module.greedy(module.ranking(priorities).order);
    expect(new Set(set).size).toBe(set.length);
    expect(isCap(set)).toBe(true);
    const members = new Set(set);
    for (let code = 0; code < 300; code++) if (!members.has(code)) expect(isCap([...set, code])).toBe(false);
  }
});

it('ranks in falling order with ties by code, infinities included', () => {
  const priorities = new Float64Array(COUNT);
  priorities[5] = Infinity;
  priorities[9] = Infinity;
  priorities[0] = -Infinity;
  const { order, levels } = module.ranking(priorities);
  expect([...order.slice(0, 3)]).toEqual([5, 9, 1]);
  expect(order[COUNT - 1]).toBe(0);
  expect(levels).toBe(3);
});

describe('hostile answers', () => {
  const withHole = new Array<number>(COUNT);
  const texts = Array.from({ length: COUNT }, () => '1');
  const nan = new Float64Array(COUNT);
  nan[77] = NaN;
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'x'.repeat(COUNT)],
    ['too few', new Float64Array(10)],
    ['too many', new Float64Array(COUNT + 1)],
    ['holes', withHole],
    ['texts', texts],
    ['NaN', nan],
    ['an object with a length', { length: COUNT }],
    ['integers of another kind', new BigInt64Array(COUNT)],
  ])('%s is incorrect with a reason', async (_, answer) => {
    const result = await score(answer);
    expect(result).toMatchObject({ correct: false, fitness: null });
    expect(result.feedback.length).toBeGreaterThan(10);
  });
});

it('draws within the limits', async () => {
  const result = await score(new Float64Array(COUNT), true);
  const picture = result.artifacts.picture as unknown as Picture;
  expect(picture.shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
  expect(picture.shapes.filter(({ type }) => type === 'rect')).toHaveLength(257);
});
