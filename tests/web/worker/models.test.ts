/** Runs of the page that ask models: through a real relay, by endpoint, in the page, from a stored run. */
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import { canonicalLog } from '../../../web/engine/events.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { Budget, Experiment } from '../../../web/engine/experiment.ts';
import { readVector } from '../../../web/engine/novelty/vector-text.ts';
import { replay } from '../../../web/engine/replay.ts';
import { createRandom } from '../../../web/engine/rng.ts';
import { createRun } from '../../../web/engine/run.ts';
import type { ModelRequest } from '../../../web/engine/models/model.ts';
import type { Price } from '../../../web/engine/models/price.ts';
import type { ModelRoute } from '../../../web/models/source.ts';
import { openedRelay, type Opened } from '../../relay/open.ts';
import { STAND_IN_KEY } from '../../relay/llm/stand-in.ts';
import { bumpy, clock, experiment, realSyntax, standIn, type StrategyPart } from '../engine/stand-ins.ts';
import { scriptedModel, scriptedReply } from '../engine/scripted-model.ts';
import { value } from '../history/contract.ts';
import { small, Stage, stored } from './stage.ts';

const PRICE: Price = { input: 2, cached: 2, output: 10, written: null, long: null };

function asking(ensemble: Record<string, number>, budget: Partial<Budget> = {}, more: StrategyPart = {}): Experiment {
  const prices = Object.fromEntries(Object.keys(ensemble).map((name) => [name, { input: 2, output: 10 }]));
  const models = { ensemble, prices, promptTokens: 20_000, replyTokens: 1_000 };
  return experiment(
    { operators: { diff: 1 }, ...more, models },
    { budget: { ...DEFAULT_BUDGET, evaluations: 12, ...budget } },
  );
}

const PAGE: ModelRoute = {
  ...{ name: 'you', source: { type: 'page', model: 'you' }, model: 'you', price: null, purpose: 'text' },
};

const opened: Opened[] = [];
const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.desk.stop();
  for (const relay of opened.splice(0)) await relay.close();
});

async function stageOf(): Promise<Stage> {
  const stage = new Stage(await stored());
  stages.push(stage);
  return stage;
}

/** A relay over a provider that changes one number of the program it is shown; both keys are planted. */
async function relay(): Promise<{
  readonly relay: Opened;
  readonly token: string;
  readonly routes: readonly ModelRoute[];
}> {
  const made = await openedRelay({ config: { limits: { callsAtOnce: 64, requestsPerMinute: 100_000 } } });
  opened.push(made);
  let calls = 0;
  made.standIn.answer = (body) => {
    const messages = body['messages'] as ModelRequest['messages'];
    return scriptedReply('good', { messages }, createRandom(++calls)).text;
  };
  const { token } = await made.client();
  const through = { type: 'relay', base: made.base, token } as const;
  const direct = { type: 'endpoint', kind: 'compatible', base: `${made.standIn.url}/v1`, key: STAND_IN_KEY } as const;
  const text = { model: 'stand-in-large', purpose: 'text', price: PRICE } as const;
  const routes: ModelRoute[] = [
    { ...text, name: 'through', source: through },
    { ...text, name: 'direct', source: direct },
    { name: 'vectors', model: 'vectors', purpose: 'vectors', price: PRICE, source: through },
  ];
  return { relay: made, token, routes };
}

const ended = (stage: Stage): Promise<void> => stage.until(() => stage.last.activity === 'finished');
const replies = (log: readonly RunEvent[]) => log.flatMap((event) => (event.type === 'replied' ? [event] : []));

describe('a run that asks no model', () => {
  it('is what it would be where there were none to ask', async () => {
    const stage = await stageOf();
    const runId = await stage.start();
    await ended(stage);
    const log: RunEvent[] = [];
    const ports = { evaluations: standIn(bumpy).port, syntax: await realSyntax(), clock };
    const run = createRun({ experiment: small(), seed: 1, ports: { ...ports, emit: (event) => log.push(event) } });
    run.play();
    await run.finished;
    expect(canonicalLog(stage.log(runId))).toEqual(canonicalLog(log));
    expect(stage.told).toEqual([]);
  });
});

