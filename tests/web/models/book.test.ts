/** From the name that a run calls a model by to who answers, and what is told on the way. */
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { ModelReply } from '../../../web/engine/models/model.ts';
import { writeVector } from '../../../web/engine/novelty/vector-text.ts';
import type { AskPage } from '../../../web/models/book.ts';
import type { Price } from '../../../web/engine/models/price.ts';
import { ACCOUNT, place, REPLY, REQUEST, route } from './place.ts';

const PAGE = { type: 'page', model: 'you' } as const;
const PRICE: Price = { input: 1_000, cached: 1_000, output: 10_000, written: null, long: null };

describe('a name', () => {
  it('leads to nobody, says so, and asks for patience; once somebody is connected, they answer', async () => {
    const at = place([], { askPage: () => Promise.resolve(REPLY) });
    expect(await at.ask()).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('it') as string,
      dollars: 0,
    });
    const said = await at.ask();
    expect(said.type === 'failed' && said.retryAfter).toBeGreaterThan(0);
    at.book.use([route(PAGE)]);
    expect(await at.ask()).toEqual(REPLY);
    at.book.use([]);
    expect((await at.ask()).type).toBe('failed');
  });

  it('leads to a model under the name its source knows it by', async () => {
    const asked: unknown[] = [];
    const askPage: AskPage = (model, request) => {
      asked.push([model, request.model, request.key]);
      return Promise.resolve(REPLY);
    };
    const at = place([route(PAGE, { model: 'inner' }), route(PAGE, { name: 'other' })], { askPage });
    await at.ask();
    expect(asked).toEqual([['you', 'inner', REQUEST.key]]);
    // What is told is what the run asked.
    expect(at.told[0]).toMatchObject({ type: 'asked', call: 1, at: 1_000, request: { model: 'it' } });
  });

  it('does not lead to a model that makes vectors', async () => {
    const at = place([route(PAGE, { purpose: 'vectors' })], { askPage: () => Promise.resolve(REPLY) });
    expect((await at.ask()).type).toBe('failed');
  });
});

describe('a reply', () => {
  const reply = (said: unknown): Promise<ModelReply> =>
    place([route(PAGE, { price: PRICE })], { askPage: () => Promise.resolve(said) }).ask();

  it('costs what its source says, and what the route says where it does not', async () => {
    expect(await reply({ ...REPLY, dollars: 0.5 })).toMatchObject({ dollars: 0.5 });
    expect(await reply({ ...REPLY, dollars: null })).toMatchObject({ dollars: 0.023 });
    const unpriced = place([route(PAGE)], { askPage: () => Promise.resolve({ ...REPLY, dollars: null }) });
    expect(await unpriced.ask()).toMatchObject({ dollars: null });
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'a reply'],
    ['no usage', { ...REPLY, usage: undefined }],
    ['usage below nothing', { ...REPLY, usage: { ...REPLY.usage, input: -1 } }],
    ['a usage that is no number', { ...REPLY, usage: { ...REPLY.usage, output: Number.NaN } }],
    ['a reply that pays', { ...REPLY, dollars: -1 }],
    ['an end that does not exist', { ...REPLY, finish: 'won' }],
    ['no text', { ...REPLY, text: null }],
    ['a failure without a reason', { ...REPLY, type: 'failed', retryAfter: null }],
  ])('that is %s is a failure', async (_name, said) => {
    expect(await reply(said)).toMatchObject({ type: 'failed', reason: 'the model gave no reply that can be read' });
  });

  it('without end is a failure, and so is a model that throws', async () => {
    expect(await reply({ ...REPLY, text: 'x'.repeat(17_000_000) })).toMatchObject({ type: 'failed' });
    const at = place([route(PAGE)], { askPage: () => Promise.reject(new Error('the tab was closed')) });
    expect(await at.ask()).toMatchObject({ type: 'failed', reason: 'the tab was closed', retryAfter: null });
    expect(at.told.at(-1)).toMatchObject({ type: 'answered', reply: { type: 'failed' } });
  });

  it('may be a refusal or be cut off, which is no failure', async () => {
    expect(await reply({ ...REPLY, finish: 'refused' })).toMatchObject({ type: 'replied', finish: 'refused' });
    expect(await reply({ ...REPLY, finish: 'length' })).toMatchObject({ type: 'replied', finish: 'length' });
  });
});

