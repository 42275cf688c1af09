/**
 * The engine alone, in Node: an evaluator that costs nothing and the operator that copies. Times are CPU times of the whole
 * process, collector threads included: what one core would take, whatever else the machine is doing.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_STRATEGY } from '../../web/engine/defaults.ts';
import type { RunEvent } from '../../web/engine/events.ts';
import type { Experiment } from '../../web/engine/experiment.ts';
import { copy } from '../../web/engine/operators/copy.ts';
import type { EvaluationPort } from '../../web/engine/ports.ts';
import { createRun } from '../../web/engine/run.ts';
import type { RunState } from '../../web/engine/state.ts';
import { loadSyntax } from '../../web/syntax/load.ts';
import { median, rounded, type Group } from './figure.ts';

const FEW = 1_000;
const MANY = 100_000;
/** Steps timed in one go, and how often; the median counts, for the machine does other things too. */
const WINDOW = 4_000;
const WINDOWS = 3;

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
      features: {},
      scores: {},
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

interface Measured {
  /** Milliseconds a step in each window that begins at one of the asked numbers of programs. */
  readonly costs: readonly number[];
  readonly state: RunState;
}

/** Runs until the last window is over, and no further. */
async function run(seed: number, text: string, starts: readonly number[]): Promise<Measured> {
  const costs: number[] = [];
  let began = 0;
  const emit = (event: RunEvent) => {
    if (event.type !== 'added') return;
    if (starts.includes(event.job - WINDOW)) costs.push((cpuMilliseconds() - began) / WINDOW);
    if (starts.includes(event.job)) {
      collect();
      began = cpuMilliseconds();
    }
  };
  const engine = createRun({
    experiment: {
      ...experiment,
      files: { 'seed.js': text },
      budget: { ...DEFAULT_BUDGET, evaluations: Math.max(...starts) + WINDOW + 1 },
    },
    seed,
    operators: [copy],
    ports: {
      evaluations,
      syntax: await loadSyntax(['javascript']),
      clock: {
        now: () => performance.now(),
        turn: () => new Promise((resolve) => setImmediate(resolve)),
        after: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => {}),
      },
      emit,
    },
  });
  engine.play();
  await engine.finished;
  return { costs, state: engine.state };
}

/** Median cost of the window after the first thousand programs, over runs of different seeds. */
async function costOfFew(text: string): Promise<number> {
  // Compiled code first, or the first run would pay for it.
  await run(0, text, [FEW]);
  const costs: number[] = [];
  for (let seed = 1; seed <= WINDOWS; seed++) costs.push(...(await run(seed, text, [FEW])).costs);
  return median(costs);
}

export const engine: Group = {
  figures: [
    { name: 'engine.steps_per_s', aim: '≥ 5000' },
    { name: 'engine.steps_per_s_default_example', aim: 'stated' },
    { name: 'engine.cost_ratio_100k_vs_1k', aim: '≤ 1.5' },
    { name: 'engine.heap_bytes_per_program', aim: 'stated' },
  ],
  needsBrowser: false,
  async *measure(wanted) {
    const few = await costOfFew(SMALL);
    if (wanted.has('engine.steps_per_s')) {
      yield { name: 'engine.steps_per_s', value: rounded(1000 / few), unit: 'steps/s' };
    }
    if (wanted.has('engine.steps_per_s_default_example')) {
      const seed = readFileSync(new URL('../../examples/circle-packing/seed.js', import.meta.url), 'utf8');
      const value = rounded(1000 / (await costOfFew(seed)));
      yield { name: 'engine.steps_per_s_default_example', value, unit: 'steps/s' };
    }
    if (!wanted.has('engine.cost_ratio_100k_vs_1k') && !wanted.has('engine.heap_bytes_per_program')) return;
    const before = heap();
    const starts = Array.from({ length: WINDOWS }, (_, i) => MANY + i * WINDOW);
    const { costs, state } = await run(1, SMALL, starts);
    if (wanted.has('engine.cost_ratio_100k_vs_1k')) {
      yield { name: 'engine.cost_ratio_100k_vs_1k', value: rounded(median(costs) / few), unit: 'ratio' };
    }
    if (wanted.has('engine.heap_bytes_per_program')) {
      const value = (heap() - before) / state.programs.length;
      yield { name: 'engine.heap_bytes_per_program', value: rounded(value), unit: 'bytes' };
    }
  },
};

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('engine figures need node --expose-gc');
  void globalThis.gc();
}
