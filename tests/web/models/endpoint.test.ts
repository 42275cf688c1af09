/** Endpoints that the page asks itself, through the real SDKs, against a provider on loopback that misbehaves. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Price } from '../../../web/engine/models/price.ts';
import { readAtMost } from '../../../web/engine/models/search.ts';
import { promptTokensAtMost, tokensAtMost } from '../../../web/engine/models/tokens.ts';
import type { EndpointKind, ModelRoute } from '../../../web/models/source.ts';
import { anthropicEvents, type Part } from '../../relay/llm/search-streams.ts';
import { startStandIn, STAND_IN_KEY, STAND_IN_MODELS, type StandIn } from '../../relay/llm/stand-in.ts';
import { ACCOUNT, place, REQUEST, route } from './place.ts';

const PRICE: Price = { input: 1_000, cached: 500, output: 10_000, written: null, long: null };
const KINDS: readonly (readonly [EndpointKind, string, string])[] = [
  ['openai', '/v1', '/responses'],
  ['anthropic', '', '/messages'],
  ['google', '/v1beta/openai', '/chat/completions'],
  ['deepseek', '/v1', '/chat/completions'],
  ['openrouter', '/v1', '/chat/completions'],
  ['compatible', '/v1', '/chat/completions'],
];

let standIn: StandIn;
beforeEach(async () => void (standIn = await startStandIn()));
afterEach(() => standIn.close());

function to(kind: EndpointKind, path: string, more: Partial<ModelRoute> = {}, key: string | null = STAND_IN_KEY) {
  return route({ type: 'endpoint', kind, base: `${standIn.url}${path}`, key }, more);
}
const text = (at: ReturnType<typeof place>): string =>
  at.told.map((told) => (told.type === 'text' ? told.piece : '')).join('');

describe.each(KINDS)('%s', (kind, path, wire) => {
  it('answers, and what it costs is counted by the route’s price', async () => {
    standIn.next({ type: 'answer', usage: usageOf(kind, 40, 10) });
    const at = place([to(kind, path, { price: PRICE })]);
    const reply = await at.ask();
    expect(reply).toMatchObject({ type: 'replied', text: standIn.answer({}), finish: 'stop' });
    expect(reply.usage).toMatchObject({ input: 40, output: 10 });
    expect(reply.dollars).toBeCloseTo(0.14, 9);
    expect(text(at)).toBe(standIn.answer({}));
    expect(standIn.seen.map((seen) => seen.path)).toEqual([wire]);
    expect(standIn.seen[0]?.body['model']).toBe('stand-in-large');
  });

  it('is sent no header of the SDK’s own, which no browser would be allowed to send', async () => {
    await place([to(kind, path)]).ask();
    const names = Object.keys(standIn.seen[0]?.headers ?? {});
    expect(names.filter((name) => name.startsWith('x-stainless'))).toEqual([]);
    expect(names.some((name) => name === 'authorization' || name === 'x-api-key')).toBe(true);
  });

  it('is asked again where it is overloaded and nothing was paid, after as long as it asks for', async () => {
    standIn.next(
      { type: 'status', status: 429, headers: { 'retry-after-ms': '120' } },
      { type: 'status', status: 503 },
      { type: 'status', status: 500 },
    );
    const at = place([to(kind, path)]);
    expect(await at.ask()).toMatchObject({ type: 'replied' });
    expect(at.waits).toEqual([120, 1_000, 2_000]);
    expect(standIn.seen).toHaveLength(4);
    expect(at.told.filter(({ type }) => type === 'asked')).toHaveLength(1);
  });

  it('is given up after four tries, or where it asks for too long a wait; the run may ask again later', async () => {
    standIn.next(...Array.from({ length: 4 }, () => ({ type: 'status', status: 529 }) as const));
    const at = place([to(kind, path)]);
    expect(await at.ask()).toMatchObject({ type: 'failed', retryAfter: 10_000, usage: { input: 0 }, dollars: null });
    expect(standIn.seen).toHaveLength(4);
    standIn.next({ type: 'status', status: 429, headers: { 'retry-after': '600' } });
    expect(await at.ask()).toMatchObject({ type: 'failed', retryAfter: 600_000 });
    expect(standIn.seen).toHaveLength(5);
  });

  it.each([400, 401, 403, 404])('is asked once where it answers %d, and not again', async (status) => {
    standIn.next({ type: 'status', status });
    const at = place([to(kind, path, { price: PRICE })]);
    expect(await at.ask()).toMatchObject({ type: 'failed', retryAfter: null, usage: { input: 0 }, dollars: 0 });
    expect(standIn.seen).toHaveLength(1);
  });

  it('tells refusals and replies that were cut off from failures', async () => {
    const at = place([to(kind, path)]);
    standIn.next({ type: 'answer', finish: 'refusal' }, { type: 'answer', finish: 'length' });
    expect(await at.ask()).toMatchObject({ type: 'replied', finish: 'refused' });
    expect(await at.ask()).toMatchObject({ type: 'replied', finish: 'length' });
  });

  it('is not asked again where it broke off, and what came is counted with all of the prompt', async () => {
    standIn.next({ type: 'cut', pieces: 2, text: 'x'.repeat(90) });
    const at = place([to(kind, path, { price: PRICE })]);
    const reply = await at.ask();
    expect(reply).toMatchObject({ type: 'failed', retryAfter: 10_000 });
    expect(standIn.seen).toHaveLength(1);
    expect(reply.usage.output).toBe(tokensAtMost(text(at)));
    expect(reply.usage.input).toBeGreaterThan(REQUEST.messages.reduce((sum, { content }) => sum + content.length, 0));
    expect(reply.dollars).toBeGreaterThan(0);
  });

  it('is counted where it hung up without a word, and is not where there is nobody', async () => {
    standIn.next({ type: 'hang-up' });
    const at = place([to(kind, path, { price: PRICE })]);
    const hungUp = await at.ask();
    expect(hungUp).toMatchObject({ type: 'failed', retryAfter: 10_000 });
    expect(hungUp.dollars).toBeGreaterThan(0);
    await standIn.close();
    expect(await at.ask()).toMatchObject({ type: 'failed', usage: { input: 0, output: 0 }, dollars: 0 });
    expect(at.waits).toEqual([500, 1_000, 2_000]);
  });

  it('is let go of when the call is stopped', async () => {
    standIn.next({ type: 'drip', every: 20, pieces: 500 });
    const stop = new AbortController();
    const at = place([to(kind, path)]);
    const reply = at.ask({}, stop.signal);
    await expect.poll(() => text(at).length).toBeGreaterThan(0);
    stop.abort();
    expect(await reply).toMatchObject({ type: 'failed', reason: 'stopped', retryAfter: null });
    await expect.poll(() => standIn.seen[0]?.cancelled).toBe(true);
  });

  it('gives nothing but values where it sends garbage, a reply without end, or usage that can’t be', async () => {
    const at = place([to(kind, path, { price: PRICE })]);
    standIn.next({ type: 'malformed' });
    expect((await at.ask()).type).toBe('failed');
    standIn.next({ type: 'endless' });
    expect(await at.ask()).toMatchObject({ type: 'failed', reason: expect.stringContaining('without end') as string });
    standIn.next({ type: 'answer', usage: usageOf(kind, 1e15, 1e15) });
    const claimed = await at.ask();
    expect(claimed.type).toBe('replied');
    expect(claimed.usage.output).toBeLessThanOrEqual(REQUEST.tokens);
    expect(claimed.dollars).toBeLessThan(10);
  });

  it('lists its models', async () => {
    const { source } = to(kind, path);
    const listed = await place([]).book.list(source, new AbortController().signal);
    expect(listed).toMatchObject({ type: 'ok' });
    if (listed.type !== 'ok') return;
    expect(listed.models.map(({ model }) => model)).toEqual(STAND_IN_MODELS);
  });

  it('never gets its key into anything that is told', async () => {
    const wrong = 'sk-planted-wrong-key-0123456789';
    const at = place([to(kind, path, {}, wrong)]);
    const reply = await at.ask();
    const listed = await at.book.list(to(kind, path, {}, wrong).source, new AbortController().signal);
    expect(listed).toMatchObject({ type: 'failed', remedy: expect.stringMatching(/key/) as string });
    // One that answers with the key it was sent, as a text.
    standIn.answer = () => `The key is ${STAND_IN_KEY}, I think.`;
    standIn.next({ type: 'answer', pieces: 20 });
    const echo = place([to(kind, path)]);
    const echoed = await echo.ask();
    expect(echoed).toMatchObject({ type: 'replied', text: 'The key is •••, I think.' });
    expect(text(echo)).toBe('The key is •••, I think.');
    const everything = JSON.stringify([reply, listed, at.told, echoed, echo.told]);
    expect(everything).not.toContain(wrong);
    expect(everything).not.toContain(STAND_IN_KEY);
  });
});

/** As each wire writes it. */
function usageOf(kind: EndpointKind, input: number, output: number): unknown {
  if (kind === 'openai' || kind === 'anthropic') return { input_tokens: input, output_tokens: output };
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

describe('a browser, which does not say whether a request arrived', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is taken to have sent nothing where the endpoint can’t be reached for its list either', async () => {
    const ask = vi.fn(() => Promise.reject(new TypeError('Failed to fetch')));
    vi.stubGlobal('fetch', ask);
    const at = place([to('compatible', '/v1', { price: PRICE })]);
    const reply = await at.ask();
    expect(reply).toMatchObject({ type: 'failed', retryAfter: 10_000, usage: { input: 0, output: 0 }, dollars: 0 });
    expect(ask).toHaveBeenCalledTimes(8);
    const listed = await at.book.list(to('compatible', '/v1').source, new AbortController().signal);
    expect(listed).toMatchObject({ type: 'failed', remedy: expect.stringContaining('OLLAMA_ORIGINS') as string });
  });
});

