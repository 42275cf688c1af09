/** Searches of the web by a relay: who may have them, what is set aside and charged for them, and what of them a client gets. */
import { afterEach, describe, expect, it } from 'vitest';
import { worstCostOf } from '../../../web/engine/models/cost.ts';
import { nanoUp } from '../../../web/engine/models/money.ts';
import { BELIEVED, readAtMost } from '../../../web/engine/models/search.ts';
import { promptTokensAtMost } from '../../../web/engine/models/tokens.ts';
import { createRelayModel } from '../../../web/models/relay.ts';
import { listSource } from '../../../web/models/listing.ts';
import { eventsOf, openedRelay, REQUEST, type Opened } from '../open.ts';
import { anthropicEvents, type Part } from './search-streams.ts';
import type { Behaviour } from './stand-in.ts';

const PRICE = { input: 2, output: 10, search: 0.01 };
const FULL = { ...PRICE, cached: 2, written: null, long: null };
const SEARCHING = { ...REQUEST, model: 'searching', search: 2 };
const PROMPT = promptTokensAtMost(SEARCHING.messages);
const WORST = {
  nano: nanoUp(worstCostOf(PROMPT, SEARCHING.tokens, FULL, 2)),
  tokens: readAtMost(PROMPT, 2) + SEARCHING.tokens,
  calls: 1,
};
const PAGE = { url: 'https://example.org/a', title: 'A page' };

let relay: Opened;
afterEach(() => relay.close());

async function open(search: unknown): Promise<void> {
  relay = await openedRelay({ config: search === undefined ? {} : { search } });
}
/** A relay whose providers are at the stand-in of another, which is closed with it. */
async function opened(search: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await open(search);
  const { url } = relay.standIn;
  const first = relay;
  const model = { name: 'searching', model: 'stand-in-large', price: PRICE };
  const providers = [
    {
      kind: 'anthropic',
      id: 'messages',
      baseURL: url,
      keyFrom: 'STAND_IN_KEY',
      models: [model, { ...model, name: 'plain', price: { input: 2, output: 10 } }],
    },
    {
      kind: 'compatible',
      id: 'chat',
      baseURL: `${url}/v1`,
      keyFrom: 'STAND_IN_KEY',
      models: [{ ...model, name: 'chat' }],
    },
    {
      kind: 'openai',
      api: 'chat',
      id: 'old',
      baseURL: `${url}/v1`,
      keyFrom: 'STAND_IN_KEY',
      models: [{ ...model, name: 'old' }],
    },
  ];
  const second = await openedRelay({ config: { ...(search === undefined ? {} : { search }), providers, ...more } });
  relay = {
    ...second,
    standIn: first.standIn,
    async close() {
      await second.close();
      await first.close();
    },
  };
}

function answers(
  usage: Readonly<Record<string, unknown>> = {},
  parts: readonly Part[] = [{ search: 'a', pages: [PAGE] }, { text: 'so' }],
): Behaviour {
  const all = { input_tokens: 5_000, output_tokens: 20, server_tool_use: { web_search_requests: 1 }, ...usage };
  return { type: 'events', events: anthropicEvents(parts, { usage: all }) };
}

interface Answer {
  readonly reply: Readonly<Record<string, unknown>> & { readonly usage: unknown };
}

async function complete(token: string, request: unknown = SEARCHING): Promise<Answer['reply']> {
  const events = await eventsOf(await relay.call(token, 'POST', '/models/complete', { request }));
  return (events.at(-1)?.data as Answer).reply;
}

const list = async (token: string): Promise<Map<string, number | undefined>> => {
  const source = { type: 'relay', base: relay.base, token } as const;
  const at = {
    ...{ fetch, origin: relay.url, blocked: () => false, today: () => 0, after: () => Promise.resolve() },
    readLog: () => Promise.resolve({ type: 'failed', reason: '' } as const),
  };
  const listed = await listSource(source, at, new AbortController().signal);
  if (listed.type === 'failed') throw new Error(listed.reason);
  return new Map(listed.models.map(({ model, price }) => [model, price?.search]));
};

describe('where the owner has not allowed it', () => {
  it.each([undefined, false])('nobody searches, and no model is listed as one that does: %s', async (search) => {
    await opened(search);
    const owner = await relay.session();
    const { token } = await relay.client({});
    expect([...(await list(token)).values()].filter((price) => price !== undefined)).toEqual([]);
    for (const each of [owner, token]) {
      const reply = await complete(each);
      expect(reply).toMatchObject({ type: 'failed', retryAfter: null, dollars: 0, usage: { input: 0, output: 0 } });
      expect(reply['reason']).toContain('may not search the web');
    }
    expect(relay.standIn.seen.filter(({ path }) => path === '/messages')).toEqual([]);
    // All else is answered.
    relay.standIn.next({ type: 'answer', text: 'yes' });
    const { search: _, ...without } = SEARCHING;
    expect(await complete(token, without)).toMatchObject({ type: 'replied', text: 'yes' });
  });
});