describe('a run that asks', () => {
  it('a model of the page gets its replies, and all of them are told', async () => {
    const stage = await stageOf();
    const model = scriptedModel();
    stage.askPage = async (_model, request, signal, said) => {
      const reply = await model.complete(request, signal);
      if (reply.type === 'replied') said(reply.text);
      return reply;
    };
    await stage.desk.useModels([PAGE]);
    const runId = await stage.start(asking({ you: 1 }));
    await ended(stage);
    const found = replies(stage.log(runId));
    expect(found.length).toBeGreaterThanOrEqual(11);
    expect(found.every(({ reply }) => reply.type === 'replied')).toBe(true);
    expect(stage.told.filter(({ type }) => type === 'asked')).toHaveLength(model.requests.length);
    expect(stage.told.filter(({ type }) => type === 'answered')).toHaveLength(model.requests.length);
    // The last part of a call's key is the hash by which the log knows what was asked.
    const hashes = new Set(model.requests.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)));
    for (const { request } of found) expect(hashes).toContain(request);
    expect(model.requests.every(({ key }) => key.startsWith(`${runId}/`))).toBe(true);
  });

  it('before anything is connected waits, and goes on once something is', async () => {
    const stage = await stageOf();
    stage.patience = 5;
    const model = scriptedModel();
    stage.askPage = (_model, request, signal) => model.complete(request, signal);
    const runId = await stage.start(asking({ you: 1 }));
    await stage.until(() => replies(stage.log(runId)).length >= 3);
    expect(replies(stage.log(runId)).every(({ reply }) => reply.type === 'failed' && reply.retryAfter !== null)).toBe(
      true,
    );
    await stage.desk.useModels([PAGE]);
    await ended(stage);
    expect(replies(stage.log(runId)).some(({ reply }) => reply.type === 'replied')).toBe(true);
    expect(stage.last.activity).toBe('finished');
  });

  it('a page whose reply has the wrong shape goes on without it', async () => {
    const stage = await stageOf();
    stage.patience = 5;
    let calls = 0;
    const model = scriptedModel();
    stage.askPage = (_model, request, signal) =>
      ++calls % 3 === 0 ? Promise.resolve({ type: 'replied', text: 17 }) : model.complete(request, signal);
    await stage.desk.useModels([PAGE]);
    const runId = await stage.start(asking({ you: 1 }));
    await ended(stage);
    const wrong = replies(stage.log(runId)).filter(({ reply }) => reply.type === 'failed');
    expect(wrong.length).toBeGreaterThan(0);
    for (const { reply } of wrong) expect(reply).toMatchObject({ usage: { input: 0, output: 0 }, dollars: 0 });
  });

  it('and is stopped lets go of its calls', async () => {
    const stage = await stageOf();
    const signals: AbortSignal[] = [];
    stage.askPage = (_model, _request, signal) => {
      signals.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
    };
    await stage.desk.useModels([PAGE]);
    await stage.start(asking({ you: 1 }));
    await expect.poll(() => signals.length).toBeGreaterThan(0);
    await stage.desk.stop();
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });
});