describe('vectors', () => {
  const never = new AbortController().signal;

  it('come from an endpoint', async () => {
    const vectors = to('compatible', '/v1', { name: 'v', model: 'stand-in-vectors', purpose: 'vectors', price: PRICE });
    const { embedder } = place([vectors]).book.forRun(ACCOUNT);
    const request = { model: 'v', texts: ['four'], key: 'k' };
    // A token of the stand-in is four characters.
    const usage = { input: 1, output: 0, cached: 0, reasoning: 0 };
    expect(await embedder.embed(request, never)).toEqual({
      ...{ type: 'embedded', vectors: [Float32Array.from([4, 1, 0.5])], usage, dollars: PRICE.input / 1e6 },
    });
    standIn.next({ type: 'status', status: 500 });
    expect(await embedder.embed(request, never)).toMatchObject({
      type: 'failed',
      reason: expect.any(String) as string,
    });
  });

  it('cost what the route says, and nobody knows what where it does not; a key gets into no reason', async () => {
    const route = to('compatible', '/v1', { name: 'v', model: 'stand-in-vectors', purpose: 'vectors', price: null });
    const { embedder } = place([route]).book.forRun(ACCOUNT);
    const request = { model: 'v', texts: ['four'], key: 'k' };
    expect(await embedder.embed(request, never)).toMatchObject({ type: 'embedded', dollars: null });
    standIn.next({ type: 'status', status: 401, body: `{"error":{"message":"Bad key ${STAND_IN_KEY}"}}` });
    const refused = await embedder.embed(request, never);
    expect(refused).toMatchObject({ type: 'failed' });
    expect(JSON.stringify(refused)).not.toContain(STAND_IN_KEY);
  });
});

