/** Whole runs that take their vectors from a service. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { Evaluated, Replied, RunEvent } from '../../../../web/engine/events.ts';
import type { Budget, Experiment } from '../../../../web/engine/experiment.ts';
import { readLog, writeLog } from '../../../../web/engine/log.ts';
import { ledgerOf } from '../../../../web/engine/models/ledger.ts';
import { NO_USAGE } from '../../../../web/engine/models/model.ts';
import type { Embedder } from '../../../../web/engine/novelty/remote.ts';
import type { Operator } from '../../../../web/engine/operators/operator.ts';
import { readVector } from '../../../../web/engine/novelty/vector-text.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { scriptedEmbedder, type ScriptedEmbedder, type ScriptedEmbedderOptions } from '../scripted-embedder.ts';
import {
  canonicalLog,
  clock,
  experiment,
  finish,
  harness,
  numberIn,
  realSyntax,
  walk,
  type Harness,
  type StrategyPart,
} from '../stand-ins.ts';

const operators = [{ ...walk, id: 'mutate' }];
const PRICES = { v: { input: 100, output: 0 }, w: { input: 100, output: 0 } };

/** Numbers of the same ten are the same to this service, all others are nothing alike. */
const tens = (text: string): Float32Array => {
  const vector = new Float32Array(128);
  vector[Math.abs(Math.floor(numberIn(text) / 10)) % 128] = 1;
  return vector;
};

function remote(more: StrategyPart = {}, budget: Partial<Budget> = {}, model: string | null = 'v'): Experiment {
  const novelty = { vectors: 'remote', threshold: 0.99, judge: null, model } as const;
  const strategy: StrategyPart = { operators: { mutate: 1 }, novelty, models: { prices: PRICES }, ...more };
  return experiment(strategy, { budget: { ...DEFAULT_BUDGET, evaluations: 30, ...budget } });
}

interface Setup {
  readonly experiment?: Experiment;
  readonly service?: Embedder;
  readonly log?: readonly RunEvent[];
}

function open({ experiment = remote(), service = scriptedEmbedder({ vector: tens }), log }: Setup): Promise<Harness> {
  return harness({ experiment, embedder: service, operators, ...(log ? { log } : {}) });
}

const of = (options: ScriptedEmbedderOptions): ScriptedEmbedder => scriptedEmbedder({ vector: tens, ...options });
const asked = (log: readonly RunEvent[]): Replied[] => log.filter((event) => event.type === 'replied');
const results = (log: readonly RunEvent[]): Evaluated[] => log.filter((event) => event.type === 'evaluated');

