import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { experimentFromFolder, seedsOf } from '../../web/engine/folder.ts';
import { EVALUATION_SEED } from '../../web/engine/job.ts';
import type { Picture } from '../../web/engine/picture.ts';
import { exact, exactSquare } from './exact.ts';
import { folderOf, moduleOf, withRealmRandom, type Evaluator } from './folder-of.ts';

type Circles = number[][];
interface Seed {
  pack(n: number): Circles;
}
interface Repairs extends Evaluator {
  shrinkPairs(circles: Circles): Circles;
  shrinkAll(circles: Circles): Circles;
}

const EXAMPLE = 'circle-packing';
const evaluator = await moduleOf<Repairs>(EXAMPLE, 'evaluator.js');

function score(answer: unknown) {
  return evaluator.evaluate({ call: () => Promise.resolve(answer) }, { picture: true, seed: 1, stage: 0 });
}

/** The circles that were scored, as the picture shows them. */
function scored(artifacts: Record<string, unknown>): Circles {
  const { shapes } = artifacts.picture as Picture;
  return shapes.flatMap((shape) => (shape.type === 'circle' ? [[shape.x, shape.y, shape.r]] : []));
}

function expectStrict(circles: Circles): void {
  const one = exact(1);
  circles.forEach((a, i) => {
    const [x, y, r] = a.map(exact) as [bigint, bigint, bigint];
    expect(r >= 0n && r <= x && r <= y && x + r <= one && y + r <= one, `circle ${i} is inside`).toBe(true);
    for (let j = 0; j < i; j++) {
      const b = circles[j] as number[];
      const reach = r + exact(b[2] as number);
      expect(exactSquare(a, b) >= reach * reach, `circles ${j} and ${i} are apart`).toBe(true);
    }
  });
}

/** 25 circles in a square grid and one in the gap between four of them. */
function grid(): Circles {
  const circles: Circles = [];
  for (let i = 0; i < 25; i++) circles.push([0.1 + 0.2 * (i % 5), 0.1 + 0.2 * Math.floor(i / 5), 0.1]);
  return [...circles, [0.2, 0.2, 0.1 * (Math.SQRT2 - 1)]];
}

const changed = (change: (circles: Circles) => unknown): unknown => {
  const circles = grid();
  return change(circles) ?? circles;
};
const setting = (i: number, circle: unknown): unknown => changed((circles) => void (circles[i] = circle as number[]));

describe('what is no packing', () => {
  const cases: [string, unknown, RegExp][] = [
    ['nothing', undefined, /list of circles/],
    ['null', null, /list of circles/],
    ['a number', 2.7, /list of circles/],
    ['a text', 'x'.repeat(26), /list of circles/],
    ['an object like a list', { ...grid(), length: 26 }, /list of circles/],
    ['a typed array', new Float64Array(26), /list of circles/],
    ['an empty list', [], /26 circles, not 0/],
    ['too few', grid().slice(1), /26 circles, not 25/],
    ['too many', [...grid(), [0.5, 0.5, 0]], /26 circles, not 27/],
    ['a list of holes', new Array(26), /Circle 0 is not a list/],
    ['one hole', changed((circles) => void delete circles[7]), /Circle 7 is not a list/],
    ['flat numbers', Array<number>(26).fill(0.1), /Circle 0 is not a list/],
    ['an object for a circle', setting(3, { x: 0.1, y: 0.1, r: 0.1 }), /Circle 3 is not a list/],
    ['a circle with two numbers', setting(3, [0.1, 0.1]), /Circle 3 is not a list/],
    ['a circle with four numbers', setting(3, [0.1, 0.1, 0.1, 0.1]), /Circle 3 is not a list/],
    ['a circle of holes', setting(3, new Array(3)), /Circle 3 has x that is not a number/],
    ['texts for numbers', setting(3, ['0.1', 0.1, 0.1]), /Circle 3 has x that is not a number/],
    ['a list for a number', setting(3, [0.1, [0.1], 0.1]), /Circle 3 has y that is not a number/],
    ['a big integer', setting(3, [0.1, 0.1, 1n]), /Circle 3 has r that is not a number/],
    ['NaN for a radius', setting(25, [0.5, 0.5, NaN]), /Circle 25 has r = NaN/],
    ['NaN for a centre', setting(25, [NaN, 0.5, 0.1]), /Circle 25 has x = NaN/],
    ['an infinite radius', setting(0, [0.5, 0.5, Infinity]), /Circle 0 has r = Infinity/],
    ['an infinite centre', setting(0, [0.5, -Infinity, 0.1]), /Circle 0 has y = -Infinity/],
    ['a negative radius', setting(9, [0.5, 0.5, -0.1]), /Circle 9 has a negative radius/],
    ['the smallest negative radius', setting(9, [0.5, 0.5, -5e-324]), /Circle 9 has a negative radius/],
    ['a centre to the left', setting(9, [-1e-9, 0.5, 0]), /Circle 9 has its centre outside/],
    ['a centre above', setting(9, [0.5, 1 + 2 ** -52, 0]), /Circle 9 has its centre outside/],
    ['a huge centre', setting(9, [1.7e308, 0.5, 0]), /Circle 9 has its centre outside/],
  ];
  it.each(cases)('%s', async (_, answer, reason) => {
    const evaluation = await score(answer);
    expect(evaluation).toMatchObject({ correct: false, fitness: null, metrics: {} });
    expect(evaluation.feedback).toMatch(reason);
    expect(evaluation.feedback).toMatch(/^[A-Zp].*\.$/);
  });

  it('lets the failure of a call through', async () => {
    const call = () => Promise.reject(new Error('out of fuel'));
    await expect(evaluator.evaluate({ call }, { picture: false })).rejects.toThrow('out of fuel');
  });
});

