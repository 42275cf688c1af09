import { describe, expect, it } from 'vitest';
import { createCardModels, type CardPlace } from '../../../../web/models/web-llm.ts';
import type { CardCommands, CardReply } from '../../../../web/models/web-llm-protocol.ts';
import type { PageModel } from '../../../../web/models/page-model.ts';
import { requestFor } from './request.ts';

const never = new AbortController().signal;
const silent = (): void => {};

interface Fake {
  readonly halves?: boolean | null;
  readonly load?: CardCommands['load'];
  readonly complete?: CardCommands['complete'];
}

const REPLY: CardReply = { text: 'ok', finish: 'stop', input: 10, output: 2 };

function placeOf({ halves = true, load, complete }: Fake = {}) {
  const kept = new Set<string>();
  const seen = { started: 0, ended: 0, stopped: 0, asked: [] as string[] };
  let breaks: (error: Error) => void = () => {};
  const place: CardPlace = {
    halves: () => Promise.resolve(halves),
    isKept: (id) => Promise.resolve(kept.has(id)),
    keep: (id) => Promise.resolve(void kept.add(id)),
    start() {
      seen.started++;
      const broken = new Promise<never>((_, reject) => (breaks = reject));
      broken.catch(() => {});
      return {
        broken,
        end: () => seen.ended++,
        commands: {
          load: load ?? (() => Promise.resolve()),
          complete: (request, said) => {
            seen.asked.push(request.id);
            return complete ? complete(request, said) : Promise.resolve(REPLY);
          },
          stop: () => Promise.resolve(void seen.stopped++),
        },
      };
    },
  };
  return { place, seen, break: (error: Error) => breaks(error) };
}

const first = (place: CardPlace): PageModel => createCardModels(place)[0] as PageModel;
const named = (name: string, message = 'inside'): Error => Object.assign(new Error(message), { name });

describe('a model on the graphics card', () => {
  it('is missing without a card, has a size before it is fetched, and is ready ever after', async () => {
    expect(await first(placeOf({ halves: null }).place).availability()).toMatchObject({ type: 'missing' });
    const { place } = placeOf();
    const model = first(place);
    const before = await model.availability();
    expect(before.type === 'loadable' ? Math.round(before.bytes / 1e6) : 0).toBe(866);
    await model.load(silent, never);
    expect(await model.availability()).toMatchObject({ type: 'ready' });
  });

  it('takes the kind that the card can compute, and replies', async () => {
    const { place, seen } = placeOf({ halves: false, complete: async (_, said) => (said('o'), said('k'), REPLY) });
    const pieces: string[] = [];
    const reply = await first(place).complete(requestFor('x'), never, (piece) => pieces.push(piece));
    expect(reply).toMatchObject({ type: 'replied', text: 'ok', usage: { input: 10, output: 2 }, dollars: 0 });
    expect(pieces).toEqual(['o', 'k']);
    expect(seen.asked).toEqual(['Qwen2.5-Coder-1.5B-Instruct-q4f32_1-MLC']);
  });

  it('has one call at a time', async () => {
    let at = 0;
    let most = 0;
    const complete = async (): Promise<CardReply> => {
      most = Math.max(most, ++at);
      await new Promise((resolve) => setTimeout(resolve, 5));
      at--;
      return REPLY;
    };
    const models = createCardModels(placeOf({ complete }).place);
    await Promise.all(models.flatMap((model) => [1, 2].map(() => model.complete(requestFor('x'), never, silent))));
    expect(most).toBe(1);
  });

  it('settles at once when nobody waits any more, and stops the card', async () => {
    let end: (reply: CardReply) => void = () => {};
    const { place, seen } = placeOf({ complete: () => new Promise((resolve) => (end = resolve)) });
    const model = first(place);
    const stop = new AbortController();
    const reply = model.complete(requestFor('x'), stop.signal, silent);
    await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await reply).toMatchObject({ type: 'failed', reason: 'stopped' });
    expect(seen.stopped).toBe(1);
    end(REPLY);
    expect(await model.complete(requestFor('x'), stop.signal, silent)).toMatchObject({ type: 'failed' });
  });

  it.each([
    ['ContextWindowSizeExceededError', /longer than/, null],
    ['DeviceLostError', /card was lost/, 5_000],
    ['TypeError', /card failed/, 5_000],
  ])('gives a %s as a value, and begins anew', async (name, words, retryAfter) => {
    const { place, seen } = placeOf({ complete: () => Promise.reject(named(name)) });
    const model = first(place);
    const reply = await model.complete(requestFor('x'), never, silent);
    expect(reply).toMatchObject({ type: 'failed', retryAfter });
    expect(reply.type === 'failed' ? reply.reason : '').toMatch(words);
    await model.complete(requestFor('x'), never, silent);
    expect(seen).toMatchObject({ started: 2, ended: 2 });
  });

  it('does not wait for a worker that broke', async () => {
    const fake = placeOf({ complete: () => new Promise(() => {}) });
    const reply = first(fake.place).complete(requestFor('x'), never, silent);
    await new Promise((resolve) => setTimeout(resolve, 5));
    fake.break(new Error('gone'));
    expect(await reply).toMatchObject({ type: 'failed' });
  });

  it('says why it could not be fetched, and can be stopped while it is', async () => {
    const offline = first(placeOf({ load: () => Promise.reject(named('TypeError', 'Failed to fetch')) }).place);
    await expect(offline.load(silent, never)).rejects.toThrow(/^The model could not be fetched from huggingface\.co/);
    const { place, seen } = placeOf({ load: () => new Promise(() => {}) });
    const stop = new AbortController();
    const loading = first(place).load(silent, stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await expect(loading).rejects.toThrow();
    expect(seen.ended).toBeGreaterThan(0);
  });
});
