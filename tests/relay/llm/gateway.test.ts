/** What stands between clients and providers: books, repeats, breaker, cancel. A scripted provider and a clock of our own; nothing waits. */
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OfferedModel } from '../../../relay/llm/catalogue.ts';
import { Gateway, type Asker, type GatewayEvent, type GatewayOptions } from '../../../relay/llm/gateway.ts';
import { openSqlite } from '../../../relay/store/sqlite.ts';
import { NO_CAPS, NOTHING, type Amount, type Caps, type Client, type Store } from '../../../relay/store/store.ts';
import { worstCostOf } from '../../../web/engine/models/cost.ts';
import { NO_USAGE, type ModelReply, type ModelRequest, type Usage } from '../../../web/engine/models/model.ts';
import { nanoUp } from '../../../web/engine/models/money.ts';
import { promptTokensAtMost } from '../../../web/engine/models/tokens.ts';
import type { Provider, ProviderFailure, ProviderReply } from '../../../web/models/providers/provider.ts';

const PRICE = { input: 2, cached: 1, output: 10, written: null, long: null } as const;
const MODEL: OfferedModel = {
  ...{ name: 'small', provider: 'p', model: 'p-small', price: PRICE, context: 100_000, reply: 1_000 },
  ...{ temperature: 'free', reasons: false, purpose: 'text' },
};
const MODELS: ReadonlyMap<string, OfferedModel> = new Map(
  [
    MODEL,
    { ...MODEL, name: 'thinker', model: 'p-thinker', reasons: true },
    { ...MODEL, name: 'unpriced', model: 'p-unpriced', price: null },
    { ...MODEL, name: 'other', provider: 'q' },
    { ...MODEL, name: 'vectors', purpose: 'vectors' as const },
    { ...MODEL, name: 'unpriced-vectors', purpose: 'vectors' as const, price: null },
  ].map((model) => [model.name, model]),
);
const REQUEST: ModelRequest = {
  ...{ model: 'small', purpose: 'propose', tokens: 100, temperature: null, effort: 'none', seed: 1, key: 'k' },
  messages: [{ role: 'user', content: 'Improve this.' }],
};
/** The most that REQUEST can need. */
const WORST: Amount = {
  nano: nanoUp(worstCostOf(promptTokensAtMost(REQUEST.messages), 100, PRICE)),
  tokens: promptTokensAtMost(REQUEST.messages) + 100,
  calls: 1,
};
const USAGE: Usage = { input: 10, output: 20, cached: 0, reasoning: 0 };
const COST: Amount = { nano: 10 * 2_000 + 20 * 10_000, tokens: 30, calls: 1 };

type Step = (signal: AbortSignal, text: (piece: string) => void) => Promise<ProviderReply>;

const says =
  (text = 'yes', usage: Usage = USAGE): Step =>
  (_signal, tell) => {
    tell(text);
    return Promise.resolve({ type: 'replied', text, finish: 'stop', usage, written: 0 });
  };
const fails =
  (kind: ProviderFailure['kind'], more: Partial<ProviderFailure> = {}): Step =>
  () =>
    Promise.resolve({ type: 'failed', kind, reason: `p ${kind}`, retryAfter: null, usage: NO_USAGE, ...more });
/** Tells a piece, then nothing until it is stopped. */
const hangs =
  (piece = 'ye'): Step =>
  (signal, tell) => {
    tell(piece);
    return new Promise((resolve) => {
      const stopped = (): void =>
        resolve({ type: 'failed', kind: 'stopped', reason: 'stopped', retryAfter: null, usage: null });
      if (signal.aborted) stopped();
      else signal.addEventListener('abort', stopped, { once: true });
    });
  };

let store: Store;
let script: Step[];
let asked: ModelRequest[];
let embedded: number;
let slept: number[];
let told: GatewayEvent[];
let clock: number;
const gateways: Gateway[] = [];

