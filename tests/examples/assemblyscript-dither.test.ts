import { describe, expect, it } from 'vitest';
import { openToolchains } from '../../wasm-toolchains/registry.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { moduleOf, type Evaluator } from './folder-of.ts';
import { edit, experimentOf, scoreAll } from './in-sandbox.ts';

interface Dithering extends Evaluator {
  readonly training: { readonly name: string; readonly pixels: Uint8Array }[];
  readonly unseen: { readonly name: string; readonly pixels: Uint8Array }[];
  difference(answer: ArrayLike<number>, pixels: ArrayLike<number>, side: number): number;
}

const EXAMPLE = 'assemblyscript-dither';
const evaluator = await moduleOf<Dithering>(EXAMPLE, 'evaluator.js');

type Rule = (pixels: Uint8Array, width: number) => unknown;
const threshold: Rule = (pixels) => pixels.map((grey) => (grey > 128 ? 255 : 0));
const score = (rule: Rule, picture = false, instances: string[] | null = null) => {
  const candidate = {
    call: () => Promise.reject(new Error('not asked one by one')),
    callMany: (_: string, calls: [Uint8Array, number][]) =>
      Promise.resolve(calls.map(([pixels, width]) => ({ value: null, arrays: [rule(pixels.slice(), width)] }))),
  };
  return evaluator.evaluate(candidate, { seed: 1, picture, instances });
};

describe('what is no answer', () => {
  const setting =
    (value: number): Rule =>
    (pixels, width) => {
      const answer = threshold(pixels, width) as Uint8Array;
      answer[77] = value;
      return answer;
    };
  it.each<[string, Rule, RegExp]>([
    ['nothing', () => undefined, /ramp: no picture of 4096 pixels/],
    ['too few', (pixels) => pixels.subarray(1), /no picture/],
    ['a list', (pixels) => Array.from(pixels), /no picture/],
    ['the grey picture', (pixels) => pixels, /neither 0 nor 255/],
    ['one that is grey', setting(1), /pixel 77 is 1,/],
    ['one that is nearly white', setting(254), /pixel 77 is 254,/],
  ])('%s', async (_, rule, reason) => {
    const evaluation = await score(rule);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });
});

describe('the difference from afar', () => {
  const side = 64;
  const grey = new Uint8Array(side * side).fill(128);
  const painted = (at: (x: number, y: number) => boolean): Uint8Array =>
    Uint8Array.from(grey, (_, i) => (at(i % side, Math.floor(i / side)) ? 255 : 0));

  it('is what a picture misses where it misses it evenly', () => {
    expect(
      evaluator.difference(
        painted(() => true),
        grey,
        side,
      ),
    ).toBeCloseTo(127, 9);
    expect(
      evaluator.difference(
        painted(() => false),
        grey,
        side,
      ),
    ).toBeCloseTo(128, 9);
    expect(evaluator.difference(grey, grey, side)).toBe(0);
  });

  it('is small for what is even when blurred, large for what is not', () => {
    const checks = evaluator.difference(
      painted((x, y) => (x + y) % 2 === 0),
      grey,
      side,
    );
    const stripes = evaluator.difference(
      painted((x) => x % 8 < 4),
      grey,
      side,
    );
    const halves = evaluator.difference(
      painted((x) => x < 32),
      grey,
      side,
    );
    expect(checks).toBeLessThan(3);
    expect(stripes).toBeGreaterThan(30);
    expect(halves).toBeGreaterThan(100);
  });

  it('does not care which way a picture is turned', () => {
    const { pixels } = evaluator.training[1] as { pixels: Uint8Array };
    const turned = (list: Uint8Array): Uint8Array =>
      list.map((_, i) => list[(i % side) * side + Math.floor(i / side)] as number);
    const answer = threshold(pixels, side) as Uint8Array;
    expect(evaluator.difference(turned(answer), turned(pixels), side)).toBeCloseTo(
      evaluator.difference(answer, pixels, side),
      9,
    );
  });
});

it('the pictures are twelve different ones with many greys', () => {
  const all = [...evaluator.training, ...evaluator.unseen];
  expect(new Set(all.map(({ name }) => name)).size).toBe(12);
  for (const { pixels } of all) expect(new Set(pixels).size).toBeGreaterThan(7);
});

it('scores by picture are what the fitness is the mean of, for those that are asked for', async () => {
  const all = await score(threshold, true);
  expect(Object.keys(all.scores)).toEqual(evaluator.training.map(({ name }) => name));
  expect(Object.values(all.scores).reduce((sum, each) => sum + each, 0) / 6).toBeCloseTo(all.fitness as number, 12);
  expect((await score(threshold, false, ['waves'])).scores).toEqual({ waves: all.scores['waves'] });
  const { shapes } = all.artifacts.picture as unknown as Picture;
  expect(shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
});

it('the marks are what rules score, compiled and run in the sandbox', async () => {
  const passing = (...shares: [dx: number, dy: number, share: string][]) =>
    edit(
      'seed.ts',
      SPREAD,
      shares.map(([dx, dy, share]) => `  pass(x, y, ${dx}, ${dy}, error * ${share});\n`).join(''),
    );
  const scored = await scoreAll(
    EXAMPLE,
    {
      seed: (files) => files,
      threshold: passing(),
      'Floyd and Steinberg': passing([1, 0, '7 / 16'], [-1, 1, '3 / 16'], [0, 1, '5 / 16'], [1, 1, '1 / 16']),
      'Sierra Lite': passing([1, 0, '0.5'], [-1, 1, '0.25'], [0, 1, '0.25']),
      'ordered, 4 by 4': (files) => {
        const quiet = passing()(files);
        const table = 'memory.data<u8>([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5])';
        const rule = `  return grey > 255 * (<f32>load<u8>(TABLE + <usize>(4 * (y & 3) + (x & 3))) + 0.5) / 16;`;
        const ordered = edit('seed.ts', '  return grey + error > 128;', rule)(quiet);
        return { 'seed.ts': `const TABLE: usize = ${table};\n${ordered['seed.ts']}` };
      },
    },
    openToolchains().compile,
  );
  const { baselines } = experimentOf(EXAMPLE).goal;
  expect(baselines).toHaveLength(3);
  for (const { name, value, unseen } of baselines) {
    const { metrics, hidden } = scored[name as keyof typeof scored];
    expect(metrics['error']).toBeCloseTo(value, 9);
    expect(hidden['unseen']).toBeCloseTo(unseen ?? NaN, 9);
  }
  expect(scored.seed.metrics['error']?.toFixed(3)).toBe('26.166');
  expect(scored.threshold.metrics['error']?.toFixed(3)).toBe('72.116');
});

const SPREAD = `  pass(x, y, 1, 0, error * 0.5);
  pass(x, y, -1, 1, error * 0.0);
  pass(x, y, 0, 1, error * 0.0);
  pass(x, y, 1, 1, error * 0.0);
`;
