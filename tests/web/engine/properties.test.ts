import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { Budget } from '../../../web/engine/experiment.ts';
import { forkLog } from '../../../web/engine/fork.ts';
import { readLog, writeLog } from '../../../web/engine/log.ts';
import { ASKING_OPERATORS } from '../../../web/engine/operators/index.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { replay } from '../../../web/engine/replay.ts';
import { createRandom } from '../../../web/engine/rng.ts';
import { emptyState } from '../../../web/engine/state.ts';
import { scriptedEmbedder, type ScriptedEmbedder } from './scripted-embedder.ts';
import { ROUGH_RATES, scriptedModel, type ScriptedModel } from './scripted-model.ts';
import { allAlike, lessAlike, modelStrategies, strategies } from './settings.ts';
import {
  canonicalLog,
  clock,
  evaluation,
  experiment,
  finish,
  harness,
  realSyntax,
  walk,
  type Harness,
  type Score,
  type StrategyPart,
} from './stand-ins.ts';

/** Rough, with ties, failures, features and scores by instance. */
const rough: Score = (value) => {
  if (value % 17 === 0) return { type: 'failed', status: 'crashed', reason: 'unlucky', milliseconds: 0 };
  if (value % 13 === 0) return { type: 'scored', evaluation: evaluation(null, { feedback: 'wrong' }), milliseconds: 0 };
  const fitness = Math.round(-Math.abs(value - 400) / 7);
  const scores = { low: -Math.abs(value - 100), high: -Math.abs(value - 700) };
  const features = { size: Math.abs(value) % 50 };
  return {
    type: 'scored',
    evaluation: evaluation(fitness, { fuel: Math.abs(value), scores, features }),
    milliseconds: 0,
  };
};

function jitter(seed: number): () => number {
  const random = createRandom(seed);
  return () => (random.next() < 0.8 ? 0 : 1);
}

function model(seed: number, slow: boolean): ScriptedModel {
  const random = createRandom(`slow ${seed}`);
  return scriptedModel({
    seed,
    rates: { ...ROUGH_RATES, huge: 0 },
    failures: { rate: 0.1, retryAfter: seed % 2 === 0 ? 1 : null },
    price: null,
    ...(slow ? { delay: () => random.below(3) } : {}),
  });
}

/** The walk stands under a name that experiments may use, so that logs can be read back. */
const operators = [...ASKING_OPERATORS, { ...walk, id: 'mutate' }];

interface Setup {
  readonly strategy: StrategyPart;
  readonly budget: Partial<Budget>;
  readonly seed: number;
  readonly slow?: boolean;
  readonly log?: readonly RunEvent[];
}

async function open({
  strategy,
  budget,
  seed,
  slow = false,
  log,
}: Setup): Promise<Harness & { models: ScriptedModel; embedder: ScriptedEmbedder }> {
  const models = model(seed, slow);
  const embedder = scriptedEmbedder({ seed, faults: 0.3, ...(slow ? { delay: jitter(seed) } : {}) });
  const opened = await harness({
    experiment: experiment(strategy, { budget: { ...DEFAULT_BUDGET, ...budget } }),
    seed,
    models,
    embedder,
    operators,
    score: rough,
    ...(slow ? { delay: jitter(seed) } : {}),
    ...(log ? { log } : {}),
  });
  return { ...opened, models, embedder };
}

/** A program of one line whose number changes is soon like all others, and 2,000 proposals on the run ends: that is a test of its own. */
const lively = strategies.map(lessAlike);
const offline = { operators: { mutate: 1 } };
/** `PROPERTY_SCALE=10` runs ten times as many experiments, others than those of every day. */
const scale = Number(process.env['PROPERTY_SCALE'] ?? 1);
const runs = (numRuns: number, seed: number) => ({ numRuns: numRuns * scale, seed: seed + 100 * (scale - 1) });

