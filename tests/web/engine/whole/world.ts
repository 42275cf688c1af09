/** All that a run needs from outside, in virtual time: evaluations and models that take as long as chance has it, fail, hang or throw. */
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../../web/engine/events.ts';
import type { Budget, Experiment } from '../../../../web/engine/experiment.ts';
import type { LanguageModel, ModelReply, ModelRequest } from '../../../../web/engine/models/model.ts';
import { ASKING_OPERATORS } from '../../../../web/engine/operators/index.ts';
import type { Operator } from '../../../../web/engine/operators/operator.ts';
import type { EvaluationOutcome, EvaluationPort, Ports } from '../../../../web/engine/ports.ts';
import { createRandom, type Random } from '../../../../web/engine/rng.ts';
import { createRun, type Run } from '../../../../web/engine/run.ts';
import type { FinishReason } from '../../../../web/engine/events.ts';
import type { Embedder } from '../../../../web/engine/novelty/remote.ts';
import { scriptedEmbedder } from '../scripted-embedder.ts';
import { ROUGH_RATES, scriptedModel, type ReplyKind } from '../scripted-model.ts';
import { evaluation, experiment, numberIn, realSyntax, type StrategyPart } from '../stand-ins.ts';
import { VirtualTime } from './virtual-time.ts';

/** Small steps mostly, at times anywhere, seldom nothing or what does not parse: few duplicates, so that runs do not starve. */
const wander: Operator = {
  // A name that experiments may use, so that logs can be read back.
  id: 'mutate',
  applies: () => true,
  propose({ parent, random }) {
    const text = parent.files['seed.js'] ?? '';
    const found = /-?\d+/.exec(text);
    if (!found || random.next() < 0.03) return { type: 'none', reason: 'no idea' };
    const value = random.next() < 0.6 ? Number(found[0]) + random.below(120) - 55 : random.below(1_500);
    const edit = {
      file: 'seed.js',
      start: found.index,
      end: found.index + found[0].length,
      text: random.next() < 0.04 ? '= =' : String(value),
    };
    return { type: 'edits', edits: [edit], note: `${found[0]} → ${value}` };
  },
};

export const OPERATORS: readonly Operator[] = [...ASKING_OPERATORS, wander];

export interface Setup {
  readonly strategy: StrategyPart;
  readonly budget?: Partial<Budget>;
  readonly seed: number;
  /** Keys all delays; the same run under another one takes its time elsewhere. null: nothing takes any time. */
  readonly timing?: number | null;
  /** Share of model calls that fail, and what they say of asking again. */
  readonly failures?: { readonly rate: number; readonly retryAfter: number | null };
  readonly rates?: Partial<Record<ReplyKind, number>>;
  readonly log?: readonly RunEvent[];
  readonly experiment?: Experiment;
  /** Stands for the scripted model. */
  readonly models?: LanguageModel | null;
  readonly evaluations?: EvaluationPort;
}

export interface World {
  readonly run: Run;
  readonly log: RunEvent[];
  readonly time: VirtualTime;
  /** What models were asked, in the order of asking, then what was asked of the service of vectors. */
  readonly requests: readonly Pick<ModelRequest, 'key'>[];
  /** Plays to the end. */
  finish(): Promise<FinishReason>;
}

export function experimentOf({ strategy, budget, experiment: given }: Setup): Experiment {
  return given ?? experiment(strategy, { budget: { ...DEFAULT_BUDGET, evaluations: 30, ...budget } });
}

export async function openWorld(setup: Setup): Promise<World> {
  const { seed, timing = null, log: before = [] } = setup;
  const time = new VirtualTime();
  const pause = createRandom(`pauses ${timing}`);
  const delays = (longest: number): number =>
    timing === null || pause.next() < 0.5 ? 0 : 1 + pause.below(pause.next() < 0.1 ? longest * 10 : longest);
  const scripted = scriptedModel({
    seed,
    rates: setup.rates ?? { ...ROUGH_RATES, huge: 0, oversized: 0.1, nested: 0.1, catastrophe: 0.1 },
    failures: setup.failures ?? { rate: 0.1, retryAfter: seed % 2 === 0 ? 7 : null },
    price: null,
  });
  const inTime: LanguageModel = {
    async complete(request, signal) {
      const wait = delays(200);
      if (wait > 0) await time.sleep(wait, signal);
      return severalOf(await scripted.complete(request, signal));
    },
  };
  const models = setup.models === undefined ? inTime : setup.models;
  const service = scriptedEmbedder({ seed, faults: 0.3 });
  const embedder: Embedder = {
    async embed(request, signal) {
      const wait = delays(100);
      if (wait > 0) await time.sleep(wait, signal);
      return await service.embed(request, signal);
    },
  };
  const log: RunEvent[] = [...before];
  const ports: Ports = {
    evaluations: setup.evaluations ?? evaluationsIn(time, () => delays(30)),
    syntax: await realSyntax(),
    clock: time.clock,
    ...(models ? { models, embedder } : {}),
    emit: (event) => log.push(event),
  };
  const run = createRun({
    experiment: experimentOf(setup),
    seed,
    ports,
    operators: OPERATORS,
    ...(before.length > 0 ? { log: before } : {}),
  });
  return {
    ...{ run, log, time },
    get requests() {
      return [...scripted.requests, ...service.requests];
    },
    async finish() {
      run.play();
      return await time.until(run.finished);
    },
  };
}

/** A list where one recommendation was made: of one nothing is chosen. */
function severalOf(reply: ModelReply): ModelReply {
  if (reply.type === 'failed' || !reply.text.includes('<RECOMMENDATIONS>')) return reply;
  const list = ['1. take smaller steps', '2. look near four hundred', '3. look anywhere'].join('\n');
  return { ...reply, text: reply.text.replace(/(<RECOMMENDATIONS>\n)[^<]*/, `$1${list}\n`) };
}

function evaluationsIn(time: VirtualTime, delay: () => number): EvaluationPort {
  return {
    open: ({ files }) => {
      const value = numberIn(files['seed.js'] ?? '');
      return Promise.resolve({
        type: 'ok',
        session: {
          async evaluate(requests) {
            const wait = delay();
            if (wait > 0) await time.sleep(wait);
            return requests.map(({ seed, stage }) => rough(value, seed, stage));
          },
          close() {},
        },
      });
    },
  };
}

/** Rough, with ties, failures, noise by seed, features and scores by instance. */
export function rough(value: number, seed = 1, stage = 'full'): EvaluationOutcome {
  if (Number.isNaN(value)) return { type: 'failed', status: 'build-failed', reason: 'no number', milliseconds: 0 };
  if (value % 17 === 0) return { type: 'failed', status: 'crashed', reason: 'unlucky', milliseconds: 0 };
  if (value % 13 === 0) return { type: 'scored', evaluation: evaluation(null, { feedback: 'wrong' }), milliseconds: 0 };
  const noise = stage === 'smoke' ? 3 : (Math.imul(value, seed) & 3) - 1;
  const fitness = Math.round(-Math.abs(value - 400) / 7) + noise;
  const scores = { low: -Math.abs(value - 100), high: -Math.abs(value - 700) };
  const features = { size: Math.abs(value) % 50 };
  return {
    type: 'scored',
    evaluation: evaluation(fitness, { fuel: Math.abs(value), scores, features, feedback: `it is ${value}` }),
    milliseconds: 0,
  };
}

/** Plays on from a log. */
export function goOn(setup: Setup, log: readonly RunEvent[], timing: number | null): Promise<World> {
  return openWorld({ ...setup, log, timing });
}

export function randomOf(label: string | number): Random {
  return createRandom(label);
}
