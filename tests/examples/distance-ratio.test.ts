import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentFromFolder, seedsOf } from '../../web/engine/folder.ts';
import { EVALUATION_SEED } from '../../web/engine/job.ts';
import type { Picture } from '../../web/engine/picture.ts';
import { exact, exactSquare } from './exact.ts';
import { folderOf, moduleOf, withRealmRandom, type Evaluator } from './folder-of.ts';

type Points = number[][];

const EXAMPLE = 'distance-ratio';
const evaluator = await moduleOf<Evaluator>(EXAMPLE, 'evaluator.js');

function score(answer: unknown) {
  return evaluator.evaluate({ call: () => Promise.resolve(answer) }, { picture: true, seed: 1, stage: 0 });
}

function grid(scale = 1, shift = 0): Points {
  return Array.from({ length: 16 }, (_, i) => [shift + scale * (i % 4), shift + scale * Math.floor(i / 4)]);
}

const setting = (i: number, point: unknown): unknown => grid().with(i, point as number[]);

function extremes(points: Points): [bigint, bigint] {
  const squares = points.flatMap((a, i) => points.slice(0, i).map((b) => exactSquare(a, b)));
  return squares.reduce(([low, high], square) => [square < low ? square : low, square > high ? square : high], [
    squares[0],
    squares[0],
  ] as [bigint, bigint]);
}

describe('what is no cloud of points', () => {
  const hole = grid();
  delete hole[7];
  const cases: [string, unknown, RegExp][] = [
    ['nothing', undefined, /list of points/],
    ['null', null, /list of points/],
    ['a text', 'x'.repeat(16), /list of points/],
    ['an object like a list', { ...grid(), length: 16 }, /list of points/],
    ['an empty list', [], /16 points, not 0/],
    ['too few', grid().slice(1), /16 points, not 15/],
    ['too many', [...grid(), [9, 9]], /16 points, not 17/],
    ['a list of holes', new Array(16), /Point 0 is not a list/],
    ['one hole', hole, /Point 7 is not a list/],
    ['flat numbers', Array<number>(16).fill(1), /Point 0 is not a list/],
    ['an object for a point', setting(3, { x: 0, y: 3 }), /Point 3 is not a list/],
    ['a point with three numbers', setting(3, [3, 0, 0]), /Point 3 is not a list/],
    ['a point of holes', setting(3, new Array(2)), /Point 3 has x that is not a number/],
    ['a text for a number', setting(3, [3, '0']), /Point 3 has y that is not a number/],
    ['a big integer', setting(3, [3n, 0]), /Point 3 has x that is not a number/],
    ['NaN', setting(15, [NaN, 0]), /Point 15 has x = NaN/],
    ['infinity', setting(15, [0, -Infinity]), /Point 15 has y = -Infinity/],
    ['a point out of reach', setting(15, [1e200, 0]), /Point 15 lies beyond/],
    ['a point twice', setting(15, [0, 0]), /Two points lie in the same place/],
    ['a point twice, but for the last bit', setting(15, [1, 1 + 2 ** -52]), /Two points lie in the same place/],
    ['all points in one place', grid(0), /All points lie in one place/],
    ['all points within the smallest doubles', grid(5e-324), /All points lie in one place/],
    ['points whose squares vanish', grid(1e-170), /All points lie in one place/],
  ];
  it.each(cases)('%s', async (_, answer, reason) => {
    const evaluation = await score(answer);
    expect(evaluation).toMatchObject({ correct: false, fitness: null, metrics: {} });
    expect(evaluation.feedback).toMatch(reason);
  });

  it('lets the failure of a call through', async () => {
    const call = () => Promise.reject(new Error('out of fuel'));
    await expect(evaluator.evaluate({ call }, { picture: false })).rejects.toThrow('out of fuel');
  });
});

describe('what a cloud scores', () => {
  it('knows the square grid and the circle', async () => {
    const square = await score(grid());
    expect(square.correct).toBe(true);
    expect(square.fitness).toBe(-(square.metrics.ratio2 as number));
    expect(square.metrics.ratio2).toBeCloseTo(18, 12);
    const circle = Array.from({ length: 16 }, (_, i) => [Math.cos((Math.PI * i) / 8), Math.sin((Math.PI * i) / 8)]);
    expect((await score(circle)).metrics.ratio2).toBeCloseTo(1 / Math.sin(Math.PI / 16) ** 2, 10);
  });

  it('is the same at any scale and place', async () => {
    for (const scale of [2 ** -150, 2 ** -20, 3, 2 ** 300]) {
      expect((await score(grid(scale, 4 * scale))).metrics.ratio2).toBeCloseTo(18, 12);
    }
  });

  it('ignores what else hangs on a list', async () => {
    const points = grid().map((point) => Object.assign(point, { map: 1 }));
    expect((await score(Object.assign(points, { map: 1 }))).fitness).toBe((await score(grid())).fitness);
  });

  it('never claims less than the exact ratio, nor a trillionth more', async () => {
    const coordinate = fc.maxSafeInteger().map((k) => k / 3e15);
    const cloud = fc.array(fc.tuple(coordinate, coordinate), { minLength: 16, maxLength: 16 });
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(cloud, fc.constantFrom(1, 0.1, 1e90, 1e-40), async (unscaled, scale) => {
        const points = unscaled.map(([x, y]) => [x * scale, y * scale]);
        const { correct, metrics } = await score(points);
        const [low, high] = extremes(points);
        if (!correct) {
          expect(low * 10n ** 17n < high || high === 0n).toBe(true);
          return;
        }
        counted++;
        const ratio = exact(metrics.ratio2 as number) * low;
        const least = high * exact(1);
        expect(ratio >= least).toBe(true);
        expect((ratio - least) * 10n ** 12n <= least).toBe(true);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(counted).toBeGreaterThan(50);
  });

  it('draws the points, and the nearest and farthest pairs', async () => {
    const { shapes, view } = (await score(grid(7, -100))).artifacts.picture as unknown as Picture;
    expect(shapes.filter(({ type }) => type === 'circle')).toHaveLength(16);
    expect(shapes.filter((shape) => shape.type === 'path' && shape.ink === 'accent')).toHaveLength(24);
    expect(shapes.filter((shape) => shape.type === 'path' && shape.ink === 'faint')).toHaveLength(2);
    for (const shape of shapes) {
      if (shape.type !== 'circle') continue;
      expect(shape.x).toBeGreaterThan(view[0]);
      expect(shape.x).toBeLessThan(view[0] + view[2]);
    }
    const quiet = await evaluator.evaluate({ call: () => Promise.resolve(grid()) }, { picture: false });
    expect(quiet.artifacts).toEqual({});
  });
});

describe('the experiment', () => {
  const folder = folderOf(EXAMPLE);

  it('is valid, and its seed scores what the README says', async () => {
    expect(seedsOf(folder).map(({ name }) => name)).toEqual(['seed']);
    const validated = experimentFromFolder(folder);
    if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
    const seed = await moduleOf<{ place(n: number): Points }>(EXAMPLE, 'seed.js');
    const { metrics } = await score(withRealmRandom(EVALUATION_SEED, () => seed.place(16)));
    expect(metrics.ratio2?.toFixed(2)).toBe('46.12');
  });
});
