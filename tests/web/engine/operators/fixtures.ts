/** Programs of the kinds people evolve, small enough to run in every test. */
import { transform } from 'sucrase';
import type { Experiment, Language, Vocabulary } from '../../../../web/engine/experiment.ts';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { OperatorContext, Specimen } from '../../../../web/engine/operators/operator.ts';
import type { Evaluation, Files } from '../../../../web/engine/program.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { Syntax } from '../../../../web/engine/syntax/tree.ts';
import { strategyOf } from '../stand-ins.ts';

export interface Fixture {
  readonly name: string;
  readonly experiment: Experiment;
  /** Calls the program as an evaluator would; throws where it fails, and returns numbers only. */
  readonly run: (exports: Record<string, unknown>) => number[];
}

type Program = (...args: unknown[]) => unknown;

const GEOMETRY = `// Dots that push each other off.
export function place(n) {
  let steps = 12;
  let push = 0.25;
  let decay = 0.93;
  const dots = [];
  for (let i = 0; i < n; i++) {
    dots.push([Math.random(), Math.random()]);
  }
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < n; i++) {
      const a = dots[i];
      for (let j = 0; j < i; j++) {
        const b = dots[j];
        const dx = a[0] - b[0];
        const dy = a[1] - b[1];
        const square = dx * dx + dy * dy;
        if (square > 0.2 || square === 0) continue;
        const force = push / (square + 0.01);
        a[0] += dx * force * -0.01;
        a[1] += dy * force * 0.01;
      }
      if (a[0] < 0) a[0] = 0;
      else a[0] = Math.min(1, a[0])
      a[1] = clamp(a[1]);
    }
    push *= decay;
  }
  return dots;
}

function clamp(t) {
  return Math.max(0, Math.min(1, t));
}
`;

const PRIORITY = `type Score = number;

/** How much an item likes a bin. */
export function priority(item: number, gap: number, capacity: number): Score {
  // EVOLVE-BLOCK-START
  const rest: number = gap - item;
  let score = -rest;
  if (rest < 3) {
    score += 10 / (1 + rest);
  }
  return score as number;
  // EVOLVE-BLOCK-END
}
`;

const FORMULA = `export const f = (x, y) => x * 1.5 + Math.sin(0.5 * x) - 1e-3;
`;

const MANY_MAIN = `import { weight } from './weight.ts';
export function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += weight(value) * value;
  return sum;
}
`;

const MANY_PART = `interface Knobs { readonly slope: number; readonly power: number }
// EVOLVE-BLOCK-START
const knobs: Knobs = { slope: 0.75, power: 2 };

export function weight(value: number): number {
  const size = Math.abs(value);
  return size > 4 ? knobs.slope * size : size ** knobs.power - -0.5;
}
// EVOLVE-BLOCK-END
export const version: string = '1.0';
`;

export const FIXTURES: readonly Fixture[] = [
  {
    name: 'geometry',
    experiment: experiment('javascript', { 'place.js': GEOMETRY, 'notes.txt': 'not code 0.5' }, 'place.js', {
      blocks: ['for (let k = 0; k < n; k++) dots[k][0] = Math.random() * 0.9;'],
    }),
    run: ({ place }) => ((place as Program)(5) as number[][]).flatMap(([x, y]) => [x as number, y as number]),
  },
  {
    name: 'priority',
    experiment: experiment('typescript', { 'priority.ts': PRIORITY }, 'priority.ts', {
      leaves: ['item / gap', 'capacity', 'missing[0]'],
    }),
    run: ({ priority }) => [1, 5, 9].map((item) => (priority as Program)(item, 10, 100) as number),
  },
  {
    name: 'formula',
    experiment: experiment('javascript', { 'f.js': FORMULA }, 'f.js', { leaves: ['x', 'y'] }),
    run: ({ f }) => [-1, 0, 2].map((x) => (f as Program)(x, x + 1) as number),
  },
  {
    name: 'two files',
    experiment: experiment('typescript', { 'main.ts': MANY_MAIN, 'weight.ts': MANY_PART }, 'main.ts', {}),
    run: ({ total }) => [(total as Program)([1, 2, 30]) as number],
  },
];

function experiment(language: Language, files: Files, entry: string, words: Partial<Vocabulary>): Experiment {
  const vocabulary: Vocabulary = {
    functions: { 'Math.abs': 1, 'Math.max': 2 },
    constants: [0, 1, 0.5],
    binary: ['+', '-', '*', '/', '**'],
    comparisons: ['<', '>='],
    leaves: [],
    blocks: [],
    ...words,
  };
  const strategy = strategyOf({
    lookAhead: 1,
    islands: { count: 1, migrateEvery: 0 },
    selection: { type: 'uniform' },
    inspirations: 1,
    operators: {},
    exploration: 1,
    brood: { size: 6 },
    vocabulary,
    attempts: 3,
    longest: 100_000,
  });
  return {
    v: 1,
    name: 'fixture',
    title: 'Fixture',
    summary: '',
    language,
    files,
    entry,
    evaluator: { files: {}, entry: '' },
    goal: {
      metric: 'x',
      label: 'x',
      better: 'higher',
      unit: '',
      digits: 3,
      unseen: null,
      baselines: [],
      best: null,
    },
    limits: { milliseconds: 1000, megabytes: 64, outputBytes: 1e6, messages: 10, fuel: 1e6 },
    sandbox: 'javascript',
    strategy,
    budget: DEFAULT_BUDGET,
  };
}

export interface Compiled {
  readonly exports: Record<string, unknown>;
  readonly fuel: { n: number };
}

/** Strips types and builds the modules as the sandbox does. Throws on what no engine accepts. */
export function compile(files: Files, entry: string, fuel = 1e5, parameters: readonly number[] = []): Compiled {
  const tank = {
    n: fuel,
    out(): never {
      throw new RangeError('out of fuel');
    },
  };
  const done = new Map<string, Record<string, unknown>>();
  const random = createRandom('math');
  const math: Record<string, unknown> = { random: () => random.next() };
  for (const key of Object.getOwnPropertyNames(Math)) math[key] ??= (Math as unknown as Record<string, unknown>)[key];
  const load = (path: string): Record<string, unknown> => {
    const ready = done.get(path);
    if (ready) return ready;
    const exports: Record<string, unknown> = {};
    done.set(path, exports);
    const { code } = transform(files[path] as string, { transforms: ['typescript', 'imports'] });
    const body = new Function('$fuel', '$p', 'Math', 'exports', 'require', code) as Program;
    body(tank, parameters, math, exports, (name: string) => load(name.replace('./', '')));
    return exports;
  };
  return { exports: load(entry), fuel: tank };
}

export function specimen(id: number, files: Files, fitness: number | null = 0): Specimen {
  const scored = fitness === null ? null : evaluation(fitness);
  return { id, files, evaluation: scored, status: scored ? 'correct' : 'proposed', reason: '', note: '' };
}

export function evaluation(fitness: number, correct = true): Evaluation {
  return { fitness, correct, metrics: {}, hidden: {}, feedback: '', features: {}, scores: {}, artifacts: {}, fuel: 0 };
}

export function contextOf(
  { experiment }: Pick<Fixture, 'experiment'>,
  syntax: Syntax,
  seed: number | string,
  rest: Partial<OperatorContext> = {},
): OperatorContext {
  return {
    experiment,
    syntax,
    parent: specimen(1, experiment.files),
    inspirations: [],
    ancestor: null,
    random: createRandom(seed),
    evaluations: 60,
    model: null,
    attempts: [],
    ...rest,
  };
}
