import { describe, expect, it } from 'vitest';
import { createBuiltIn } from '../../../../web/models/built-in.ts';
import { requestFor } from './request.ts';

const never = new AbortController().signal;

interface Fake {
  readonly state?: string;
  readonly pieces?: readonly string[];
  readonly error?: Error | DOMException;
  /** Ends only when it is stopped. */
  readonly hangs?: boolean;
}

/** Speaks the Prompt API as its documents have it. */
function browserWith({ state = 'available', pieces = [], error, hangs = false }: Fake) {
  const seen = { prompts: [] as unknown[], last: '', destroyed: 0 };
  const api = {
    availability: () => Promise.resolve(state),
    create({ initialPrompts, monitor }: { initialPrompts?: unknown[]; monitor?: (target: EventTarget) => void }) {
      const target = new EventTarget();
      monitor?.(target);
      for (const loaded of [0, 0.5, 1]) target.dispatchEvent(Object.assign(new Event('downloadprogress'), { loaded }));
      seen.prompts = initialPrompts ?? [];
      return Promise.resolve({
        promptStreaming(last: string, { signal }: { signal: AbortSignal }) {
          seen.last = last;
          return new ReadableStream<string>({
            start(controller) {
              signal.addEventListener('abort', () => controller.error(new DOMException('stopped', 'AbortError')));
              for (const piece of pieces) controller.enqueue(piece);
              if (error) controller.error(error);
              else if (!hangs) controller.close();
            },
          });
        },
        contextUsage: 60,
        destroy: () => seen.destroyed++,
      });
    },
  };
  return { api, seen };
}

describe('the browser’s own model', () => {
  it.each([
    [undefined, 'missing'],
    [{}, 'missing'],
    [browserWith({ state: 'unavailable' }).api, 'missing'],
    [browserWith({ state: 'downloadable' }).api, 'loadable'],
    [browserWith({}).api, 'ready'],
    [{ availability: () => Promise.reject(new Error('no')), create: () => {} }, 'missing'],
  ])('says whether it is there: %#', async (api, type) => {
    expect(await createBuiltIn(() => api).availability()).toMatchObject({ type });
  });

  it('streams its reply, told the system’s words first, and lets go of its session', async () => {
    const { api, seen } = browserWith({ pieces: ['let ', 'it be'] });
    const said: string[] = [];
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ] as const;
    const reply = await createBuiltIn(() => api).complete(requestFor('', { messages }), never, (piece) =>
      said.push(piece),
    );
    expect(reply).toMatchObject({ type: 'replied', text: 'let it be', finish: 'stop', dollars: 0 });
    if (reply.type === 'replied') expect(reply.usage.input + reply.usage.output).toBe(60);
    expect(said).toEqual(['let ', 'it be']);
    expect(seen).toEqual({ prompts: messages.slice(0, 3), last: 'c', destroyed: 1 });
  });

  it.each([
    ['QuotaExceededError', /longer than/, null],
    ['NotAllowedError', /does not let/, null],
    ['InvalidStateError', /let go/, 5_000],
    ['Whatever', /failed \(Whatever\)/, 5_000],
  ])('gives a %s as a value', async (name, words, retryAfter) => {
    const { api, seen } = browserWith({ pieces: ['a'], error: new DOMException('inside', name) });
    const reply = await createBuiltIn(() => api).complete(requestFor('x'), never, () => {});
    expect(reply).toMatchObject({ type: 'failed', retryAfter });
    expect(reply.type === 'failed' ? reply.reason : '').toMatch(words);
    expect(seen.destroyed).toBe(1);
  });

  it('stops when it is told to', async () => {
    const { api, seen } = browserWith({ pieces: ['a'], hangs: true });
    const stop = new AbortController();
    const reply = createBuiltIn(() => api).complete(requestFor('x'), stop.signal, () => stop.abort());
    expect(await reply).toMatchObject({ type: 'failed', reason: 'stopped' });
    expect(seen.destroyed).toBe(1);
  });

  it('says how far the browser has come with fetching it', async () => {
    const { api, seen } = browserWith({ state: 'downloadable' });
    const shares: (number | null)[] = [];
    await createBuiltIn(() => api).load(({ share }) => shares.push(share), never);
    expect(shares).toEqual([null, 0, 0.5, 1]);
    expect(seen.destroyed).toBe(1);
  });
});
