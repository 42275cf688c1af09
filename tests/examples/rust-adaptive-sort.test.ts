import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCompileService } from '../../relay/compile/index.ts';
import { rust } from '../../relay/compile/rust.ts';
import type { Files } from '../../web/engine/program.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { needing } from '../needing.ts';
import { moduleOf, type Evaluator } from './folder-of.ts';
import { edit, experimentOf, scoreAll } from './in-sandbox.ts';

interface List {
  readonly name: string;
  readonly values: Int32Array;
}
interface Sorting extends Evaluator {
  readonly training: List[];
  readonly unseen: List[];
}

const EXAMPLE = 'rust-adaptive-sort';
const evaluator = await moduleOf<Sorting>(EXAMPLE, 'evaluator.js');

const found = rust.find();
const cache = mkdtempSync(join(tmpdir(), 'genesis-sort-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

type Sort = (values: Int32Array) => unknown;
const honest: Sort = (values) => values.sort();
/** Every call costs `work(values)` operations. */
function score(sort: Sort, work: (values: Int32Array) => number, picture = false, instances: string[] | null = null) {
  let spent = 0;
  const one = (values: Int32Array): unknown => {
    spent += work(values);
    return { value: null, arrays: [sort(values.slice())] };
  };
  const candidate = {
    call: (_: string, ...args: unknown[]) => Promise.resolve(one(args[0] as Int32Array)),
    callMany: (_: string, calls: [Int32Array][]) => Promise.resolve(calls.map(([values]) => one(values))),
    fuel: () => spent,
  };
  return evaluator.evaluate(candidate, { seed: 1, picture, instances });
}

describe('what is not in order', () => {
  it.each<[string, Sort, RegExp]>([
    ['nothing', () => undefined, /no list of as many/],
    ['a list of another kind', (values) => Array.from(values.sort()), /no list/],
    ['floats', (values) => Float64Array.from(values.sort()), /no list/],
    ['one too few', (values) => values.sort().subarray(values.length > 0 ? 1 : 0), /\[7\]: no list/],
    ['left as it is', (values) => values, /\[2, 1\]: 2 stands before 1 at place 1/],
    ['backwards', (values) => values.sort().reverse(), /stands before/],
    ['all the same', (values) => values.fill(5), /\[7\]: place 0 holds 5 instead of 7: numbers were lost/],
    ['by their text', (values) => Int32Array.from(Array.from(values).sort()), /stands before/],
    [
      'without what comes twice',
      (values) => values.sort().map((value, i, all) => (i > 0 && value === all[i - 1] ? value + 1 : value)),
      /lost/,
    ],
    [
      'only long lists wrong',
      (values) => (values.length < 100 ? values.sort() : values),
      /random: -?\d+ stands before/,
    ],
  ])('%s', async (_, sort, reason) => {
    const evaluation = await score(sort, () => 1000);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });
});

describe('the work', () => {
  it('is a geometric mean of operations an element, and fitness its binary logarithm, turned over', async () => {
    const { fitness, metrics, hidden } = await score(honest, ({ length }) => 64 * length, true);
    expect(fitness).toBeCloseTo(-6, 12);
    expect(metrics).toMatchObject({ worst: 64 });
    expect(hidden.unseen).toBeCloseTo(64, 9);
    const halved = await score(honest, (values) => (values[0] === -400 ? 32 : 64) * values.length);
    expect(halved.fitness).toBeCloseTo(-6 + 1 / 8, 12);
    expect(halved.scores['in order']).toBeCloseTo(-5, 12);
  });

  it('counts for the lists that are asked for alone', async () => {
    const { scores } = await score(honest, ({ length }) => 8 * length, false, ['backwards', 'random']);
    expect(Object.keys(scores)).toEqual(['random', 'backwards']);
  });

  it('is drawn within the limits', async () => {
    const { artifacts } = await score(honest, ({ length }) => 20_000 * length, true);
    expect((artifacts.picture as unknown as Picture).shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
  });
});

it('the lists have the shapes they are named for', () => {
  const steps = ({ values }: List): number =>
    values.reduce((sum, value, i) => sum + Number(i > 0 && value < (values[i - 1] as number)), 0);
  const of = (list: readonly List[], name: string): List => list.find((each) => each.name === name) as List;
  for (const list of [evaluator.training, evaluator.unseen]) {
    expect(steps(of(list, 'in order'))).toBe(0);
    const { values } = of(list, 'backwards');
    expect(steps(of(list, 'backwards'))).toBe(values.length - 1);
    expect(steps(of(list, 'seven runs'))).toBeLessThan(0.45 * values.length);
    expect(new Set(of(list, 'few different').values).size).toBe(8);
    expect(steps(of(list, 'nearly in order'))).toBeLessThan(0.05 * values.length);
    expect(steps(of(list, 'nearly in order'))).toBeGreaterThan(0);
    expect(steps(of(list, 'random'))).toBeGreaterThan(0.4 * values.length);
  }
  expect(evaluator.training).toHaveLength(8);
  expect(evaluator.unseen).toHaveLength(16);
});

describe('the marks', () => {
  const compiled = needing(found.type === 'missing' ? found.reason : null);
  compiled(
    'are about what sorts take, compiled by this machine and counted in the sandbox',
    async () => {
      const { compile } = createCompileService({ slots: 1, cache });
      const instead = (body: string): ((seed: Files) => Files) =>
        edit('seed.rs', '    let mut spare = vec![0; list.len()];\n    split(list, &mut spare);\n', `    ${body}\n`);
      const scored = await scoreAll(
        EXAMPLE,
        {
          seed: (files) => files,
          'sort of the library': instead('list.sort();'),
          'sort_unstable of the library': instead('list.sort_unstable();'),
          'merging unless in order already': edit(
            'seed.rs',
            '    let count = list.len();\n    spare[..count]',
            '    let count = list.len();\n    if list[middle - 1] <= list[middle] {\n        return;\n    }\n    spare[..count]',
          ),
        },
        compile,
      );
      const { baselines } = experimentOf(EXAMPLE).goal;
      expect(baselines).toHaveLength(3);
      for (const { name, value, unseen } of baselines) {
        const { metrics, hidden } = scored[name as keyof typeof scored];
        // Compilers differ in what they make of it, and the library sorts otherwise from version to version.
        expect(Math.abs(Math.log2((metrics['operations'] as number) / value))).toBeLessThan(0.6);
        expect(Math.abs(Math.log2((hidden['unseen'] as number) / (unseen ?? NaN)))).toBeLessThan(0.6);
        expect(metrics['operations']).toBeLessThan(scored.seed.metrics['operations'] as number);
      }
    },
    120_000,
  );

  compiled(
    'are the same to the operation when they are counted again',
    async () => {
      const { compile } = createCompileService({ slots: 1, cache });
      const once = await scoreAll(EXAMPLE, { seed: (files) => files }, compile);
      expect(await scoreAll(EXAMPLE, { seed: (files) => files }, compile)).toEqual(once);
    },
    120_000,
  );
});