describe('what is told', () => {
  it('is who was asked what, the text in order and few batches, and what came of it', async () => {
    const askPage: AskPage = async (_model, _request, _signal, said) => {
      for (let i = 0; i < 1_000; i++) said(`${i} `);
      await new Promise((resolve) => setTimeout(resolve, 120));
      for (let i = 1_000; i < 2_000; i++) said(`${i} `);
      return REPLY;
    };
    const at = place([route(PAGE)], { askPage });
    const reply = await at.ask();
    expect(at.told[0]).toMatchObject({ type: 'asked', call: 1, request: REQUEST });
    expect(at.told.at(-1)).toMatchObject({ type: 'answered', call: 1, reply });
    const texts = at.told.slice(1, -1);
    expect(texts.length).toBeLessThanOrEqual(4);
    expect(texts.map((told) => (told.type === 'text' ? told.piece : '?')).join('')).toBe(
      Array.from({ length: 2_000 }, (_, i) => `${i} `).join(''),
    );
  });

  it('keeps calls apart, and hears nothing of one that has ended', async () => {
    let late = (_piece: string): void => {};
    const askPage: AskPage = (_model, request, _signal, said) => {
      said(request.key);
      late = said;
      return Promise.resolve(REPLY);
    };
    const at = place([route(PAGE)], { askPage });
    await Promise.all([at.ask({ key: 'first' }), at.ask({ key: 'second' })]);
    late('too late');
    await new Promise((resolve) => setTimeout(resolve, 80));
    const texts = at.told.flatMap((told) => (told.type === 'text' ? [[told.call, told.piece]] : []));
    expect(texts).toEqual(
      expect.arrayContaining([
        [1, 'first'],
        [2, 'second'],
      ]),
    );
    expect(texts).toHaveLength(2);
    expect(at.told.filter(({ type }) => type === 'answered')).toHaveLength(2);
  });

  it('is no flood where a model writes without end', async () => {
    const askPage: AskPage = (_model, _request, _signal, said) => {
      for (let i = 0; i < 100; i++) said('x'.repeat(50_000));
      said(17 as unknown as string);
      return Promise.resolve(REPLY);
    };
    const at = place([route(PAGE)], { askPage });
    await at.ask();
    const characters = at.told.reduce((sum, told) => sum + (told.type === 'text' ? told.piece.length : 0), 0);
    expect(characters).toBeLessThanOrEqual(1_050_000);
  });
});

describe('a call that is stopped', () => {
  it('settles, and the page is told that nobody waits', async () => {
    const stop = new AbortController();
    let stopped = false;
    const askPage: AskPage = (_model, _request, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          resolve(undefined);
        });
      });
    const at = place([route(PAGE)], { askPage });
    const reply = at.ask({}, stop.signal);
    stop.abort();
    expect(await reply).toMatchObject({ type: 'failed', reason: 'stopped', retryAfter: null });
    expect(stopped).toBe(true);
  });

  it('is not made where it is stopped before it begins', async () => {
    let asked = 0;
    const at = place([route(PAGE)], { askPage: () => Promise.resolve(asked++) });
    expect(await at.ask({}, AbortSignal.abort())).toMatchObject({ type: 'failed', reason: 'stopped' });
    expect(asked).toBe(0);
  });
});

const VECTORS = { model: 'it', texts: ['a'], key: 'run-1/7/0/c0ffee' };

describe('vectors', () => {
  const never = new AbortController().signal;

  it('fail with a reason where nobody makes them', async () => {
    const nothing = { type: 'failed', usage: { input: 0 }, dollars: 0 };
    for (const routes of [[], [route(PAGE)], [route(PAGE, { purpose: 'vectors' })]]) {
      const { embedder } = place(routes).book.forRun(ACCOUNT);
      expect(await embedder.embed(VECTORS, never)).toMatchObject(nothing);
    }
  });

  it('of a stored run come again, for nothing', async () => {
    const reply = { type: 'replied', text: writeVector('of then', Int8Array.of(127, -3, 0)), finish: 'stop' } as const;
    const usage = { input: 5, output: 0, cached: 0, reasoning: 0 };
    const replied: RunEvent = {
      ...{ type: 'replied', job: 3, call: 0, purpose: 'embed', model: 'it', request: 'c0ffee' },
      ...{ reply: { ...reply, usage, dollars: 0.1 }, dollars: 0.1, timing: { at: 0, took: 0 } },
    };
    const readLog = () => Promise.resolve({ type: 'ok', value: [replied] } as const);
    const routes = [route({ type: 'recorded', runId: 'r' }, { purpose: 'vectors' })];
    const { embedder } = place(routes, { readLog }).book.forRun(ACCOUNT);
    const again = await embedder.embed(VECTORS, never);
    // What was paid then is no cost now, and still what the vector is worth.
    const vectors = [Float32Array.of(127, -3, 0)];
    expect(again).toEqual({ type: 'embedded', vectors, usage, dollars: 0, worth: 0.1 });
    const other = await embedder.embed({ ...VECTORS, key: 'run-1/7/0/other' }, never);
    expect(other).toMatchObject({ type: 'failed', dollars: 0 });
  });
});
