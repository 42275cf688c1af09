/**
 * The engine alone, in Node: an evaluator that costs nothing and the operator that copies. Steps a second are by the clock on the wall; what
 * is compared with itself is CPU time of the whole process, collector threads included: what one core would take, whatever
 * else the machine is doing.
 *
 * `everything` turns every stage and family on (islands with a mix of strategies, crowding on features, inspirations of all kinds,
 * vectors and the novelty stage, a bandit by UCB, a cascade, migrations) but for models and parsing: the syntax port
 * gives each text as one node. `plain` has the default settings and parses.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_STRATEGY } from '../../web/engine/defaults.ts';
import type { RunEvent } from '../../web/engine/events.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import { copy } from '../../web/engine/operators/copy.ts';
import type { Clock, EvaluationPort } from '../../web/engine/ports.ts';
import { createRun } from '../../web/engine/run.ts';
import type { Syntax, SyntaxNode } from '../../web/engine/syntax/tree.ts';
import type { RunState } from '../../web/engine/state.ts';
import { loadSyntax } from '../../web/syntax/load.ts';
import { median, rounded, type Group } from './figure.ts';

const FEW = 1_000;
const MANY = 100_000;
/** Steps timed in one go, and how often; the median counts, for the machine does other things too. */
const WINDOW = 4_000;
const WINDOWS = 3;
/** Runs before the first that is timed: V8 compiles what runs often in steps, and is done after some 15,000 of ours. */
const WARM_UPS = 3;

/** As little text as an engine can be given: what is left is its own work. */
const SMALL = 'export function next(value) {\n  return value + 1;\n}\n';

const experiment: Experiment = {
  v: 1,
  name: 'bench',
  title: 'Bench',
  summary: '',
  language: 'javascript',
  files: { 'seed.js': SMALL },
  entry: 'seed.js',
  evaluator: {
    files: { 'evaluator.js': 'export const evaluate = () => ({ fitness: 0, correct: true });\n' },
    entry: 'evaluator.js',
  },
  goal: {
    metric: 'score',
    label: 'Score',
    better: 'higher',
    unit: '',
    digits: 4,
    unseen: null,
    baselines: [],
    best: null,
  },
  limits: DEFAULT_LIMITS,
  sandbox: 'javascript',
  strategy: { ...DEFAULT_STRATEGY, operators: { copy: 1 } },
  budget: DEFAULT_BUDGET,
};

const everything: Experiment = {
  ...experiment,
  strategy: {
    ...experiment.strategy,
    islands: {
      ...DEFAULT_STRATEGY.islands,
      count: 4,
      migrateEvery: 50,
      adaptive: true,
      sampler: 'weighted',
      restartAfter: 2_000,
    },
    archive: { type: 'crowding', size: 16, criteria: { fitness: 1 }, by: 'features' },
    selection: {
      type: 'mix',
      of: [
        { type: 'tournament', size: 4 },
        { type: 'weighted', lambda: 10 },
        { type: 'cells', by: 'curiosity' },
      ],
      bandit: { type: 'ucb', exploration: 1, epsilon: 0.2, cost: 0.3 },
    },
    inspirations: {
      count: 2,
      mix: { best: 1, near: 1, far: 1, complementary: 1, random: 1, foreign: 1 },
      order: 'ascending',
      failures: 3,
    },
    bandit: { type: 'ucb', exploration: 1, epsilon: 0.2, cost: 0.3 },
    novelty: { vectors: 'local', threshold: 1, judge: null, model: null },
    evaluation: {
      ...DEFAULT_STRATEGY.evaluation,
      stages: [{ name: 'full', threshold: null }],
    },
  },
};

/** A text is one node: what is left of the syntax stage is what the engine does itself. */
const unparsed: Syntax = {
  parse(_language, text) {
    const rootNode: SyntaxNode = {
      ...{ id: 0, type: 'program', isNamed: true, isError: false, isMissing: false, hasError: false },
      ...{ startIndex: 0, endIndex: text.length, text, parent: null, childCount: 0, children: [], namedChildren: [] },
      startPosition: { row: 0, column: 0 },
      childForFieldName: () => null,
    };
    return { rootNode, delete: () => {} };
  },
};

/** Scores by the number that the copy carries, so that archives keep moving; takes no time. */
const evaluations: EvaluationPort = {
  open({ files }) {
    const fitness = Number(/;(\d+);\n$/.exec(files['seed.js'] ?? '')?.[1] ?? 0);
    const evaluation = {
      fitness,
      correct: true,
      metrics: { score: fitness },
      hidden: {},
      feedback: '',
      features: { x: fitness % 97, y: fitness % 89 },
      scores: { a: fitness % 7, b: fitness % 5 },
      artifacts: {},
      fuel: 1,
    };
    return Promise.resolve({
      type: 'ok',
      session: {
        evaluate: (requests) => Promise.resolve(requests.map(() => ({ type: 'scored', evaluation, milliseconds: 0 }))),
        close: () => {},
      },
    });
  },
};

const clock: Clock = {
  now: () => performance.now(),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  after: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => {}),
};

interface Setup {
  readonly experiment: Experiment;
  readonly text: string;
  readonly syntax: Syntax;
  /** Whether the log is kept. */
  readonly keep?: boolean;
}

/** Milliseconds. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

interface Measured {
  readonly log: readonly RunEvent[];
  /** Of a step in each window that begins at one of the asked numbers of programs. */
  readonly costs: readonly Cost[];
  readonly state: RunState;
}