const scripted = (id: string): Provider => ({
  id,
  complete(request, signal, text) {
    asked.push(request);
    return (script.shift() ?? says())(signal, text);
  },
  embed(_model, texts) {
    embedded++;
    return Promise.resolve({ type: 'ok', vectors: texts.map(() => [1]), usage: { ...NO_USAGE, input: 7 } });
  },
  list: () => Promise.resolve({ type: 'ok', models: [] }),
});

function open(more: Partial<GatewayOptions> = {}): Gateway {
  const gateway = new Gateway({
    store,
    providers: new Map([scripted('p'), scripted('q')].map((provider) => [provider.id, provider])),
    models: MODELS,
    now: () => clock,
    sleep(milliseconds, signal) {
      if (signal.aborted) return Promise.resolve();
      slept.push(milliseconds);
      clock += milliseconds;
      return Promise.resolve();
    },
    ...{ tries: 4, longestWait: 60_000, longestCall: 600_000, reuse: false },
    told: (event) => void told.push(event),
    ...more,
  });
  gateways.push(gateway);
  return gateway;
}

const CLIENT: Client = { id: 'a', role: 'member', name: 'Ada', code: null, models: null, created: 0, expires: null };
const ADA: Asker = { client: CLIENT, run: null };
const never = new AbortController().signal;
const quiet = (): void => {};

async function client(id: string, caps: Partial<Caps> = {}, more: Partial<Client> = {}): Promise<Asker> {
  const made = { ...CLIENT, id, ...more };
  await store.addClient(made, `hash of ${id}`, { ...NO_CAPS, ...caps });
  return { client: made, run: null };
}
const spent = async (account = 'client:a'): Promise<Amount | undefined> => (await store.account(account))?.spent;
const held = async (account = 'client:a'): Promise<Amount | undefined> => (await store.account(account))?.held;

beforeEach(async () => {
  const opened = openSqlite(':memory:');
  if (opened.type === 'failed') throw new Error(opened.reason);
  store = opened.store;
  [script, asked, embedded, slept, told, clock] = [[], [], 0, [], [], 1_000_000];
  await store.setCaps('relay', NO_CAPS);
  await store.addClient(CLIENT, 'hash', NO_CAPS);
});
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop(0);
  store.close();
});