describe('a run with vectors of a service', () => {
  it('turns away what the service finds alike, and keeps every vector and what it cost in its log', async () => {
    const service = of({});
    const run = await open({ service, experiment: remote({ attempts: 1, lookAhead: 1 }) });
    await finish(run);
    const turned = results(run.log).filter(({ status }) => status === 'not-novel');
    expect(turned.length).toBeGreaterThan(0);
    for (const { nearest, reason } of turned) {
      expect(reason).toBe(`its text is 100.00 % like program ${nearest?.program}`);
    }
    // A text that was evaluated came by with a vector: all but the seed, which nobody compares.
    const passed = results(run.log).filter(({ change, job }) => change !== null && job > 0);
    expect(passed.length).toBeGreaterThan(10);
    for (const { vector } of passed) expect(readVector(vector ?? '')).toMatchObject({ by: 'v' });
    const calls = asked(run.log);
    expect(calls.every(({ purpose, model, reply }) => [purpose, model, reply.type].join() === 'embed,v,replied')).toBe(
      true,
    );
    expect(calls).toHaveLength(service.requests.length);
    const { purposes, total } = ledgerOf(run.run.state.ledger.values());
    expect([...purposes.keys()]).toEqual(['embed']);
    const { spent } = run.run.state;
    expect(spent).toEqual({ calls: calls.length, tokens: total.tokens, dollars: total.dollars });
    expect(total.dollars).toBeCloseTo(calls.reduce((sum, { reply }) => sum + reply.usage.input, 0) * 1e-4, 9);
  });

  it('needs no service for a replay, survives its text, and asks nothing twice after a cut', async () => {
    const whole = await open({});
    const expected = await finish(whole);
    expect(await replay(whole.log, { syntax: await realSyntax(), clock, operators })).toMatchObject({ type: 'same' });
    const read = readLog(writeLog(whole.log));
    expect(read.type === 'ok' && read.events).toEqual(JSON.parse(JSON.stringify(whole.log)));
    for (let cut = 3; cut < whole.log.length; cut += 17) {
      const service = of({});
      const log = whole.log.slice(0, cut);
      expect(await finish(await open({ service, log }))).toEqual(expected);
      expect(service.requests.length).toBe(asked(whole.log).length - asked(log).length);
    }
  });

  it('compares with the seed, which has no vector, by local ones', async () => {
    const same: Operator = {
      ...{ ...walk, id: 'mutate' },
      propose: () => ({ type: 'edits', edits: [LITTLE], note: 'little' }),
    };
    const { run, log } = await harness({
      experiment: { ...remote({ attempts: 1 }), files: { 'seed.js': LONG } },
      embedder: of({ vector: (text) => Float32Array.of(text.length, 1) }),
      operators: [same],
    });
    while (results(log).length < 2) await run.step();
    run.stop();
    expect(results(log)[1]).toMatchObject({ status: 'not-novel', nearest: { program: 0 } });
  });

  it('does not compare vectors of two models', async () => {
    const all = (): Float32Array => Float32Array.of(1, 2, 3);
    const { run, log } = await harness({ experiment: remote(), embedder: of({ vector: all }), operators });
    while (results(log).filter(({ status }) => status === 'correct').length < 2) await run.step();
    const { strategy } = run.state.experiment as Experiment;
    const changed = run.command({
      type: 'strategy',
      strategy: { ...strategy, novelty: { ...strategy.novelty, model: 'w' } },
    });
    expect(changed.type).toBe('ok');
    const before = log.length;
    const byOther = (): Evaluated[] =>
      results(log.slice(before)).filter(
        ({ vector, status }) => status === 'correct' && readVector(vector ?? '')?.by === 'w',
      );
    while (byOther().length === 0) await run.step();
    run.stop();
  });
});

const LONG = Array.from({ length: 80 }, (_, i) => `export const a${i + 1} = (x) => x * ${i} + ${i * i};\n`).join('');
/** Another number: another hash, and next to nothing else. */
const LITTLE = { file: 'seed.js', start: LONG.indexOf('0 + 0'), end: LONG.indexOf('0 + 0') + 1, text: '7' };