describe('where the owner has allowed it', () => {
  it('those search whose wire can and whose price says what it costs, within the lists of codes', async () => {
    await opened(true);
    const { token } = await relay.client({});
    expect(await list(token)).toEqual(
      new Map([
        ['searching', 0.01],
        ['plain', undefined],
        ['chat', undefined],
        ['old', undefined],
      ]),
    );
    for (const model of ['plain', 'chat', 'old']) {
      expect((await complete(token, { ...SEARCHING, model }))['reason']).toContain('may not search the web');
    }
    const barred = await relay.client({ models: ['plain'] });
    expect((await complete(barred.token))['reason']).toContain('not among those you may use');
    expect(relay.standIn.seen.filter(({ path }) => path !== '/models')).toEqual([]);
  });

  it('a client gets text, pages and searches, is charged for both, and pays nothing twice', async () => {
    await opened(true);
    const { token, client } = await relay.client({});
    relay.standIn.next(answers());
    const line = { base: relay.base, token, run: null, fetch, after: () => Promise.resolve() };
    const never = new AbortController().signal;
    const reply = await createRelayModel(line).complete(SEARCHING, never);
    expect(reply).toMatchObject({
      ...{ type: 'replied', text: 'so', sources: [PAGE], usage: { input: 5_000, output: 20, searches: 1 } },
      dollars: 0.0202,
    });
    expect(await createRelayModel(line).complete(SEARCHING, never)).toEqual(reply);
    const account = await relay.services.store.account(`client:${client.id}`);
    expect(account?.spent).toEqual({ nano: nanoUp(reply.dollars ?? 0), tokens: 5_020, calls: 1 });
    expect(account?.held).toEqual({ nano: 0, tokens: 0, calls: 0 });
    // The same question without a search is another.
    const { search: _, ...without } = SEARCHING;
    expect(await complete(token, without)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('another request') as string,
    });
  });

  it.each([
    ['dollars', { nano: WORST.nano - 1 }, 'dollars left'],
    ['tokens', { tokens: WORST.tokens - 1 }, 'tokens left'],
  ])('no call is made that could pass a cap on %s with its searches', async (_, caps, words) => {
    await opened(true);
    const poor = await relay.client({}, caps);
    expect((await complete(poor.token))['reason']).toContain(words);
    const exact = await relay.client({}, { nano: WORST.nano, tokens: WORST.tokens });
    relay.standIn.next(answers());
    expect(await complete(exact.token)).toMatchObject({ type: 'replied' });
    expect(relay.standIn.seen.filter(({ path }) => path === '/messages')).toHaveLength(1);
  });

  it('many at once pass no budget', async () => {
    await opened(true);
    const { token, client } = await relay.client({}, { nano: 3 * WORST.nano });
    relay.standIn.behave = (path) =>
      path === '/messages' ? answers({ input_tokens: 250_000, server_tool_use: { web_search_requests: 2 } }) : null;
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, i) => complete(token, { ...SEARCHING, key: `k${i}` })),
    );
    expect(replies.filter(({ type }) => type === 'replied').length).toBeGreaterThan(0);
    expect(replies.filter(({ type }) => type === 'failed').length).toBeGreaterThan(0);
    const account = await relay.services.store.account(`client:${client.id}`);
    expect(account?.spent.nano).toBeLessThanOrEqual(3 * WORST.nano);
  });

  it('an answer that breaks off in a search counts as all that was set aside', async () => {
    await opened(true);
    const { token, client } = await relay.client({});
    const whole = answers();
    if (whole.type !== 'events') throw new Error('no events');
    relay.standIn.next({ type: 'events', events: whole.events.slice(0, 4), cut: true });
    const reply = await complete(token);
    expect(reply).toMatchObject({ type: 'failed', usage: { searches: 2 }, dollars: WORST.nano / 1e9 });
    expect((await relay.services.store.account(`client:${client.id}`))?.spent).toEqual(WORST);
  });

  it('what was found beyond what was set aside is counted in full and told, and what can’t be is not believed', async () => {
    await opened(true);
    const { token, client } = await relay.client({});
    relay.standIn.next(answers({ input_tokens: 2 * WORST.tokens }));
    expect(await complete(token)).toMatchObject({ dollars: (2 * WORST.tokens * 2 + 200) / 1e6 + 0.01 });
    const spent = async () => (await relay.services.store.account(`client:${client.id}`))?.spent;
    expect((await spent())?.tokens).toBe(2 * WORST.tokens + 20);
    relay.standIn.next(answers({ input_tokens: 1e15, server_tool_use: { web_search_requests: 1e15 } }));
    await complete(token, { ...SEARCHING, key: 'k2' });
    expect((await spent())?.tokens).toBe(2 * WORST.tokens + 20 + BELIEVED * WORST.tokens);
    const owner = await relay.session();
    const metrics = await (await relay.call(owner, 'GET', '/metrics')).text();
    expect(metrics).toContain('genesis_model_impossible_usage_total{model="searching"} 2');
  });

  it.each([0, -1, 1.5, 11, '2', null])('a number of searches that is none is refused: %s', async (search) => {
    await opened(true);
    const { token } = await relay.client({});
    const answer = await relay.call(token, 'POST', '/models/complete', { request: { ...SEARCHING, search } });
    expect(answer.status).toBe(400);
  });
});