describe('what a packing scores', () => {
  it('takes a tidy arrangement at its word, to the last digits', async () => {
    const { fitness, correct, metrics } = await score(grid());
    expect(correct).toBe(true);
    expect(fitness).toBe(metrics.sum);
    expect(Math.abs((fitness as number) - (2.5 + 0.1 * (Math.SQRT2 - 1)))).toBeLessThan(1e-13);
  });

  it('gives nothing for circles in one place', async () => {
    expect((await score(Array.from({ length: 26 }, () => [0.5, 0.5, 0.5]))).fitness).toBe(0);
  });

  it('cuts huge radii down to what fits', async () => {
    const { fitness, artifacts } = await score(grid().map(([x, y]) => [x, y, 1.7e308]));
    expectStrict(scored(artifacts));
    expect(fitness).toBeGreaterThan(0);
    expect(fitness).toBeLessThan(2.6);
  });

  it('ignores what else hangs on a list', async () => {
    const circles = grid().map((circle) => Object.assign(circle, { map: 1, r: 9 }));
    const answer = Object.assign(circles, { map: 'not a function', total: 99 });
    expect((await score(answer)).fitness).toBe((await score(grid())).fitness);
  });

  it('leaves the answer as it was', async () => {
    const answer = grid().map(([x, y]) => [x, y, 0.3]);
    const before = structuredClone(answer);
    await score(answer);
    expect(answer).toEqual(before);
  });

  it('draws only when asked', async () => {
    const quiet = await evaluator.evaluate({ call: () => Promise.resolve(grid()) }, { picture: false });
    expect(quiet.artifacts).toEqual({});
    const { view, shapes, summary } = (await score(grid())).artifacts.picture as unknown as Picture;
    expect(view).toHaveLength(4);
    expect(shapes.filter(({ type }) => type === 'circle')).toHaveLength(26);
    expect(summary).toContain('26 circles');
  });
});

describe('the repair', () => {
  const unit = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, 1, 0.5, 5e-324, 1e-300, 1e-13, 1 - 2 ** -53),
    fc.integer({ min: 0, max: 10 }).map((k) => k / 10),
  );
  const radius = fc.oneof(
    fc.double({ min: 0, max: 0.5, noNaN: true }),
    fc.double({ min: 0, max: 0.1, noNaN: true }),
    fc.constantFrom(0, 5e-324, 1e-160, 1e-12, 1e-11, 1e300),
  );
  const circles = fc.array(fc.tuple(unit, unit, radius), { minLength: 26, maxLength: 26 });

  it('leaves no overlap, not by the last bit, and scores the circles it draws', async () => {
    await fc.assert(
      fc.asyncProperty(circles, async (answer) => {
        const { correct, fitness, artifacts } = await score(answer);
        expect(correct).toBe(true);
        const drawn = scored(artifacts);
        expectStrict(drawn);
        expect(drawn.reduce((sum, circle) => sum + (circle[2] as number), 0)).toBe(fitness);
        drawn.forEach((circle, i) => expect(circle[2]).toBeLessThanOrEqual(answer[i]?.[2] as number));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is the better of two, each strict by itself', async () => {
    let pairs = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(0.001, 0.3), async (seed, spread) => {
        const start = withRealmRandom(seed, () =>
          grid().map(([x, y, r]) => [x, y, (r as number) * (1 + spread * Math.random())] as number[]),
        );
        const inside = start.map(([x, y, r]) => [x, y, Math.min(r!, x!, 1 - x!, y!, 1 - y!)] as number[]);
        const sums = [evaluator.shrinkPairs(inside), evaluator.shrinkAll(inside)].map((repaired) => {
          expectStrict(repaired);
          return repaired.reduce((sum, circle) => sum + (circle[2] as number), 0);
        }) as [number, number];
        expect((await score(start)).fitness).toBe(Math.max(...sums));
        if (sums[0] > sums[1]) pairs++;
      }),
      { numRuns: 60, seed: 2 },
    );
    expect(pairs).toBeGreaterThan(0);
  });

  it('shares one factor where going pair by pair would cut some circles twice', async () => {
    const start = grid().map(([x, y, r]) => [0.05 + 0.9 * x!, 0.05 + 0.9 * y!, 0.92 * r!] as number[]);
    const total = (circles: Circles): number => circles.reduce((sum, circle) => sum + circle[2]!, 0);
    expect(total(evaluator.shrinkAll(start))).toBeGreaterThan(total(evaluator.shrinkPairs(start)) + 0.001);
    expect((await score(start)).fitness).toBe(total(evaluator.shrinkAll(start)));
  });
});

describe('the experiment', () => {
  const folder = folderOf(EXAMPLE);

  it.each(seedsOf(folder))('$name is valid and scores what the README says', async ({ name }) => {
    const validated = experimentFromFolder(folder, name);
    if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
    const file = name === 'seed' ? 'seed.js' : `${name}.js`;
    expect(validated.experiment.files['seed.js']).toBe(folder[file]);
    const seed = await moduleOf<Seed>(EXAMPLE, file);
    const { fitness, feedback } = await score(withRealmRandom(EVALUATION_SEED, () => seed.pack(26)));
    expect(fitness?.toFixed(4)).toBe({ seed: '0.8496', constructor: '0.9100' }[name]);
    expect(feedback).toMatch(/26 circles have room left/);
  });
});
