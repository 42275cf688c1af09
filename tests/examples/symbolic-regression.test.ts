import { describe, expect, it } from 'vitest';
import { experimentFromFolder } from '../../web/engine/folder.ts';
import { PICTURE_LIMITS, type Picture } from '../../web/engine/picture.ts';
import { folderOf, moduleOf, type Evaluator } from './folder-of.ts';

interface Table {
  readonly rows: Float64Array;
  readonly targets: Float64Array;
}

interface Regression extends Evaluator {
  table(seed: number, count: number, range: number[], angles: number[]): Table;
  scaling(x: ArrayLike<number>, y: ArrayLike<number>): { factor: number; offset: number };
  relativeError(x: ArrayLike<number>, y: ArrayLike<number>, fit: { factor: number; offset: number }): number;
}

const module = await moduleOf<Regression>('symbolic-regression', 'evaluator.js');
const train = module.table(1, 256, [1, 5], [0, 6.28]);
const unseen = module.table(2, 1_024, [1, 5], [0, 6.28]);
const folder = experimentFromFolder(folderOf('symbolic-regression'));

function rowsOf({ rows }: Table): number[][] {
  return Array.from({ length: rows.length / 5 }, (_, i) => [...rows.slice(5 * i, 5 * i + 5)]);
}

function score(answer: unknown, picture = false) {
  return module.evaluate({ call: () => Promise.resolve(answer) }, { seed: 1, picture });
}

/** Least squares through the normal equations, by Gaussian elimination. */
function leastSquares(features: number[][], targets: Float64Array): number[] {
  const n = (features[0] as number[]).length;
  const rows = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) => features.reduce((sum, f) => sum + (f[i] as number) * (f[j] as number), 0)),
    features.reduce((sum, f, k) => sum + (f[i] as number) * (targets[k] as number), 0),
  ]);
  for (let i = 0; i < n; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row) => (Math.abs(row[i] as number) > Math.abs(best[i] as number) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(i, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = (row[i] as number) / (pivot[i] as number);
      for (let k = i; k <= n; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number);
    }
  }
  return rows.map((row, i) => (row[n] as number) / (row[i] as number));
}

function features(row: number[], degree: number): number[] {
  const squares = row.flatMap((a, i) => row.slice(i).map((b) => a * b));
  return degree === 1 ? [1, ...row] : [1, ...row, ...squares];
}

describe('the marks', () => {
  it.each([
    ['linear least squares', 1],
    ['quadratic least squares', 2],
  ])('%s is where the experiment says', (name, degree) => {
    const weights = leastSquares(
      rowsOf(train).map((row) => features(row, degree)),
      train.targets,
    );
    const predict = (table: Table): number[] =>
      rowsOf(table).map((row) => features(row, degree).reduce((sum, x, i) => sum + x * (weights[i] as number), 0));
    const fit = module.scaling(predict(train), train.targets);
    if (folder.type !== 'ok') throw new Error(folder.problems.join('\n'));
    const baseline = folder.experiment.goal.baselines.find((each) => each.name === name);
    expect(module.relativeError(predict(train), train.targets, fit)).toBeCloseTo(baseline?.value ?? NaN, 6);
    expect(module.relativeError(predict(unseen), unseen.targets, fit)).toBeCloseTo(baseline?.unseen ?? NaN, 6);
  });

  it('any multiple of the formula plus any constant is exact', async () => {
    const scaled = rowsOf(train).map(([q, E, B, v, t]) => 7 - 3 * q! * (E! + B! * v! * Math.sin(t!)));
    expect(await score(scaled)).toMatchObject({ correct: true, metrics: { error: 0 } });
  });

  it('the seed is no better than guessing by much, a constant is the mean', async () => {
    const seed = await moduleOf<{ values(rows: Float64Array): Float64Array }>('symbolic-regression', 'seed.js');
    const { fitness } = await score(seed.values(train.rows));
    expect(fitness).toBeLessThan(-0.9);
    expect((await score(new Float64Array(256).fill(4))).fitness).toBeCloseTo(-1, 9);
  });
});

it('training and held-out points differ, and are the same each time', () => {
  expect(module.table(1, 256, [1, 5], [0, 6.28])).toEqual(train);
  const seen = new Set(rowsOf(train).map(String));
  expect(rowsOf(unseen).some((row) => seen.has(String(row)))).toBe(false);
});

describe('hostile answers', () => {
  it.each([
    ['nothing', undefined],
    ['a number', 1],
    ['too few', [1, 2]],
    ['NaN', new Float64Array(256).fill(NaN)],
    ['infinity', new Float64Array(256).fill(Infinity)],
    ['numbers too large to square', new Float64Array(256).fill(1e300)],
    ['holes', new Array<number>(256)],
    ['objects', Array.from({ length: 256 }, () => ({ valueOf: 1 }))],
  ])('%s is incorrect with a reason', async (_, answer) => {
    const result = await score(answer);
    expect(result).toMatchObject({ correct: false, fitness: null });
    expect(result.feedback.length).toBeGreaterThan(10);
  });
});

it('shows the held-out error and draws within the limits', async () => {
  const line = (rows: Float64Array): Float64Array =>
    Float64Array.from({ length: rows.length / 5 }, (_, i) => rows[5 * i] as number);
  const candidate = { call: (_: string, rows: unknown) => Promise.resolve(line(rows as Float64Array)) };
  const result = await module.evaluate(candidate, { seed: 1, picture: true });
  expect(result.hidden.unseen).toBeGreaterThan(0.5);
  expect((result.artifacts.picture as unknown as Picture).shapes.length).toBeLessThanOrEqual(PICTURE_LIMITS.shapes);
});

it('scores each group of 32 points under the one scale, and names where a formula misses', async () => {
  const exact = await score([...train.targets]);
  expect(Object.keys(exact.scores)).toHaveLength(8);
  for (const each of Object.values(exact.scores)) expect(Math.abs(each)).toBeLessThan(1e-9);
  const off = await score([...train.targets].map((target, i) => (i >= 64 && i < 96 ? target + 1 : target)));
  const worst = Object.entries(off.scores).sort(([, a], [, b]) => a - b)[0]?.[0];
  expect(worst).toBe('points 65–96');
});