/** Runs until the last window is over, and no further. */
async function run(seed: number, setup: Setup, starts: readonly number[]): Promise<Measured> {
  const costs: Cost[] = [];
  const log: RunEvent[] = [];
  let began: Cost = { cpu: 0, wall: 0 };
  let over: (job: number) => void = () => {};
  const emit = (event: RunEvent) => {
    if (setup.keep) log.push(event);
    if (event.type !== 'added') return;
    over(event.job);
    if (starts.includes(event.job - WINDOW)) {
      const { cpu, wall } = times();
      costs.push({ cpu: (cpu - began.cpu) / WINDOW, wall: (wall - began.wall) / WINDOW });
    }
    if (starts.includes(event.job)) {
      collect();
      began = times();
    }
  };
  const engine = createRun({
    experiment: {
      ...setup.experiment,
      files: { 'seed.js': setup.text },
      budget: { ...DEFAULT_BUDGET, evaluations: 3 * (Math.max(...starts) + WINDOW + 1) },
    },
    seed,
    operators: [copy],
    ports: {
      evaluations,
      syntax: setup.syntax,
      clock,
      emit,
    },
  });
  const end = Math.max(...starts) + WINDOW;
  engine.play();
  await new Promise<void>((resolve) => {
    over = (job) => {
      if (job >= end) resolve();
    };
  });
  engine.stop();
  return { costs, state: engine.state, log };
}

/** Medians over the window after the first thousand programs, over runs of different seeds. */
async function costOfFew(setup: Setup): Promise<Cost> {
  for (let seed = WINDOWS + 1; seed <= WINDOWS + WARM_UPS; seed++) await run(seed, setup, [FEW]);
  const costs: Cost[] = [];
  for (let seed = 1; seed <= WINDOWS; seed++) costs.push(...(await run(seed, setup, [FEW])).costs);
  return { cpu: median(costs.map(({ cpu }) => cpu)), wall: median(costs.map(({ wall }) => wall)) };
}

/** Milliseconds from a log in memory to a run that could go on. */
async function resumeTime(log: readonly RunEvent[], setup: Setup): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < 3; i++) {
    collect();
    const before = times().cpu;
    const run = createRun({
      experiment: setup.experiment,
      seed: 1,
      operators: [copy],
      log,
      ports: { evaluations, syntax: setup.syntax, clock, emit: () => {} },
    });
    taken.push(times().cpu - before);
    run.stop();
  }
  return median(taken);
}

export const engine: Group = {
  figures: [
    { name: 'engine.steps_per_s', aim: '≥ 5000' },
    { name: 'engine.steps_per_cpu_s', aim: 'stated' },
    { name: 'engine.steps_per_s_plain', aim: 'stated' },
    { name: 'engine.steps_per_s_default_example', aim: 'stated' },
    { name: 'engine.cost_ratio_100k_vs_1k', aim: '≤ 1.5' },
    { name: 'engine.heap_bytes_per_program', aim: 'stated' },
    { name: 'engine.resume_100k_ms', aim: 'stated' },
  ],
  needsBrowser: false,
  async *measure(wanted) {
    const syntax = await loadSyntax(['javascript']);
    const whole: Setup = { experiment: everything, text: SMALL, syntax: unparsed };
    const few = await costOfFew(whole);
    if (wanted.has('engine.steps_per_s')) {
      yield { name: 'engine.steps_per_s', value: rounded(1000 / few.wall), unit: 'steps/s' };
    }
    if (wanted.has('engine.steps_per_cpu_s')) {
      yield { name: 'engine.steps_per_cpu_s', value: rounded(1000 / few.cpu), unit: 'steps/CPU s' };
    }
    if (wanted.has('engine.steps_per_s_plain')) {
      const value = rounded(1000 / (await costOfFew({ experiment, text: SMALL, syntax })).wall);
      yield { name: 'engine.steps_per_s_plain', value, unit: 'steps/s' };
    }
    if (wanted.has('engine.steps_per_s_default_example')) {
      const text = readFileSync(new URL('../../examples/circle-packing/seed.js', import.meta.url), 'utf8');
      const value = rounded(1000 / (await costOfFew({ experiment, text, syntax })).wall);
      yield { name: 'engine.steps_per_s_default_example', value, unit: 'steps/s' };
    }
    const long = ['engine.cost_ratio_100k_vs_1k', 'engine.heap_bytes_per_program'].some((name) => wanted.has(name));
    if (long) {
      const before = heap();
      const starts = Array.from({ length: WINDOWS }, (_, i) => MANY + i * WINDOW);
      const { costs, state } = await run(1, whole, starts);
      if (wanted.has('engine.cost_ratio_100k_vs_1k')) {
        yield {
          name: 'engine.cost_ratio_100k_vs_1k',
          value: rounded(median(costs.map(({ cpu }) => cpu)) / few.cpu),
          unit: 'ratio',
        };
      }
      if (wanted.has('engine.heap_bytes_per_program')) {
        const value = (heap() - before) / state.programs.length;
        yield { name: 'engine.heap_bytes_per_program', value: rounded(value), unit: 'bytes' };
      }
    }
    if (wanted.has('engine.resume_100k_ms')) {
      const kept = { ...whole, keep: true };
      const { log } = await run(1, kept, [MANY - WINDOW]);
      yield { name: 'engine.resume_100k_ms', value: rounded(await resumeTime(log, kept)), unit: 'ms' };
    }
  },
};

function times(): Cost {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1000, wall: performance.now() };
}

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('engine figures need node --expose-gc');
  void globalThis.gc();
}