describe('a call that has ended', () => {
  it('leaves no timer behind, and nothing that listens to who asked', async () => {
    vi.useFakeTimers();
    try {
      const gateway = open();
      const before = vi.getTimerCount();
      const { signal } = new AbortController();
      script.push(says(), fails('request'));
      await gateway.complete(ADA, REQUEST, signal, quiet);
      await gateway.complete(ADA, { ...REQUEST, key: 'k2' }, signal, quiet);
      await gateway.embed(ADA, 'vectors', ['a'], signal);
      expect(asked.length + embedded).toBe(3);
      expect(vi.getTimerCount()).toBe(before);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('was stopped where it took longer than any may', async () => {
    vi.useFakeTimers();
    try {
      script.push(hangs());
      const reply = open({ longestCall: 5_000 }).complete(ADA, REQUEST, never, quiet);
      await vi.advanceTimersByTimeAsync(4_900);
      expect(await Promise.race([reply, 'asking'])).toBe('asking');
      await vi.advanceTimersByTimeAsync(200);
      expect(await reply).toMatchObject({ type: 'failed', reason: 'stopped' });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('budgets', () => {
  it('sets the worst case aside before the call, and settles what it cost', async () => {
    let during: Amount | undefined;
    script.push(async (signal, text) => {
      during = await held();
      return says()(signal, text);
    });
    const reply = await open().complete(ADA, REQUEST, never, quiet);
    expect(during).toEqual(WORST);
    expect(reply).toMatchObject({ type: 'replied', text: 'yes', usage: USAGE, dollars: COST.nano / 1e9 });
    for (const account of ['client:a', 'relay']) {
      expect(await spent(account)).toEqual(COST);
      expect(await held(account)).toEqual(NOTHING);
    }
  });

  it.each([
    ['dollars', { nano: WORST.nano - 1 }, 'dollars left'],
    ['tokens', { tokens: WORST.tokens - 1 }, 'tokens left'],
    ['calls', { calls: 0 }, '0 calls left'],
  ] as const)('makes no call that could pass a cap on %s, and says whose it is', async (_what, caps, words) => {
    const asker = await client('poor', caps);
    const reply = await open().complete(asker, REQUEST, never, quiet);
    expect(reply).toMatchObject({ type: 'failed', retryAfter: null, dollars: 0, usage: NO_USAGE });
    if (reply.type === 'failed') expect(reply.reason).toContain(words);
    if (reply.type === 'failed') expect(reply.reason).toContain('given to you');
    expect(asked).toEqual([]);
    expect(told).toMatchObject([{ type: 'refused' }]);
  });

  it('makes the call that just fits', async () => {
    const asker = await client('exact', WORST);
    expect(await open().complete(asker, REQUEST, never, quiet)).toMatchObject({ type: 'replied' });
  });

  it.each([
    ['of this run', 'run:b:r1'],
    ['of this relay', 'relay'],
    ['of all who joined with this code', 'code:c'],
  ])('keeps to the budget %s too', async (whose, account) => {
    const asker = { ...(await client('b', {}, { code: 'c' })), run: 'r1' };
    for (const id of ['run:b:r1', 'code:c']) await store.setCaps(id, NO_CAPS);
    await store.setCaps(account, { ...NO_CAPS, nano: WORST.nano - 1 });
    const reply = await open().complete(asker, REQUEST, never, quiet);
    expect(reply).toMatchObject({ type: 'failed', reason: expect.stringContaining(whose) as string });
    await store.setCaps(account, { ...NO_CAPS, nano: WORST.nano });
    expect(await open().complete(asker, REQUEST, never, quiet)).toMatchObject({ type: 'replied' });
    for (const id of ['client:b', 'run:b:r1', 'code:c', 'relay']) expect(await spent(id)).toEqual(COST);
  });

  it('counts as the worst case no more than the longest reply of the model', async () => {
    const asker = await client('b');
    script.push(hangs());
    const stop = new AbortController();
    const reply = open().complete(asker, { ...REQUEST, tokens: 1_000_000 }, stop.signal, quiet);
    await expect.poll(() => asked.length).toBe(1);
    expect(await held('client:b')).toEqual({
      nano: WORST.nano + 900 * 10_000,
      tokens: WORST.tokens + 900,
      calls: 1,
    });
    expect(asked[0]?.tokens).toBe(1_000);
    stop.abort();
    await reply;
  });

  it('asks no model without a price where dollars are limited, by anybody', async () => {
    const gateway = open();
    const unpriced = { ...REQUEST, model: 'unpriced' };
    const asker = await client('b', { nano: 1e15 });
    const reply = await gateway.complete(asker, unpriced, never, quiet);
    expect(reply).toMatchObject({ type: 'failed', reason: expect.stringContaining('price of unpriced') as string });
    expect(await gateway.embed(asker, 'unpriced-vectors', ['x'], never)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('price of unpriced-vectors') as string,
    });
    expect(asked.length + embedded).toBe(0);
    const free = await gateway.complete(ADA, unpriced, never, quiet);
    expect(free).toMatchObject({ type: 'replied', dollars: null });
    expect(await spent()).toEqual({ nano: 0, tokens: 30, calls: 1 });
  });

  it('takes 10,000 calls at once to the budget and not one nano-dollar further', async () => {
    // A budget that is no multiple of a call's worst case, and costs that leave a different rest each time.
    const caps = { nano: 700 * WORST.nano + 12_345, tokens: null, calls: null };
    const askers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => client(`m${i}`, { nano: 50 * WORST.nano }, { code: 'c' })),
    );
    await store.setCaps('code:c', caps);
    await store.setCaps('relay', { nano: 650 * WORST.nano + 999, tokens: null, calls: null });
    let most = 0;
    const look = async (): Promise<void> => {
      for (const [account, cap] of [
        ['code:c', caps.nano],
        ['relay', 650 * WORST.nano + 999],
      ] as const) {
        const now = await store.account(account);
        most = Math.max(most, (now?.spent.nano ?? 0) + (now?.held.nano ?? 0) - cap);
      }
    };
    const gateway = open({
      providers: new Map([
        [
          'p',
          {
            ...scripted('p'),
            async complete(request, _signal, text): Promise<ProviderReply> {
              asked.push(request);
              await new Promise((resolve) => setImmediate(resolve));
              await look();
              text('y');
              const output = 1 + (asked.length % 100);
              return { type: 'replied', text: 'y', finish: 'stop', usage: { ...USAGE, output }, written: 0 };
            },
          },
        ],
      ]),
    });
    const replies = await Promise.all(
      Array.from({ length: 10_000 }, (_, i) =>
        gateway.complete(askers[i % 100] as Asker, { ...REQUEST, key: `k${i}` }, never, quiet),
      ),
    );
    await look();
    const answered = replies.filter(({ type }) => type === 'replied').length;
    expect(answered).toBe(asked.length);
    expect(answered).toBeGreaterThan(600);
    expect(answered).toBeLessThan(10_000);
    expect(most).toBeLessThanOrEqual(0);
    const paid = replies.reduce((sum, { dollars }) => sum + Math.round((dollars ?? 0) * 1e9), 0);
    expect((await spent('relay'))?.nano).toBe(paid);
    expect(await held('relay')).toEqual(NOTHING);
  });
});

describe('the same call again', () => {
  it('is asked once where it comes twice at the same time', async () => {
    let go: () => void = quiet;
    const wait = new Promise<void>((resolve) => (go = resolve));
    script.push(async (signal, text) => {
      await wait;
      return says('once')(signal, text);
    });
    const gateway = open();
    const pieces: string[] = [];
    const both = [1, 2].map(() => gateway.complete(ADA, REQUEST, never, (piece) => void pieces.push(piece)));
    await expect.poll(() => asked.length).toBe(1);
    go();
    const [one, two] = await Promise.all(both);
    expect(one).toMatchObject({ type: 'replied', text: 'once' });
    expect(two).toEqual(one);
    expect(pieces).toEqual(['once', 'once']);
    expect(asked.length).toBe(1);
    expect(await spent()).toEqual(COST);
  });

  it('is answered again unpaid, by this relay and by the next', async () => {
    const first = await open().complete(ADA, REQUEST, never, quiet);
    const pieces: string[] = [];
    expect(await open().complete(ADA, REQUEST, never, (piece) => void pieces.push(piece))).toEqual(first);
    expect(pieces).toEqual(['yes']);
    expect(asked.length).toBe(1);
    expect(await spent()).toEqual(COST);
  });

  it.each([
    ['prompt', { messages: [{ role: 'user', content: 'Something else.' }] }],
    ['model', { model: 'thinker' }],
    ['seed', { seed: 2 }],
    ['effort', { effort: 'high' }],
  ] as const)('is refused under the key of another request (%s)', async (_what, other) => {
    const gateway = open();
    await gateway.complete(ADA, REQUEST, never, quiet);
    const reply = await gateway.complete(ADA, { ...REQUEST, ...other }, never, quiet);
    expect(reply).toMatchObject({ type: 'failed', reason: expect.stringContaining('key was used') as string });
    expect(asked.length).toBe(1);
  });

  it('belongs to who asked: another client’s key is another call', async () => {
    const gateway = open();
    await gateway.complete(ADA, REQUEST, never, quiet);
    await gateway.complete(await client('b'), REQUEST, never, quiet);
    expect(asked.length).toBe(2);
    expect(await spent('client:b')).toEqual(COST);
  });

  it('is asked again by who waits where the first is stopped', async () => {
    script.push(hangs());
    const gateway = open();
    const stop = new AbortController();
    const first = gateway.complete(ADA, REQUEST, stop.signal, quiet);
    const second = gateway.complete(ADA, REQUEST, never, quiet);
    await expect.poll(() => asked.length).toBe(1);
    stop.abort();
    expect(await first).toMatchObject({ type: 'failed', reason: 'stopped' });
    expect(await second).toMatchObject({ type: 'replied' });
    expect(asked.length).toBe(2);
  });

  it('lets who waits go when it is stopped, and the first go on', async () => {
    let go: () => void = quiet;
    const wait = new Promise<void>((resolve) => (go = resolve));
    script.push(async (signal, text) => {
      await wait;
      return says()(signal, text);
    });
    const gateway = open();
    const first = gateway.complete(ADA, REQUEST, never, quiet);
    await expect.poll(() => asked.length).toBe(1);
    const stop = new AbortController();
    const second = gateway.complete(ADA, REQUEST, stop.signal, quiet);
    stop.abort();
    expect(await second).toMatchObject({ type: 'failed', reason: 'stopped', dollars: 0 });
    go();
    expect(await first).toMatchObject({ type: 'replied' });
  });

  it('gives one reply to all who ask the same, only where the owner wants that', async () => {
    const gateway = open({ reuse: true });
    const first = await gateway.complete(ADA, REQUEST, never, quiet);
    const other = await client('b');
    expect(await gateway.complete(other, { ...REQUEST, key: 'b1', purpose: 'fix' }, never, quiet)).toEqual(first);
    expect(asked.length).toBe(1);
    expect(await spent('client:b')).toEqual(NOTHING);
    await gateway.complete(other, { ...REQUEST, key: 'b2', seed: 2 }, never, quiet);
    await open().complete(other, { ...REQUEST, key: 'b3' }, never, quiet);
    expect(asked.length).toBe(3);
  });
});

describe('repeats', () => {
  it('waits as long as the provider asks, else half a second and twice that each time', async () => {
    script.push(fails('overloaded', { retryAfter: 7_000 }), fails('outage'), fails('overloaded'), says());
    expect(await open().complete(ADA, REQUEST, never, quiet)).toMatchObject({ type: 'replied' });
    expect(slept).toEqual([7_000, 1_000, 2_000]);
    expect(told.filter(({ type }) => type === 'tried-again').length).toBe(3);
    expect(await spent()).toEqual(COST);
  });

  it('gives up after four tries, costs nothing, and frees what was set aside', async () => {
    script.push(...Array.from({ length: 9 }, () => fails('overloaded')));
    const reply = await open().complete(ADA, REQUEST, never, quiet);
    expect(reply).toMatchObject({ type: 'failed', retryAfter: 10_000, dollars: 0, usage: NO_USAGE });
    expect(asked.length).toBe(4);
    expect(await spent()).toEqual({ nano: 0, tokens: 0, calls: 1 });
    expect(await held()).toEqual(NOTHING);
  });

  it.each([
    ['a key that is not taken', fails('key')],
    ['a request that will never work', fails('request')],
    ['a wait that is too long', fails('overloaded', { retryAfter: 60_001 })],
    ['an answer that may have cost something', fails('outage', { usage: null })],
    ['an answer that did cost something', fails('overloaded', { usage: USAGE })],
  ])('does not repeat %s', async (_what, failure) => {
    script.push(failure);
    expect(await open().complete(ADA, REQUEST, never, quiet)).toMatchObject({ type: 'failed' });
    expect(asked.length).toBe(1);
  });

  it('costs nothing when it is stopped while it waits for another try', async () => {
    const stop = new AbortController();
    script.push(fails('overloaded'));
    const gateway = open({
      sleep: () => {
        stop.abort();
        return Promise.resolve();
      },
    });
    expect(await gateway.complete(ADA, REQUEST, stop.signal, quiet)).toMatchObject({ type: 'failed', dollars: 0 });
    expect(asked.length).toBe(1);
    expect(await spent()).toEqual({ nano: 0, tokens: 0, calls: 1 });
  });
});

describe('the circuit breaker', () => {
  const ask = (gateway: Gateway, key: string, model = 'small'): Promise<ModelReply> =>
    gateway.complete(ADA, { ...REQUEST, model, key }, never, quiet);

  it('leaves a provider alone that keeps failing, asks it once later, and lets others answer', async () => {
    const gateway = open({ tries: 1 });
    script.push(...Array.from({ length: 5 }, () => fails('outage')));
    for (let i = 0; i < 5; i++) await ask(gateway, `a${i}`);
    expect(await ask(gateway, 'b')).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('left alone') as string,
      retryAfter: 5_000,
      dollars: 0,
    });
    expect(asked.length).toBe(5);
    expect(await ask(gateway, 'c', 'other')).toMatchObject({ type: 'replied' });
    expect(asked.length).toBe(6);
    // Half-open: one asks, the others wait.
    clock += 5_000;
    script.push(hangs());
    const stop = new AbortController();
    const probe = gateway.complete(ADA, { ...REQUEST, key: 'd' }, stop.signal, quiet);
    await expect.poll(() => asked.length).toBe(7);
    expect(await ask(gateway, 'e')).toMatchObject({ type: 'failed' });
    expect(asked.length).toBe(7);
    stop.abort();
    await probe;
    // A stopped probe says nothing; a failed one doubles the pause.
    script.push(fails('outage'));
    await ask(gateway, 'f');
    expect(await ask(gateway, 'g')).toMatchObject({ retryAfter: 10_000 });
    clock += 10_000;
    expect(await ask(gateway, 'h')).toMatchObject({ type: 'replied' });
    expect(await ask(gateway, 'i')).toMatchObject({ type: 'replied' });
  });

  it('does not hold a bad request against the provider', async () => {
    const gateway = open();
    script.push(...Array.from({ length: 8 }, () => fails('request')));
    for (let i = 0; i < 8; i++) await ask(gateway, `a${i}`);
    expect(await ask(gateway, 'b')).toMatchObject({ type: 'replied' });
  });
});

describe('what is charged where nobody says', () => {
  const cut: Step = (_signal, text) => {
    text('half');
    return Promise.resolve({ type: 'failed', kind: 'outage', reason: 'cut', retryAfter: null, usage: null });
  };

  it('is all that was set aside where a thinking model’s stream is cut', async () => {
    script.push(cut);
    const reply = await open().complete(ADA, { ...REQUEST, model: 'thinker', effort: 'high' }, never, quiet);
    expect(reply).toMatchObject({ type: 'failed', dollars: WORST.nano / 1e9 });
    expect(await spent()).toEqual(WORST);
    expect(await held()).toEqual(NOTHING);
  });

  it('is the whole prompt and what came at its most where nothing is thought unseen', async () => {
    script.push(cut, cut);
    const gateway = open();
    const prompt = promptTokensAtMost(REQUEST.messages);
    await gateway.complete(ADA, REQUEST, never, quiet);
    const once = { nano: prompt * 2_000 + 4 * 10_000, tokens: prompt + 4, calls: 1 };
    expect(await spent()).toEqual(once);
    await gateway.complete(ADA, { ...REQUEST, model: 'thinker', effort: 'none', key: 'k2' }, never, quiet);
    expect(await spent()).toEqual({ nano: 2 * once.nano, tokens: 2 * once.tokens, calls: 2 });
  });

  it('is never more than was set aside: usage that can’t be is cut down and told', async () => {
    script.push(says('yes', { input: 1_000_000, output: 9_000_000, cached: 0, reasoning: 0 }));
    const asker = await client('b', WORST);
    const reply = await open().complete(asker, REQUEST, never, quiet);
    expect(reply).toMatchObject({ type: 'replied', dollars: WORST.nano / 1e9 });
    expect(await spent('client:b')).toEqual(WORST);
    expect(told).toContainEqual({ type: 'impossible-usage', model: 'small' });
  });

  it('is settled when the call is stopped, and its key may be asked again', async () => {
    script.push(hangs('four'));
    const gateway = open();
    const stop = new AbortController();
    const reply = gateway.complete(ADA, REQUEST, stop.signal, quiet);
    await expect.poll(() => asked.length).toBe(1);
    stop.abort();
    expect(await reply).toMatchObject({ type: 'failed', reason: 'stopped', retryAfter: null });
    const once = await spent();
    expect(once?.nano).toBeGreaterThan(0);
    expect(await held()).toEqual(NOTHING);
    expect(gateway.open).toBe(0);
    expect(await gateway.complete(ADA, REQUEST, never, quiet)).toMatchObject({ type: 'replied' });
    expect((await spent())?.nano).toBe((once?.nano ?? 0) + COST.nano);
  });
});

describe('who may ask what', () => {
  it.each([
    ['small', { models: ['other'] }, 'not among those you may use'],
    ['nothing', {}, 'no such model'],
    ['vectors', {}, 'no such model'],
    ['p-small', {}, 'no such model'],
    ['http://169.254.169.254/latest', {}, 'no such model'],
  ])('refuses %s', async (model, more, words) => {
    const asker = await client('b', {}, more);
    const reply = await open().complete(asker, { ...REQUEST, model }, never, quiet);
    expect(reply).toMatchObject({ type: 'failed', reason: expect.stringContaining(words) as string, retryAfter: null });
    expect(asked).toEqual([]);
  });
});

describe('vectors', () => {
  it('go through the same books', async () => {
    const asker = await client('b', { nano: 100_000 });
    const gateway = open();
    expect(await gateway.embed(asker, 'vectors', ['a', 'b'], never)).toEqual({
      type: 'ok',
      vectors: [[1], [1]],
      usage: { ...NO_USAGE, input: 7 },
      dollars: 14_000 / 1e9,
    });
    expect(await spent('client:b')).toEqual({ nano: 14_000, tokens: 7, calls: 1 });
    expect(await held('client:b')).toEqual(NOTHING);
    expect(await gateway.embed(asker, 'vectors', ['x'.repeat(1_000)], never)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('given to you') as string,
    });
    expect(await gateway.embed(asker, 'small', ['x'], never)).toMatchObject({ type: 'failed' });
    expect(embedded).toBe(1);
  });

  it('that were asked for with a key are given again, unpaid, also to who asks while they are made', async () => {
    const gateway = open();
    const first = await gateway.embed(ADA, 'vectors', ['a'], never, 'run/1/0/hash');
    expect(first).toMatchObject({ type: 'ok', vectors: [[1]] });
    const paid = await spent();
    expect(await gateway.embed(ADA, 'vectors', ['a'], never, 'run/1/0/hash')).toEqual(first);
    expect([embedded, await spent()]).toEqual([1, paid]);
    expect(await gateway.embed(ADA, 'vectors', ['b'], never, 'run/1/0/hash')).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('for another request') as string,
    });
    // Without a key each is a call of its own.
    await gateway.embed(ADA, 'vectors', ['a'], never);
    await gateway.embed(ADA, 'vectors', ['a'], never);
    expect(embedded).toBe(3);
    const both = await Promise.all([1, 2].map(() => gateway.embed(ADA, 'vectors', ['c'], never, 'run/2/0/hash')));
    expect(both[0]).toEqual(both[1]);
    expect(embedded).toBe(4);
  });
});

