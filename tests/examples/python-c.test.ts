import { describe, expect, it } from 'vitest';
import { openToolchains } from '../../wasm-toolchains/registry.ts';
import { moduleOf, type Evaluator } from './folder-of.ts';
import { edit, experimentOf, scoreAll } from './in-sandbox.ts';

interface Graph {
  readonly count: number;
  readonly edges: number[];
}
interface Cuts extends Evaluator {
  readonly training: Graph[];
  readonly unseen: Graph[];
  cutOf(edges: number[], sides: number[]): number;
}

const EXAMPLE = 'python-c';
const evaluator = await moduleOf<Cuts>(EXAMPLE, 'evaluator.js');
const { REFERENCES } = await moduleOf<{ REFERENCES: { training: number[]; unseen: number[] } }>(
  EXAMPLE,
  'references.js',
);

type Split = (count: number, edges: number[]) => unknown;
const byTurns: Split = (count) => Array.from({ length: count }, (_, v) => v % 2);
const score = (split: Split, picture = false, instances: string[] | null = null) => {
  const candidate = {
    call: () => Promise.reject(new Error('not asked one by one')),
    callMany: (_: string, calls: [number, number[]][]) =>
      Promise.resolve(calls.map(([count, edges]) => split(count, edges.slice()))),
  };
  return evaluator.evaluate(candidate, { seed: 1, picture, instances });
};

/** Moves single vertices while that wins edges. */
const climbed: Split = (count, edges) => {
  const sides = byTurns(count, edges) as number[];
  for (let better = true; better;) {
    better = false;
    for (let v = 0; v < count; v++) {
      const before = evaluator.cutOf(edges, sides);
      sides[v] = 1 - (sides[v] as number);
      if (evaluator.cutOf(edges, sides) > before) better = true;
      else sides[v] = 1 - (sides[v] as number);
    }
  }
  return sides;
};

describe('what is no split', () => {
  const setting =
    (value: unknown): Split =>
    (count, edges) =>
      (byTurns(count, edges) as unknown[]).map((side, v) => (v === 5 ? value : side));
  it.each<[string, Split, RegExp]>([
    ['nothing', () => undefined, /must return a list/],
    ['a text', (count) => '01'.repeat(count / 2), /must return a list/],
    ['too few', (count) => new Array(count - 1).fill(0), /60 vertices got 59/],
    ['holes', (count) => new Array(count), /vertex 0 is neither/],
    ['a third side', setting(2), /vertex 5 is neither/],
    ['a half', setting(0.5), /vertex 5 is neither/],
    ['a text for a number', setting('1'), /vertex 5 is neither/],
    ['NaN', setting(NaN), /vertex 5 is neither/],
    ['false', setting(false), /vertex 5 is neither/],
  ])('%s', async (_, split, reason) => {
    const evaluation = await score(split);
    expect(evaluation).toMatchObject({ correct: false, fitness: null });
    expect(evaluation.feedback).toMatch(reason);
  });
});

describe('the graphs', () => {
  it('have no edge twice and none from a vertex to itself', () => {
    for (const { count, edges } of [...evaluator.training, ...evaluator.unseen]) {
      const pairs = Array.from({ length: edges.length / 2 }, (_, i) => [edges[2 * i], edges[2 * i + 1]] as number[]);
      expect(pairs.every(([a, b]) => a !== b && Math.max(a as number, b as number) < count)).toBe(true);
      expect(new Set(pairs.map((pair) => pair.sort((a, b) => a - b).join())).size).toBe(pairs.length);
    }
  });

  it('are measured against cuts that a simple climb comes near to and does not pass', () => {
    const all = [...evaluator.training, ...evaluator.unseen];
    const known = [...REFERENCES.training, ...REFERENCES.unseen];
    expect(known).toHaveLength(all.length);
    all.forEach(({ count, edges }, i) => {
      const cut = evaluator.cutOf(edges, climbed(count, edges) as number[]);
      expect(cut).toBeLessThanOrEqual(known[i] as number);
      expect(cut).toBeGreaterThan(0.85 * (known[i] as number));
      expect(known[i]).toBeLessThanOrEqual(edges.length / 2);
    });
  });

  it('a graph with two sides is cut whole', () => {
    const edges = [0, 3, 0, 4, 1, 3, 2, 5, 2, 3];
    expect(evaluator.cutOf(edges, [0, 0, 0, 1, 1, 1])).toBe(5);
    expect(evaluator.cutOf(edges, [0, 0, 0, 0, 0, 0])).toBe(0);
  });
});

it('scores by graph are the gaps behind the fitness, for those that are asked for', async () => {
  const all = await score(climbed);
  expect(Object.values(all.scores).reduce((sum, each) => sum + each, 0) / 6).toBeCloseTo(all.fitness as number, 12);
  const some = await score(climbed, false, ['graph 3']);
  expect(some.scores).toEqual({ 'graph 3': all.scores['graph 3'] });
  expect((await score(byTurns)).fitness).toBeLessThan(all.fitness as number);
});

it('the marks are what searches score, kernel compiled and work counted, within the work allowed', async () => {
  const once = `    for step in range(60):
        temperature = 2.0 * (1 - step / 60)
`;
  const scored = await scoreAll(
    EXAMPLE,
    {
      seed: (files) => files,
      'cooling down once': edit('seed.py', '    for step in range(20):\n        temperature = 0.1\n', once),
    },
    openToolchains().compile,
  );
  const [mark, ...others] = experimentOf(EXAMPLE).goal.baselines;
  expect(others).toEqual([]);
  expect(scored['cooling down once'].metrics['gap']).toBeCloseTo(mark?.value ?? NaN, 9);
  expect(scored['cooling down once'].hidden['unseen']).toBeCloseTo(mark?.unseen ?? NaN, 9);
  expect(scored.seed.metrics['gap']?.toFixed(2)).toBe('2.82');
  expect(scored.seed.hidden['unseen']?.toFixed(2)).toBe('3.22');
}, 60_000);

it('a search without end runs out of work, not of time', async () => {
  const endless = edit('seed.py', 'range(20)', 'range(100_000_000)');
  await expect(scoreAll(EXAMPLE, { endless }, openToolchains().compile)).rejects.toThrow(/out of fuel/);
}, 60_000);