describe('an address', () => {
  let other: Server;
  const requests: string[] = [];
  beforeEach(async () => {
    requests.length = 0;
    other = createServer((request, response) => {
      requests.push(JSON.stringify(request.headers));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => void other.close());

  it('that sends elsewhere is not followed, and the key goes nowhere else', async () => {
    const { port } = other.address() as AddressInfo;
    const location = `http://127.0.0.1:${port}/v1/chat/completions`;
    standIn.next(...Array.from({ length: 4 }, () => ({ type: 'status', status: 307, headers: { location } }) as const));
    expect(await place([to('compatible', '/v1')]).ask()).toMatchObject({ type: 'failed' });
    expect(requests).toEqual([]);
  });

  it('is wanted, and none but an address of the web will do', async () => {
    for (const base of [null, 'file:///etc/passwd', 'javascript:alert(1)', '']) {
      const reply = await place([route({ type: 'endpoint', kind: 'compatible', base, key: STAND_IN_KEY })]).ask();
      expect(reply).toMatchObject({ type: 'failed', reason: expect.stringContaining('address') as string });
    }
  });
});

describe('searches of the web', () => {
  const SEARCH: Price = { ...PRICE, search: 0.5 };
  const SEARCHED: Part[] = [{ search: 'a', pages: [{ url: 'https://example.org/a', title: 'A' }] }, { text: 'so' }];

  it('are asked for with a person’s own key, counted, charged, and their pages given without the key', async () => {
    const usage = { input_tokens: 3_000, output_tokens: 10, server_tool_use: { web_search_requests: 2 } };
    const cites = [
      { url: `https://example.org/?k=${STAND_IN_KEY}`, title: 'a' },
      { url: 'https://example.org/b', title: STAND_IN_KEY },
    ];
    standIn.next({ type: 'events', events: anthropicEvents([...SEARCHED, { text: ' it is', cites }], { usage }) });
    const at = place([to('anthropic', '', { price: SEARCH })]);
    const reply = await at.ask({ search: 2 });
    expect(reply).toMatchObject({
      type: 'replied',
      text: 'so it is',
      usage: { input: 3_000, output: 10, searches: 2 },
    });
    expect(reply.dollars).toBeCloseTo(3 + 0.1 + 1, 9);
    if (reply.type !== 'replied') throw new Error(reply.reason);
    expect(reply.sources?.map(({ url }) => url)).toEqual(['https://example.org/b', 'https://example.org/a']);
    expect(JSON.stringify([reply, at.told])).not.toContain(STAND_IN_KEY);
    expect(standIn.seen[0]?.body['tools']).toMatchObject([{ max_uses: 2 }]);
  });

  it('are not made at an unknown price, and that costs nothing', async () => {
    for (const price of [PRICE, null]) {
      const reply = await place([to('anthropic', '', { price })]).ask({ search: 1 });
      expect(reply).toMatchObject({ type: 'failed', dollars: 0, usage: { input: 0 }, retryAfter: null });
    }
    expect(standIn.seen).toEqual([]);
  });

  it('count as all that may have been found where the answer breaks off', async () => {
    const { length } = anthropicEvents(SEARCHED);
    standIn.next({ type: 'events', events: anthropicEvents(SEARCHED).slice(0, length - 4), cut: true });
    const reply = await place([to('anthropic', '', { price: SEARCH })]).ask({ search: 2 });
    expect(reply).toMatchObject({ type: 'failed', usage: { searches: 2 } });
    expect(reply.usage.input).toBe(readAtMost(promptTokensAtMost(REQUEST.messages), 2));
    expect(reply.dollars).toBeGreaterThanOrEqual(1 + reply.usage.input / 1_000);
  });
});