const seeds = fc.integer({ min: 0, max: 1e6 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

it.each([
  ['ordered runs without models', lively, runs(100, 7), 'evaluations'],
  ['ordered runs that find nothing more to do', strategies.map(allAlike), runs(4, 7), 'nothing-to-do'],
])(
  '%s: one log for any timing, any cut resumes to it, replay and text repeat it',
  async (_what, drawn, trials, end) => {
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        drawn,
        fc.integer({ min: 1, max: 40 }),
        seeds,
        share,
        async (strategy, evaluations, seed, at) => {
          const setup = { strategy: { ...strategy, ...offline }, budget: { evaluations }, seed };
          const whole = await open(setup);
          const expected = await finish(whole);
          ends.add(whole.run.state.finished ?? '');
          expect(await finish(await open({ ...setup, slow: true }))).toEqual(expected);
          const cut = 1 + Math.floor(at * (whole.log.length - 1));
          expect(await finish(await open({ ...setup, slow: true, log: whole.log.slice(0, cut) }))).toEqual(expected);
          checkInvariants(whole.log, { evaluations });
          await checkText(whole.log);
        },
      ),
      trials,
    );
    expect([...ends]).toContain(end);
  },
  240_000 * scale,
);

it(
  'throughput runs: every job once, caps hold, any cut goes on to the end, replay repeats the log',
  async () => {
    await fc.assert(
      fc.asyncProperty(lively, fc.integer({ min: 1, max: 30 }), seeds, async (strategy, evaluations, seed) => {
        const setup = {
          strategy: { ...strategy, ...offline, mode: 'throughput' as const },
          budget: { evaluations },
          seed,
        };
        const whole = await open({ ...setup, slow: true });
        await finish(whole);
        checkInvariants(whole.log, { evaluations });
        expect(await replay(whole.log, { syntax: await realSyntax(), clock, operators })).toMatchObject({
          type: 'same',
        });
        const cut = 1 + (seed % whole.log.length);
        const resumed = await open({ ...setup, log: whole.log.slice(0, cut) });
        await finish(resumed);
        checkInvariants(resumed.log, { evaluations });
      }),
      runs(60, 8),
    );
  },
  240_000 * scale,
);

it(
  'ordered runs with models: one log for any timing, a cut pays nothing twice, caps in money hold',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        modelStrategies,
        fc.record({
          evaluations: fc.integer({ min: 5, max: 30 }),
          calls: fc.constantFrom(null, 3, 20),
          tokens: fc.constantFrom(null, 60_000, 600_000),
          dollars: fc.constantFrom(null, 0.05, 0.5),
        }),
        seeds,
        share,
        async (strategy, budget, seed, at) => {
          const setup = { strategy, budget, seed };
          const whole = await open(setup);
          const expected = await finish(whole);
          checkInvariants(whole.log, budget);
          expect(await finish(await open({ ...setup, slow: true }))).toEqual(expected);
          const cut = 1 + Math.floor(at * (whole.log.length - 1));
          const prefix = whole.log.slice(0, cut);
          const resumed = await open({ ...setup, slow: true, log: prefix });
          expect(await finish(resumed)).toEqual(expected);
          // What the prefix holds was paid: nobody is asked for it again.
          const paid = prefix.flatMap((event) => (event.type === 'replied' ? [`${event.job}/${event.call}`] : []));
          const keys = ({ models, embedder }: typeof whole): string[] =>
            [...models.requests, ...embedder.requests].map(({ key }) => key.split('/').slice(1, 3).join('/'));
          const asked = keys(resumed);
          expect(asked.filter((key) => paid.includes(key))).toEqual([]);
          expect(paid.length + asked.length).toBe(keys(whole).length);
          await checkText(whole.log);
          const choices = seed % 2 === 0 ? 'check' : 'read';
          expect(await replay(whole.log, { syntax: await realSyntax(), clock, operators, choices })).toMatchObject({
            type: 'same',
          });
        },
      ),
      runs(40, 9),
    );
  },
  240_000 * scale,
);

