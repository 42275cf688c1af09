/** Models of the page, asked by the run in its worker. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { ModelTold } from '../../../web/models/source.ts';
import { RunClient, type PageAnswer } from '../../../web/worker/run-client.ts';
import type { ModelRoute } from '../../../web/models/source.ts';
import { scriptedModel } from '../../web/engine/scripted-model.ts';
import { parabola } from './experiments.ts';

const YOU: ModelRoute = {
  ...{ name: 'you', source: { type: 'page', model: 'person' }, model: 'person', price: null, purpose: 'text' },
};

function asking() {
  const made = parabola({ budget: { evaluations: 8 } });
  const models = { ...made.strategy.models, ensemble: { you: 1 } };
  return { ...made, strategy: { ...made.strategy, operators: { rewrite: 1 }, models } };
}

const clients: RunClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

async function open(answer: PageAnswer | null) {
  const client = await RunClient.create(document);
  clients.push(client);
  const log: RunEvent[] = [];
  const told: ModelTold[] = [];
  let activity = '';
  client.subscribe((batch) => {
    log.push(...batch.events);
    activity = batch.activity;
  });
  client.onModelTold((each) => told.push(each));
  if (answer) client.answerModels(answer);
  await client.commands.useModels([YOU]);
  await client.commands.start({ experiment: asking(), seed: 1, paused: false });
  const replies = () => log.flatMap((event) => (event.type === 'replied' ? [event.reply] : []));
  return { client, told, replies, ended: () => expect.poll(() => activity, { timeout: 30_000 }).toBe('finished') };
}

describe('a model of the page', () => {
  it('is asked by its id, says its reply in pieces, and is heard', async () => {
    const model = scriptedModel();
    const names = new Set<string>();
    const page = await open(async (name, request, signal, said) => {
      names.add(name);
      const reply = await model.complete(request, signal);
      if (reply.type === 'replied') for (const piece of reply.text.match(/[^]{1,20}/g) ?? []) said(piece);
      return reply;
    });
    await page.ended();
    expect([...names]).toEqual(['person']);
    expect(page.replies().length).toBeGreaterThan(0);
    expect(page.replies().every(({ type }) => type === 'replied')).toBe(true);
    const first = page.replies()[0];
    const text = page.told.map((told) => (told.type === 'text' && told.call === 1 ? told.piece : '')).join('');
    expect(first?.type === 'replied' && first.text).toBe(text);
  });

  it('that nobody answers for, or that throws, fails in words', async () => {
    const nobody = await open(null);
    await expect
      .poll(() => nobody.replies()[0])
      .toMatchObject({ type: 'failed', reason: expect.stringContaining('not connected') as string });
    const broken = await open(() => Promise.reject(new Error('the card is gone')));
    await expect.poll(() => broken.replies()[0]).toMatchObject({ type: 'failed', reason: 'the card is gone' });
  });

  it('is told when nobody waits for its reply any more', async () => {
    const signals: AbortSignal[] = [];
    const page = await open((_name, _request, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    await expect.poll(() => signals.length).toBeGreaterThan(0);
    await page.client.commands.stop();
    await expect.poll(() => signals.every(({ aborted }) => aborted)).toBe(true);
  });
});

describe('a source', () => {
  it('that can’t be reached is told of in words, over the same line', async () => {
    const client = await RunClient.create(document);
    clients.push(client);
    const relay = { type: 'relay', base: 'http://127.0.0.1:9/api/v1', token: 'a-token-of-nobody' } as const;
    expect(await client.commands.listModels(relay)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('reached') as string,
    });
  });
});
