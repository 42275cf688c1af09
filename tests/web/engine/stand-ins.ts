/** Ports for engine tests: a score that is a function of the text, delays that are a function of chance. */
import { setTimeout } from 'node:timers/promises';
import { canonicalLog as canonicalEvents, type RunEvent } from '../../../web/engine/events.ts';
import type { Experiment, Strategy } from '../../../web/engine/experiment.ts';
import { DEFAULT_BUDGET, DEFAULT_LIMITS, DEFAULT_STRATEGY } from '../../../web/engine/defaults.ts';
import type { Operator } from '../../../web/engine/operators/operator.ts';
import type { LanguageModel } from '../../../web/engine/models/model.ts';
import type { Embedder } from '../../../web/engine/novelty/remote.ts';
import type { Clock, EvaluationOutcome, EvaluationPort, Ports } from '../../../web/engine/ports.ts';
import type { Evaluation } from '../../../web/engine/program.ts';
import { createRun, type Run, type RunOptions } from '../../../web/engine/run.ts';
import type { Syntax } from '../../../web/engine/syntax/tree.ts';
import { loadSyntax } from '../../../web/syntax/load.ts';

let syntax: Syntax | null = null;

export async function realSyntax(): Promise<Syntax> {
  syntax ??= await loadSyntax(['javascript', 'typescript']);
  return syntax;
}

export function evaluation(fitness: number | null, rest: Partial<Evaluation> = {}): Evaluation {
  return {
    fitness,
    correct: fitness !== null,
    metrics: fitness === null ? {} : { score: fitness },
    hidden: {},
    feedback: '',
    features: {},
    scores: {},
    artifacts: {},
    fuel: 1,
    ...rest,
  };
}

/** Settings by what differs from the defaults; `inspirations` by their number. */
export type StrategyPart = Partial<Omit<Strategy, 'islands' | 'archive' | 'inspirations' | 'models'>> & {
  readonly islands?: Partial<Strategy['islands']>;
  readonly archive?: Strategy['archive'] | { readonly size: number };
  readonly inspirations?: Strategy['inspirations'] | number;
  readonly models?: Partial<Strategy['models']>;
};

export function strategyOf(part: StrategyPart): Strategy {
  const d = DEFAULT_STRATEGY;
  const { islands, archive, inspirations, models, ...rest } = part;
  return {
    ...d,
    operators: { walk: 1 },
    ...rest,
    islands: { ...d.islands, ...islands },
    archive: archive && 'type' in archive ? archive : ({ ...d.archive, ...archive } as Strategy['archive']),
    inspirations:
      typeof inspirations === 'number' ? { ...d.inspirations, count: inspirations } : (inspirations ?? d.inspirations),
    models: { ...d.models, ...models },
  };
}

export function experiment(strategy: StrategyPart = {}, rest: Partial<Experiment> = {}): Experiment {
  return {
    v: 1,
    name: 'stand-in',
    title: 'Stand-in',
    summary: '',
    language: 'javascript',
    files: { 'seed.js': 'export const a = 1;\n' },
    entry: 'seed.js',
    evaluator: { files: { 'evaluator.js': 'export const evaluate = () => ({});\n' }, entry: 'evaluator.js' },
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
    strategy: strategyOf(strategy),
    budget: { ...DEFAULT_BUDGET, evaluations: 60 },
    ...rest,
  };
}

/** Changes the number in the seed: up or down, sometimes to a text that does not parse. */
export const walk: Operator = {
  id: 'walk',
  applies: () => true,
  propose({ parent, random }) {
    const text = parent.files['seed.js'] as string;
    const number = /-?\d+/.exec(text)?.[0] ?? '0';
    const start = text.indexOf(number);
    const value = Number(number) + random.below(40) - 18;
    const bad = random.next() < 0.1;
    const edit = { file: 'seed.js', start, end: start + number.length, text: bad ? '= =' : String(value) };
    return random.next() < 0.05
      ? { type: 'none', reason: 'no idea' }
      : { type: 'edits', edits: [edit], note: `${number} → ${value}` };
  },
};

export function numberIn(text: string): number {
  return Number(/-?\d+/.exec(text)?.[0] ?? 'NaN');
}

export type Score = (value: number) => EvaluationOutcome;

/** Rough, with ties, failures and negative values. */
export const bumpy: Score = (value) => {
  if (value % 17 === 0) return { type: 'failed', status: 'crashed', reason: 'unlucky', milliseconds: 0 };
  if (value % 13 === 0) return { type: 'scored', evaluation: evaluation(null, { feedback: 'wrong' }), milliseconds: 0 };
  return {
    type: 'scored',
    evaluation: evaluation(Math.round(-Math.abs(value - 400) / 7), { fuel: Math.abs(value) }),
    milliseconds: 0,
  };
};

export interface StandIn {
  readonly port: EvaluationPort;
  /** Candidates opened so far. */
  opened: number;
  alive: number;
}

/** `delay` in ms per evaluation; 0 keeps to microtasks. */
export function standIn(score: Score, delay: () => number = () => 0): StandIn {
  const standIn: StandIn = {
    opened: 0,
    alive: 0,
    port: {
      open(candidate) {
        standIn.opened++;
        standIn.alive++;
        const value = numberIn(candidate.files['seed.js'] ?? '');
        return Promise.resolve({
          type: 'ok',
          session: {
            async evaluate(requests) {
              const ms = delay();
              if (ms > 0) await setTimeout(ms);
              return requests.map(() => score(value));
            },
            close() {
              standIn.alive--;
            },
          },
        });
      },
    },
  };
  return standIn;
}

export const clock: Clock = {
  now: () => performance.now(),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  after: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => {}),
};

export interface Harness {
  readonly run: Run;
  readonly log: RunEvent[];
  readonly standIn: StandIn;
}

export async function harness(
  options: Partial<RunOptions> & {
    score?: Score;
    delay?: () => number;
    log?: readonly RunEvent[];
    models?: LanguageModel;
    embedder?: Embedder;
  } = {},
): Promise<Harness> {
  const log: RunEvent[] = [...(options.log ?? [])];
  const evaluations = standIn(options.score ?? bumpy, options.delay);
  const ports: Ports = {
    evaluations: evaluations.port,
    syntax: await realSyntax(),
    clock,
    ...(options.models ? { models: options.models } : {}),
    ...(options.embedder ? { embedder: options.embedder } : {}),
    emit: (event) => log.push(event),
  };
  const run = createRun({
    experiment: options.experiment ?? experiment(),
    seed: options.seed ?? 1,
    ports,
    operators: options.operators ?? [walk],
    ...(options.log ? { log: options.log } : {}),
    ...(options.results ? { results: options.results } : {}),
  });
  return { run, log, standIn: evaluations };
}

/** Runs to the end and gives the canonical log. */
export async function finish({ run, log }: Harness): Promise<string[]> {
  run.play();
  await run.finished;
  return canonicalLog(log);
}

export function canonicalLog(log: readonly RunEvent[]): string[] {
  return canonicalEvents(log).map((event) => JSON.stringify(event));
}
