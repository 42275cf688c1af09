/** Every endpoint as a client uses it, over HTTP, with models behind the real SDKs. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayEmbedder, createRelayModel, type RelayEvent, type RelayLine } from '../../web/models/relay.ts';
import { eventsOf, openedRelay, REQUEST, type Opened } from './open.ts';

let relay: Opened;
let owner: string;
beforeAll(async () => {
  relay = await openedRelay();
  owner = await relay.session();
});
afterAll(() => relay.close());

const json = async (response: Promise<Response>): Promise<Record<string, unknown>> =>
  (await (await response).json()) as Record<string, unknown>;
let keys = 0;
const fresh = (more = {}) => ({ ...REQUEST, key: `key-${++keys}`, ...more });

describe('access', () => {
  it('makes the page of this machine its owner', async () => {
    expect(owner).toMatch(/^genesis_[\w-]{43}$/);
    expect(await json(relay.call(owner, 'GET', '/me'))).toMatchObject({
      v: 1,
      client: { role: 'owner', models: null },
      own: { caps: { dollars: null }, spent: { dollars: 0, tokens: 0, calls: 0 } },
      shared: null,
    });
  });

  it('gives a class its code, its seats, its models and its money, and lets an owner see and change them', async () => {
    const made = await relay.call(owner, 'POST', '/codes', {
      ...{ label: 'class 7b', hours: 2, seats: 2, models: ['small'] },
      ...{ each: { dollars: 0.5 }, together: { dollars: 0.8, calls: 9 } },
    });
    expect(made.status).toBe(201);
    const code = (await made.json()) as { code: string; id: string };
    expect(code.code).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
    const joined = await relay.call(null, 'POST', '/join', { code: code.code, name: ' Ada ' });
    expect(joined.status).toBe(201);
    const { token, client } = (await joined.json()) as { token: string; client: { id: string } };
    expect(client).toMatchObject({ role: 'member', name: 'Ada', models: ['small'] });
    expect(await json(relay.call(token, 'GET', '/me'))).toMatchObject({
      own: { caps: { dollars: 0.5, tokens: null, calls: null } },
      shared: { caps: { dollars: 0.8, tokens: null, calls: 9 } },
    });
    expect(await json(relay.call(token, 'GET', '/models'))).toMatchObject({ models: [{ name: 'small' }] });
    const { codes } = await json(relay.call(owner, 'GET', '/codes'));
    expect(codes).toMatchObject([{ label: 'class 7b', seats: 2, joined: 1, together: { caps: { dollars: 0.8 } } }]);
    expect(JSON.stringify(codes)).not.toContain(code.code);

    await relay.call(owner, 'PUT', `/accounts/client:${client.id}`, { dollars: 0 });
    const [poor] = await eventsOf(
      await relay.call(token, 'POST', '/models/complete', { request: fresh({ model: 'small' }) }),
    );
    expect(poor?.data).toMatchObject({
      reply: { type: 'failed', reason: expect.stringContaining('given to you') as string },
    });
    await relay.call(owner, 'PUT', `/accounts/client:${client.id}`, { dollars: 0.5 });
    const rich = await eventsOf(
      await relay.call(token, 'POST', '/models/complete', { request: fresh({ model: 'small' }) }),
    );
    expect(rich.at(-1)?.data).toMatchObject({ reply: { type: 'replied' } });
    const { codes: after } = await json(relay.call(owner, 'GET', '/codes'));
    const { clients } = await json(relay.call(owner, 'GET', '/clients'));
    const own = (clients as { id: string; account: { spent: { dollars: number } } }[]).find(
      ({ id }) => id === client.id,
    );
    expect(own?.account.spent.dollars).toBeGreaterThan(0);
    expect(after).toMatchObject([{ together: { spent: own?.account.spent } }]);

    expect(await json(relay.call(owner, 'DELETE', `/clients/${client.id}`))).toEqual({ v: 1, removed: true });
    expect((await relay.call(token, 'GET', '/me')).status).toBe(401);
    expect(await json(relay.call(owner, 'DELETE', `/codes/${code.id}`))).toEqual({ v: 1, removed: true });
    expect((await relay.call(null, 'POST', '/join', { code: code.code, name: 'Bob' })).status).toBe(403);
  });

  it('lets a client go by itself', async () => {
    const { token } = await relay.client();
    expect((await relay.call(token, 'DELETE', '/me')).status).toBe(200);
    expect((await relay.call(token, 'GET', '/me')).status).toBe(401);
  });
});

describe('models', () => {
  it('are listed with what they cost and who answers, and each provider with how it is', async () => {
    const listed = await json(relay.call(owner, 'GET', '/models'));
    expect((listed['models'] as { name: string }[]).map(({ name }) => name)).toEqual([
      ...['stand-in-large', 'small', 'vectors', 'messages'],
    ]);
    expect(listed['models']).toMatchObject([
      { provider: 'chat', price: { input: 2, output: 10 }, purpose: 'text' },
      {},
      { purpose: 'vectors' },
      {},
    ]);
    expect(listed['providers']).toMatchObject([
      { provider: 'chat', state: 'ready', reason: 'It offers 3 models.' },
      { provider: 'responses', state: 'ready' },
      { provider: 'messages', state: 'ready' },
    ]);
  });

  it.each(['stand-in-large', 'small', 'messages'])('answer piece by piece and end in one reply: %s', async (model) => {
    relay.standIn.answer = () => 'ein Stück\n\nund noch ein Stück — 𝒏';
    const response = await relay.call(owner, 'POST', '/models/complete', { request: fresh({ model }) });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = await eventsOf(response);
    const pieces = events.filter(({ event }) => event === 'text').map(({ data }) => data);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('ein Stück\n\nund noch ein Stück — 𝒏');
    expect(events.at(-1)).toMatchObject({
      event: 'reply',
      data: { v: 1, reply: { type: 'replied', finish: 'stop', text: pieces.join('') }, account: { spent: {} } },
    });
  });

  it('are used by the page’s own client, which is told of money', async () => {
    const told: RelayEvent[] = [];
    const line: RelayLine = {
      ...{ base: relay.base, token: owner, fetch, after: () => Promise.resolve() },
      run: { id: 'run-1', caps: { dollars: 1, tokens: null, calls: 2 } },
      told: (event) => void told.push(event),
    };
    const model = createRelayModel(line);
    const never = new AbortController().signal;
    expect(await model.complete(fresh(), never)).toMatchObject({ type: 'replied' });
    const embedder = createRelayEmbedder(line);
    const made = await embedder.embed({ model: 'vectors', texts: ['one', 'three'], key: 'k' }, never);
    expect(made).toEqual({
      type: 'embedded',
      vectors: [Float32Array.from([3, 1, 0.5]), Float32Array.from([5, 1, 0.5])],
      usage: { input: 3, output: 0, cached: 0, reasoning: 0 },
      dollars: expect.any(Number) as number,
    });
    expect(await model.complete(fresh(), never)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('of this run has 0 calls left') as string,
    });
    expect(told.filter(({ type }) => type === 'account').length).toBe(2);
    expect(told.some(({ type }) => type === 'text')).toBe(true);
  });

  it('close the provider’s connection when the page goes away', async () => {
    relay.standIn.next({ type: 'drip', every: 20, pieces: 500 });
    const before = relay.standIn.seen.length;
    const stop = new AbortController();
    const response = await fetch(`${relay.base}/models/complete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json' },
      body: JSON.stringify({ request: fresh() }),
      signal: stop.signal,
    });
    await response.body?.getReader().read();
    stop.abort();
    await expect.poll(() => relay.standIn.seen[before]?.cancelled, { timeout: 5_000 }).toBe(true);
    await expect.poll(() => relay.services.gateway.open, { timeout: 5_000 }).toBe(0);
  });

  it('can be asked so often at once and no more', async () => {
    const { token } = await relay.client();
    const { callsAtOnce } = relay.services.config.limits;
    relay.standIn.next(...Array.from({ length: callsAtOnce }, () => ({ type: 'answer', delay: 300 }) as const));
    const all = await Promise.all(
      Array.from({ length: callsAtOnce + 1 }, () =>
        relay.call(token, 'POST', '/models/complete', { request: fresh() }),
      ),
    );
    expect(all.filter(({ status }) => status === 429).length).toBe(1);
    await Promise.all(all.map((response) => response.text()));
    expect((await relay.call(token, 'POST', '/models/complete', { request: fresh() })).status).toBe(200);
  });
});

describe('shares', () => {
  it('are kept under their hash until their owner takes them back', async () => {
    const { token } = await relay.client();
    const bytes = new TextEncoder().encode('{"a run": true}');
    const id = createHash('sha256').update(bytes).digest('base64url');
    const made = await relay.call(token, 'POST', '/shares', bytes, { 'x-sealed': '1' });
    expect([made.status, await made.json()]).toEqual([201, { v: 1, id, fresh: true }]);
    const again = await relay.call(token, 'POST', '/shares', bytes);
    expect([again.status, await again.json()]).toEqual([200, { v: 1, id, fresh: false }]);
    const read = await relay.call(null, 'GET', `/shares/${id}`);
    expect(new Uint8Array(await read.arrayBuffer())).toEqual(bytes);
    expect(read.headers.get('x-sealed')).toBe('1');
    expect(read.headers.get('etag')).toBe(`"${id}"`);
    expect((await relay.call(null, 'GET', `/shares/${id}`, undefined, { 'if-none-match': `"${id}"` })).status).toBe(
      304,
    );
    expect(await json(relay.call(token, 'GET', '/shares'))).toMatchObject({ shares: [{ id, bytes: bytes.length }] });
    expect((await relay.call(token, 'DELETE', `/shares/${id}`)).status).toBe(200);
    expect((await relay.call(null, 'GET', `/shares/${id}`)).status).toBe(404);
  });
});

describe('metrics', () => {
  it('count what was asked and what it cost, by model', async () => {
    const answer = await relay.call(owner, 'GET', '/metrics');
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(text).toMatch(/genesis_model_calls_total\{model="small",outcome="stop"\} \d+/);
    expect(text).toMatch(/genesis_model_nanodollars_total\{model="vectors"\} \d+/);
    expect(text).toMatch(/genesis_model_calls_open 0\n/);
    expect(text).toMatch(/genesis_memory_heap_bytes \d{6,}/);
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+]+)$/);
  });
});
