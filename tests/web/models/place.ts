/** A book of models whose waits take no time, and everything it tells. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelReply, ModelRequest } from '../../../web/engine/models/model.ts';
import { ModelBook, type BookOptions, type RunAccount } from '../../../web/models/book.ts';
import type { ModelRoute, ModelSource, ModelTold } from '../../../web/models/source.ts';

export const REQUEST: ModelRequest = {
  ...{ model: 'it', purpose: 'propose', tokens: 500, temperature: 0.7, effort: 'none', seed: 5 },
  key: 'run-1/7/0/c0ffee',
  messages: [
    { role: 'system', content: 'You improve programs.' },
    { role: 'user', content: 'Improve this one.' },
  ],
};

export const ACCOUNT: RunAccount = {
  id: 'run-1',
  caps: () => ({ dollars: 1, tokens: null, calls: 10 }),
};

export const REPLY: ModelReply = {
  ...{ type: 'replied', text: 'a reply', finish: 'stop', dollars: 0 },
  usage: { input: 3, output: 2, cached: 0, reasoning: 0 },
};

export interface Place {
  readonly book: ModelBook;
  readonly told: ModelTold[];
  /** Milliseconds that were to be waited. */
  readonly waits: number[];
  ask(request?: Partial<ModelRequest>, signal?: AbortSignal): Promise<ModelReply>;
}

export function place(routes: readonly ModelRoute[], more: Partial<BookOptions> = {}, account = ACCOUNT): Place {
  const told: ModelTold[] = [];
  const waits: number[] = [];
  const book = new ModelBook({
    ...{
      fetch: (...call) => fetch(...call),
      now: () => performance.now(),
      today: () => 1_000,
      origin: 'https://a.test',
    },
    async after(milliseconds, signal) {
      waits.push(milliseconds);
      await sleep(1, undefined, { signal }).catch(() => {});
    },
    tell: (each) => told.push(each),
    askPage: () => Promise.resolve(undefined),
    blocked: () => false,
    readLog: () => Promise.resolve({ type: 'failed', reason: 'there is no run' }),
    ...more,
  });
  book.use(routes);
  const { models } = book.forRun(account);
  const never = new AbortController().signal;
  return {
    book,
    told,
    waits,
    ask: (request = {}, signal = never) => models.complete({ ...REQUEST, ...request }, signal),
  };
}

export function route(source: ModelSource, more: Partial<ModelRoute> = {}): ModelRoute {
  return { name: 'it', source, model: 'stand-in-large', price: null, purpose: 'text', ...more };
}