describe('the end', () => {
  it('lets calls under way end, takes no more, and then stops and settles the rest', async () => {
    let go: () => void = quiet;
    const wait = new Promise<void>((resolve) => (go = resolve));
    let patient: () => void = quiet;
    const gateway = open({ sleep: () => new Promise((resolve) => (patient = resolve)) });
    script.push(async (signal, text) => {
      await wait;
      return says()(signal, text);
    }, hangs());
    const one = gateway.complete(ADA, { ...REQUEST, key: 'one' }, never, quiet);
    await expect.poll(() => asked.length).toBe(1);
    const two = gateway.complete(ADA, { ...REQUEST, key: 'two' }, never, quiet);
    await expect.poll(() => asked.length).toBe(2);
    const stopped = gateway.stop(10_000);
    expect(await gateway.complete(ADA, { ...REQUEST, key: 'three' }, never, quiet)).toMatchObject({
      type: 'failed',
      reason: 'the relay is being stopped',
      retryAfter: 5_000,
    });
    expect(await gateway.embed(ADA, 'vectors', ['x'], never)).toMatchObject({ type: 'failed' });
    expect(asked.length + embedded).toBe(2);
    go();
    expect(await one).toMatchObject({ type: 'replied' });
    expect(gateway.open).toBe(1);
    patient();
    await stopped;
    expect(await two).toMatchObject({ type: 'failed', reason: 'stopped' });
    expect(gateway.open).toBe(0);
    expect(await held()).toEqual(NOTHING);
    expect((await store.calls('a', 10)).every(({ state }) => state === 'settled')).toBe(true);
  });

  it('waits for vectors too', async () => {
    let go: () => void = quiet;
    const wait = new Promise<void>((resolve) => (go = resolve));
    const slow: Provider = {
      ...scripted('p'),
      async embed(_model, texts) {
        embedded++;
        await wait;
        return { type: 'ok', vectors: texts.map(() => [1]), usage: { ...NO_USAGE, input: 1 } };
      },
    };
    const gateway = open({ providers: new Map([['p', slow]]), sleep: () => new Promise(() => {}) });
    const vectors = gateway.embed(ADA, 'vectors', ['x'], never);
    await expect.poll(() => embedded).toBe(1);
    expect(gateway.open).toBe(1);
    let over = false;
    const stopped = gateway.stop(10_000).then(() => (over = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    go();
    expect(await vectors).toMatchObject({ type: 'ok' });
    await stopped;
  });
});

describe('several relays on one store', () => {
  it('wait for each other’s call, and count all of a dead one’s as spent before they ask again', async () => {
    script.push(hangs());
    const stop = new AbortController();
    const dead = open().complete(ADA, REQUEST, stop.signal, quiet);
    await expect.poll(() => asked.length).toBe(1);
    // The virtual sleep of the second moves the clock past the first one's lease.
    const reply = await open().complete(ADA, REQUEST, never, quiet);
    expect(reply).toMatchObject({ type: 'replied' });
    expect(slept.length).toBeGreaterThan(30);
    expect(await spent()).toEqual({
      nano: WORST.nano + COST.nano,
      tokens: WORST.tokens + COST.tokens,
      calls: 2,
    });
    stop.abort();
    await dead;
    // The late settlement of the one that was given up changes nothing.
    expect((await spent())?.calls).toBe(2);
  });

  it('never give up a call of their own, however long the clock stood still', async () => {
    script.push(hangs());
    const gateway = open();
    const stop = new AbortController();
    const own = gateway.complete(ADA, { ...REQUEST, key: 'own' }, stop.signal, quiet);
    await expect.poll(() => asked.length).toBe(1);
    // Another relay's call, whose lease lapses while this one waits for it: the machine slept.
    script.push(hangs());
    const elsewhere = new AbortController();
    const other = open().complete(ADA, { ...REQUEST, key: 'other' }, elsewhere.signal, quiet);
    await expect.poll(() => asked.length).toBe(2);
    clock += 600_000;
    await gateway.complete(ADA, { ...REQUEST, key: 'other' }, never, quiet);
    expect((await store.calls('a', 10)).map(({ state }) => state).sort()).toEqual(['held', 'lost', 'settled']);
    stop.abort();
    elsewhere.abort();
    await Promise.all([own, other]);
    expect((await store.calls('a', 10)).map(({ state }) => state).sort()).toEqual(['lost', 'settled', 'settled']);
  });
});
