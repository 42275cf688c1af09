import { describe, expect, it } from 'vitest';
import { openToolchains } from '../../wasm-toolchains/registry.ts';
import type { Files } from '../../web/engine/program.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { moduleOf, type Evaluator } from './folder-of.ts';
import { experimentOf, scoreAll } from './in-sandbox.ts';

interface Divisors extends Evaluator {
  readonly training: [number, number][];
  readonly unseen: [number, number][];
  readonly edges: [number, number][];
}

const EXAMPLE = 'wat-gcd';
const evaluator = await moduleOf<Divisors>(EXAMPLE, 'evaluator.js');

/** By trying all. */
function divisor(a: number, b: number): number {
  for (let d = Math.min(a, b); d > 1; d--) if (a % d === 0 && b % d === 0) return d;
  return 1;
}
const subtracted = (a: number, b: number): number => {
  let [x, y] = [a, b];
  while (x !== y) [x, y] = x > y ? [x - y, y] : [x, y - x];
  return x;
};

type Divide = (a: number, b: number) => unknown;
function score(divide: Divide, work: (a: number, b: number) => number, size = 60, picture = false) {
  let spent = 0;
  const candidate = {
    call: () => Promise.reject(new Error('not asked one by one')),
    callMany: (_: string, calls: [number, number][]) =>
      Promise.resolve(
        calls.map(([a, b]) => {
          spent += work(a, b);
          return divide(a, b);
        }),
      ),
    facts: () => Promise.resolve({ size, memory: 0 }),
    fuel: () => spent,
  };
  return evaluator.evaluate(candidate, { seed: 1, picture });
}

describe('wrong divisors', () => {
  it.each<[string, Divide, RegExp]>([
    ['nothing', () => undefined, /gcd\(1, 1\) is 1, not undefined/],
    ['always one', () => 1, /gcd\(100000, 100000\) is 100000, not 1/],
    ['the smaller number', Math.min, /not/],
    ['a text', (a, b) => String(subtracted(a, b)), /not 1/],
    ['wrong where the second is larger', (a, b) => (b > a ? 1 : subtracted(a, b)), /gcd\(4, 6\) is 2, not 1/],
    ['negative', (a, b) => -subtracted(a, b), /not -1/],
  ])('%s', async (_, divide, reason) => {
    const evaluation = await score(divide, () => 1);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });
});

it('the expected divisors are those found by trying', async () => {
  const small = evaluator.edges.filter(([a, b]) => Math.min(a, b) < 1000);
  expect(small.length).toBeGreaterThan(5);
  for (const [a, b] of small) expect(subtracted(a, b)).toBe(divisor(a, b));
  expect((await score(subtracted, () => 1)).correct).toBe(true);
});

it('bytes and operations are added up', async () => {
  const { fitness, metrics, hidden, artifacts } = await score(subtracted, (a) => (a > 50_000 ? 30 : 10), 60, true);
  const mean = (list: [number, number][]): number =>
    list.reduce((sum, [a]) => sum + (a > 50_000 ? 30 : 10), 0) / list.length;
  expect(metrics).toMatchObject({ bytes: 60, operations: mean(evaluator.training) });
  expect(fitness).toBe(-60 - mean(evaluator.training));
  expect(hidden.unseen).toBeGreaterThan(75);
  expect((artifacts.picture as unknown as Picture).shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
});

it('pairs lie within the range, and half of them have a factor in common', () => {
  for (const list of [evaluator.training, evaluator.unseen]) {
    expect(list.every((pair) => pair.every((n) => Number.isInteger(n) && n >= 1 && n <= 100_000))).toBe(true);
    const common = list.filter(([a, b]) => subtracted(a, b) > 1).length;
    expect(common).toBeGreaterThanOrEqual(list.length / 2);
    expect(common).toBeLessThan(list.length);
  }
});

it('the marks are what programs score, compiled and counted in the sandbox', async () => {
  const module = (body: string) => (): Files => ({
    'seed.wat': `(module (func (export "gcd") (param $a i32) (param $b i32) (result i32) ${body}))`,
  });
  const scored = await scoreAll(
    EXAMPLE,
    {
      seed: (files) => files,
      'Euclid’s algorithm, by names': module(
        '(local $t i32) (loop $l (local.set $t (local.get $b)) (local.set $b (i32.rem_u (local.get $a) (local.get $b))) (local.set $a (local.get $t)) (br_if $l (local.get $b))) (local.get $a)',
      ),
      'Euclid’s algorithm, recursive': module(
        '(if (result i32) (local.get $b) (then (call 0 (local.get $b) (i32.rem_u (local.get $a) (local.get $b)))) (else (local.get $a)))',
      ),
      'Euclid’s algorithm, on a stack': module(
        '(loop local.get $b local.get $a local.get $b i32.rem_u local.set $b local.set $a local.get $b br_if 0) local.get $a',
      ),
    },
    openToolchains().compile,
  );
  const { baselines } = experimentOf(EXAMPLE).goal;
  expect(baselines).toHaveLength(3);
  for (const { name, value, unseen } of baselines) {
    const { metrics, hidden } = scored[name as keyof typeof scored];
    expect(metrics['cost']).toBeCloseTo(value, 9);
    expect(hidden['unseen']).toBeCloseTo(unseen ?? NaN, 9);
  }
  expect(scored.seed.metrics).toMatchObject({ bytes: 81, operations: 569.97 });
});