describe('a run through a relay and by endpoint', () => {
  it('gets no key and no token into its log, its messages or its store, and spends what both say', async () => {
    const { relay: at, token, routes } = await relay();
    const stage = await stageOf();
    stage.patience = 20;
    await stage.desk.useModels(routes);
    // Both misbehave as well.
    at.standIn.next({ type: 'status', status: 401, body: `{"error":{"message":"Bad key ${STAND_IN_KEY}"}}` });
    at.standIn.next({ type: 'cut', pieces: 1 }, { type: 'answer', text: `Your key is ${STAND_IN_KEY}.` });
    const runId = await stage.start(asking({ through: 1, direct: 1 }));
    await ended(stage);
    const log = stage.log(runId);
    const by = (name: string) => replies(log).filter(({ model, reply }) => model === name && reply.type === 'replied');
    expect(by('through').length).toBeGreaterThan(0);
    expect(by('direct').length).toBeGreaterThan(0);
    for (const { reply, dollars } of replies(log))
      expect([reply.dollars, (dollars ?? -1) >= 0]).toEqual([dollars, true]);
    const accounts = stage.told.flatMap((told) => (told.type === 'account' ? [told] : []));
    expect(accounts.length).toBeGreaterThan(0);
    const paid = by('through').reduce((sum, { dollars }) => sum + (dollars ?? 0), 0);
    expect(accounts.at(-1)?.account.spent.dollars).toBeGreaterThanOrEqual(paid * 0.999);
    const listed = await Promise.all(routes.map(({ source }) => stage.desk.listModels(source)));
    expect(listed.map(({ type }) => type)).toEqual(['ok', 'ok', 'ok']);
    const kept = await value(await stage.history.exportJsonl(runId)).text();
    const everything = JSON.stringify([stage.batches, stage.told, listed]) + kept;
    expect(everything.length).toBeGreaterThan(10_000);
    expect(everything).not.toContain(STAND_IN_KEY);
    expect(everything).not.toContain(token);
  });

  it('goes again from what is stored, for nothing and without a call', async () => {
    const { relay: at, routes } = await relay();
    const stage = await stageOf();
    await stage.desk.useModels(routes);
    const first = await stage.start(asking({ through: 1, direct: 1 }));
    await ended(stage);
    await stage.desk.stop();
    const calls = at.standIn.seen.length;
    const recorded = { type: 'recorded', runId: first } as const;
    await stage.desk.useModels(
      ['through', 'direct'].map((name) => ({ name, source: recorded, model: name, price: null, purpose: 'text' })),
    );
    const second = await stage.start(asking({ through: 1, direct: 1 }));
    await stage.until(() => stage.last.runId === second && stage.last.activity === 'finished');
    expect(at.standIn.seen).toHaveLength(calls);
    expect(replies(stage.log(second)).reduce((sum, { dollars }) => sum + (dollars ?? 1), 0)).toBe(0);
    const texts = (runId: string) =>
      replies(stage.log(runId)).map(({ job, call, reply }) => [job, call, reply.type === 'replied' && reply.text]);
    const inOrder = (list: ReturnType<typeof texts>) => list.map((each) => JSON.stringify(each)).sort();
    expect(inOrder(texts(second))).toEqual(inOrder(texts(first)));
    const results = (runId: string) =>
      stage.log(runId).flatMap((event) => (event.type === 'added' ? [[event.job, event.status]] : []));
    expect(results(second)).toEqual(results(first));
  });

  it('never passes its budget in dollars, and says that it is spent', async () => {
    const { relay: at, routes } = await relay();
    const stage = await stageOf();
    await stage.desk.useModels(routes);
    const runId = await stage.start(asking({ through: 1, direct: 1 }, { evaluations: null, dollars: 0.1 }));
    await ended(stage);
    const log = stage.log(runId);
    const spent = replies(log).reduce((sum, { dollars }) => sum + (dollars ?? 0), 0);
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(0.1);
    expect(log.at(-1)).toMatchObject({ type: 'run-finished', reason: 'dollars' });
    const seen = at.standIn.seen.length;
    await stage.desk.command({ type: 'budget', budget: { ...DEFAULT_BUDGET, dollars: 0.2 } });
    await stage.desk.play();
    await stage.until(() => at.standIn.seen.length > seen);
  });

  const remote = (model: string | null): StrategyPart => ({
    novelty: { vectors: 'remote', threshold: 1, judge: null, model },
  });
  const embedded = (log: readonly RunEvent[]) => replies(log).filter(({ purpose }) => purpose === 'embed');

  it('takes vectors from the model that the run names, each once, and both books say what they cost', async () => {
    const { relay: at, token, routes } = await relay();
    const stage = await stageOf();
    await stage.desk.useModels(routes);
    const embeds = () => at.standIn.seen.filter(({ path }) => path.endsWith('/embeddings')).length;
    const experiment = asking({ direct: 1, vectors: 0 }, { dollars: 5 }, remote('vectors'));
    const runId = await stage.start(experiment);
    await ended(stage);
    const log = stage.log(runId);
    const found = embedded(log);
    expect(found.length).toBeGreaterThan(5);
    expect(found.every(({ reply, model }) => reply.type === 'replied' && model === 'vectors')).toBe(true);
    expect(embeds()).toBe(found.length);
    const made = log.flatMap((event) => (event.type === 'evaluated' && event.change && event.job > 0 ? [event] : []));
    for (const { vector } of made) expect(readVector(vector ?? '')).toMatchObject({ by: 'vectors' });
    // Through the relay goes nothing else: what its books say is what the log says.
    const paid = found.reduce((sum, { dollars }) => sum + (dollars ?? 0), 0);
    expect(paid).toBeGreaterThan(0);
    const me = (await (await fetch(`${at.base}/me`, { headers: { authorization: `Bearer ${token}` } })).json()) as {
      own: { spent: { dollars: number; calls: number } };
    };
    expect(me.own.spent.dollars).toBeCloseTo(paid, 9);
    expect(me.own.spent.calls).toBe(found.length);
    // Opened again, nothing is asked for again; and what is stored needs no service.
    await stage.desk.stop();
    await stage.desk.reopen(runId);
    expect(embeds()).toBe(found.length);
    const kept = value(await stage.history.events(runId));
    expect(await replay(kept, { syntax: await realSyntax(), clock })).toMatchObject({ type: 'same' });
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  it('goes on with vectors of its own where the service fails, is not there, or is for text', async () => {
    const { relay: at, routes } = await relay();
    for (const [name, kept] of [
      ['vectors', routes],
      ['vectors', routes.filter(({ purpose }) => purpose === 'text')],
      ['direct', routes],
    ] as const) {
      const stage = await stageOf();
      await stage.desk.useModels(kept);
      at.standIn.behave = (path) => (path.endsWith('/embeddings') ? { type: 'status', status: 500 } : null);
      const runId = await stage.start(asking({ direct: 1 }, {}, remote(name)));
      await ended(stage);
      const log = stage.log(runId);
      expect(embedded(log).length).toBeGreaterThan(0);
      expect(embedded(log).every(({ reply }) => reply.type === 'failed')).toBe(true);
      const made = log.flatMap((event) => (event.type === 'evaluated' && event.change && event.job > 0 ? [event] : []));
      expect(made.length).toBeGreaterThan(5);
      for (const { vector, note } of made)
        expect([vector, /compared by local vectors/.test(note)]).toEqual([null, true]);
    }
  });

  it.each([
    ['too few', () => []],
    ['too many', (texts) => [...texts, 'one more'].map(() => [1, 2])],
    ['no numbers', () => [[1, null, 'three']]],
    ['NaN', () => [[1, 'NaN']]],
    ['huge numbers', () => [[1e300, 1]]],
    ['a huge vector', () => [Array.from({ length: 20_000 }, (_, i) => i)]],
    ['nothing', () => [[]]],
    ['no list', () => [null]],
  ] as const satisfies readonly (readonly [string, (texts: readonly string[]) => readonly unknown[]])[])(
    'takes no harm from %s of a service, and stays within its budget',
    async (_, vectors) => {
      const { relay: at, routes } = await relay();
      at.standIn.vectors = vectors;
      const stage = await stageOf();
      await stage.desk.useModels(routes);
      const runId = await stage.start(
        asking({ direct: 1, vectors: 0 }, { evaluations: 6, dollars: 5 }, remote('vectors')),
      );
      await ended(stage);
      const log = stage.log(runId);
      expect(log.at(-1)).toMatchObject({ type: 'run-finished', reason: 'evaluations' });
      expect(embedded(log).length).toBeGreaterThan(0);
      for (const { reply, dollars } of embedded(log)) {
        expect(reply.type).toBe('failed');
        expect(dollars).toBeGreaterThanOrEqual(0);
      }
      expect(log.every((event) => event.type !== 'evaluated' || event.vector === null)).toBe(true);
    },
  );

  it('has its programs judged through it, and gives the figures again from what is stored', async () => {
    const { relay: at, routes } = await relay();
    const answer = at.standIn.answer;
    at.standIn.answer = (body) =>
      JSON.stringify(body).includes('You judge one program')
        ? '<SCORE>0.75</SCORE><REASON>Short.</REASON>'
        : answer(body);
    const stage = await stageOf();
    await stage.desk.useModels(routes);
    const evaluation = {
      ...experiment().strategy.evaluation,
      judge: { model: 'through', rubric: 'Is it short?', weight: 1 },
    };
    const judged = asking({ direct: 1, through: 0 }, { dollars: 5 }, { ...remote('vectors'), evaluation });
    const first = await stage.start(judged);
    await ended(stage);
    const figures = (runId: string) =>
      stage
        .log(runId)
        .flatMap((event) => (event.type === 'evaluated' ? [event.evaluation?.metrics['judge'] ?? null] : []));
    expect(figures(first).filter((figure) => figure === 0.75).length).toBeGreaterThan(5);
    const scores = replies(stage.log(first)).filter(({ purpose }) => purpose === 'score');
    expect(scores.every(({ model, reply }) => model === 'through' && reply.type === 'replied')).toBe(true);
    await stage.desk.stop();
    const calls = at.standIn.seen.length;
    const source = { type: 'recorded', runId: first } as const;
    await stage.desk.useModels(
      routes.map(({ name, purpose }) => ({ name, source, model: name, price: null, purpose })),
    );
    const second = await stage.start(judged);
    await stage.until(() => stage.last.runId === second && stage.last.activity === 'finished');
    expect(at.standIn.seen).toHaveLength(calls);
    expect(figures(second)).toEqual(figures(first));
    const vectors = (runId: string) =>
      stage.log(runId).flatMap((event) => (event.type === 'evaluated' ? [event.vector] : []));
    expect(vectors(second)).toEqual(vectors(first));
  });
});