describe('where the service gives none', () => {
  const failing = (reason: string): ScriptedEmbedder => {
    const service = of({});
    const embed: Embedder['embed'] = (request, signal) => {
      void service.embed(request, signal);
      return Promise.resolve({ type: 'failed', reason, usage: NO_USAGE, dollars: 0 });
    };
    return { ...service, embed };
  };

  it('the run goes on with local vectors, says so, and leaves the service alone for a while', async () => {
    const service = failing('it is down');
    const run = await open({ service });
    await finish(run);
    expect(run.log.at(-1)).toMatchObject({ type: 'run-finished', reason: 'evaluations' });
    const made = results(run.log).filter(({ job, change }) => job > 0 && change !== null);
    expect(made.length).toBeGreaterThan(10);
    expect(made.every(({ vector }) => vector === null)).toBe(true);
    for (const { note } of made) expect(note).toMatch(/; compared by local vectors: (it is down|no call is left .*)$/);
    expect(made.some(({ nearest }) => nearest !== null)).toBe(true);
    expect(asked(run.log).every(({ reply }) => reply.type === 'failed' && reply.reason === 'it is down')).toBe(true);
    // Three jobs in a row, and those that were in flight with them; then a probe now and then.
    expect(service.requests.length).toBeLessThan(made.length);
  });

  it('and comes back when the service does', async () => {
    let down = true;
    const service = of({});
    const embed: Embedder['embed'] = (request, signal) =>
      down
        ? Promise.resolve({ type: 'failed', reason: 'it is down', usage: NO_USAGE, dollars: 0 })
        : service.embed(request, signal);
    const { run, log } = await open({ service: { embed }, experiment: remote({}, { evaluations: 200 }) });
    while (asked(log).length < 6) await run.step();
    down = false;
    run.play();
    await run.finished;
    expect(asked(log).at(-1)?.reply.type).toBe('replied');
    expect(results(log).at(-1)?.vector).not.toBe(null);
  });

  it.each([
    ['too few', () => []],
    ['too many', () => [Float32Array.of(1), Float32Array.of(1)]],
    ['NaN', () => [Float32Array.of(NaN, 1)]],
    ['huge ones', () => [new Float32Array(50_000).fill(1)]],
    ['none at all', () => 7],
  ])('but %s, it is paid for, and nothing of it is used', async (_, vectors) => {
    const usage = { ...NO_USAGE, input: 4 };
    const embed = () => Promise.resolve({ type: 'embedded', vectors: vectors(), usage, dollars: 0.001 });
    const run = await open({ service: { embed } as unknown as Embedder });
    await finish(run);
    const calls = asked(run.log);
    expect(calls.length).toBeGreaterThan(2);
    expect(calls.every(({ reply, dollars }) => reply.type === 'failed' && dollars === 0.001)).toBe(true);
    expect(run.run.state.spent.dollars).toBeCloseTo(calls.length * 0.001, 9);
    expect(results(run.log).every(({ vector }) => vector === null)).toBe(true);
    expect(run.log.at(-1)).toMatchObject({ reason: 'evaluations' });
  });

  it('of one length, those of another are compared by local vectors', async () => {
    let calls = 0;
    const grows = (): Float32Array => new Float32Array(2 + calls++).fill(1);
    const run = await open({ service: of({ vector: grows }) });
    await finish(run);
    // To the service every text is like every other, but never two vectors are of one length.
    expect(results(run.log).filter(({ status }) => status === 'correct').length).toBeGreaterThan(10);
    expect(await replay(run.log, { syntax: await realSyntax(), clock, operators })).toMatchObject({ type: 'same' });
  });

  it.each([
    ['no model is named', remote({}, {}, null), of({})],
    ['no model is connected', remote(), undefined],
  ])('%s: the run goes on without', async (reason, experiment, service) => {
    const run = await harness({ experiment, operators, ...(service ? { embedder: service } : {}) });
    await finish(run);
    const made = results(run.log).filter(({ job, change }) => job > 0 && change !== null);
    for (const { note } of made) expect(note).toContain(reason === 'no model is named' ? 'is named' : reason);
    expect(asked(run.log)).toEqual([]);
    expect(service?.requests ?? []).toEqual([]);
    expect(canonicalLog(run.log).length).toBeGreaterThan(60);
  });
});

describe('the budget', () => {
  // A text of a dozen bytes may have as many tokens; 24,036 are set aside for one.
  it.each([
    ['dollars', { dollars: 3 }],
    ['calls', { calls: 7 }],
    ['tokens', { tokens: 60_000 }],
    ['a soft cap', { soft: { calls: 5, tokens: null, dollars: null } }],
  ])('in %s is not passed, and the run goes on with local vectors', async (_, budget) => {
    const run = await open({ experiment: remote({}, budget) });
    await finish(run);
    expect(run.log.at(-1)).toMatchObject({ type: 'run-finished', reason: 'evaluations' });
    const { spent } = run.run.state;
    for (const key of ['calls', 'tokens', 'dollars'] as const) {
      expect(spent[key]).toBeLessThanOrEqual((budget as Partial<Budget>)[key] ?? Infinity);
    }
    expect(spent.calls).toBeGreaterThan(0);
    const [first, last] = [results(run.log)[1], results(run.log).at(-1)];
    expect(first?.vector).not.toBe(null);
    if ('calls' in budget || 'soft' in budget) expect(last?.vector).toBe(null);
  });

  it('in dollars asks no service whose price nobody knows', async () => {
    const service = of({});
    const run = await open({ service, experiment: remote({ models: { prices: {} } }, { dollars: 5 }) });
    await finish(run);
    expect(service.requests).toEqual([]);
    expect(run.run.state.spent).toEqual({ calls: 0, tokens: 0, dollars: 0 });
  });
});