it(
  'a fork shares the prefix, goes its own way, and can itself be cut and replayed',
  async () => {
    await fc.assert(
      fc.asyncProperty(lively, seeds, share, async (strategy, seed, at) => {
        const setup = { strategy: { ...strategy, ...offline }, budget: { evaluations: 25 }, seed };
        const whole = await open(setup);
        await finish(whole);
        const event = Math.floor(at * (whole.log.length - 1));
        const prefix = forkLog(whole.log, event, seed + 1);
        expect(prefix.slice(0, -1)).toEqual(whole.log.slice(0, prefix.length - 1));
        const forked = await open({ ...setup, log: prefix });
        const expected = await finish(forked);
        expect(canonicalLog(forked.log.slice(0, prefix.length))).toEqual(canonicalLog(prefix));
        checkInvariants(forked.log, { evaluations: 25 });
        const cut = prefix.length + (seed % (forked.log.length - prefix.length + 1));
        const again = await open({ ...setup, slow: true, log: forked.log.slice(0, cut) });
        expect(await finish(again)).toEqual(expected);
        expect(await replay(forked.log, { syntax: await realSyntax(), clock, operators })).toMatchObject({
          type: 'same',
        });
      }),
      runs(40, 10),
    );
  },
  240_000 * scale,
);

/** Every job once, no cap passed at any moment, every decision with its probability, nobody banned, everything in its place. */
function checkInvariants(
  log: readonly RunEvent[],
  caps: Partial<Record<'evaluations' | 'calls' | 'tokens' | 'dollars', number | null>>,
): void {
  const state = emptyState();
  const results = new Set<number>();
  for (const event of log) {
    reduce(state, event);
    if (event.type === 'evaluated' || event.type === 'remembered' || event.type === 'prompt-written') {
      if (results.has(event.job)) throw new Error(`job ${event.job} came to two results`);
      results.add(event.job);
    }
    if (event.type === 'issued' && event.kind === 'program' && event.job > 0 && event.operator !== 'none') {
      if (!event.choices.some(({ choice }) => choice === 'operator')) throw new Error(`job ${event.job}: no operator`);
      for (const { propensity, top, among } of event.choices) {
        const sum = top.reduce((all, [, probability]) => all + probability, 0);
        const right = propensity > 0 && propensity <= 1 && top.length <= Math.min(8, among) && sum <= 1 + 1e-9;
        if (!right) throw new Error(`job ${event.job}: ${JSON.stringify({ propensity, among, sum, top })}`);
      }
    }
    if (event.type === 'added') {
      expect(state.reserved).toBeGreaterThanOrEqual(0);
      if (caps.evaluations != null) expect(state.evaluations + state.reserved).toBeLessThanOrEqual(caps.evaluations);
      for (const key of ['calls', 'tokens', 'dollars'] as const) {
        const cap = caps[key];
        if (cap != null) expect(state.spent[key] + state.held[key]).toBeLessThanOrEqual(cap + 1e-9);
      }
    }
  }
  expect(log.at(-1)?.type).toBe('run-finished');
  if (state.inFlight.size === 0) {
    expect(state.reserved).toBe(0);
    expect(state.held).toEqual({ calls: 0, tokens: 0, dollars: 0 });
  }
  for (const island of state.islands) {
    expect(new Set(island.archive).size).toBe(island.archive.length);
    if (island.alive) expect(state.best === null || island.archive.length > 0).toBe(true);
    else expect(island.archive).toEqual([]);
  }
}

/** A log survives its text: every event is taken by the reader, and comes out as it went in. */
async function checkText(log: readonly RunEvent[]): Promise<void> {
  const read = readLog(writeLog(log));
  if (read.type === 'failed') throw new Error(`line ${read.line}: ${read.reason}`);
  expect(read.events).toEqual(JSON.parse(JSON.stringify(log)));
}
