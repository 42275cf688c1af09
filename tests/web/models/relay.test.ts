/** A relay, or what stands in its place, that sends what no relay should. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readJson } from '../../../web/models/relay.ts';
import { ACCOUNT, place, REPLY, REQUEST, route } from './place.ts';

const TOKEN = 'gt-planted-7f3a9c51d2e84b60';

interface Seen {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

let server: Server;
let base: string;
let answer: (response: ServerResponse, request: IncomingMessage, count: number) => void;
const seen: Seen[] = [];
let closed = 0;

beforeEach(async () => {
  seen.length = 0;
  closed = 0;
  server = createServer((request, response) => {
    response.on('close', () => void (response.writableFinished || closed++));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization } = request.headers;
      seen.push({ path: request.url ?? '', authorization, body: Buffer.concat(chunks).toString() });
      answer(response, request, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const relay = () => ({ type: 'relay', base, token: TOKEN }) as const;
const stream = (response: ServerResponse, ...frames: readonly (readonly [string, unknown])[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [event, data] of frames) {
    response.write(`event: ${event}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }
};
const said = (...pieces: readonly string[]) => pieces.map((piece) => ['text', JSON.stringify(piece)] as const);

describe('a relay', () => {
  it('is asked with the run and its caps as they stand, and tells what is left', async () => {
    const account = { caps: { dollars: 2, tokens: null, calls: null }, spent: { dollars: 1, tokens: 5, calls: 1 } };
    answer = (response) => {
      stream(response, ...said('a ', 'reply'), ['reply', { v: 1, reply: { ...REPLY, dollars: 0.1 }, account }]);
      response.end();
    };
    let dollars = 1;
    const caps = () => ({ dollars, tokens: null, calls: 10 });
    const at = place([route(relay(), { model: 'theirs' })], {}, { id: 'run-1', caps });
    expect(await at.ask()).toMatchObject({ type: 'replied', text: 'a reply', dollars: 0.1 });
    dollars = 3;
    await at.ask();
    expect(seen.map(({ path, authorization }) => [path, authorization])).toEqual([
      ...[0, 1].map(() => ['/api/v1/models/complete', `Bearer ${TOKEN}`]),
    ]);
    expect(seen.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      ...[1, 3].map((cap) => ({
        run: { id: 'run-1', caps: { dollars: cap, tokens: null, calls: 10 } },
        request: { ...REQUEST, model: 'theirs' },
      })),
    ]);
    expect(at.told.map(({ type }) => type)).toEqual(expect.arrayContaining(['asked', 'account', 'text', 'answered']));
    expect(at.told.find(({ type }) => type === 'account')).toEqual({ type: 'account', base, account });
  });

  it('that breaks off is asked again for the same call, and what was told is not told twice', async () => {
    answer = (response, _request, count) => {
      stream(response, ...said('one ', 'two '));
      if (count < 3) setTimeout(() => response.destroy(), 100);
      else stream2(response);
    };
    const stream2 = (response: ServerResponse): void => {
      for (const [event, data] of [
        ...said('three'),
        ['reply', JSON.stringify({ reply: { ...REPLY, text: 'one two three' }, account: null })] as const,
      ])
        response.write(`event: ${event}\ndata: ${data}\n\n`);
      response.end();
    };
    const at = place([route(relay())]);
    expect(await at.ask()).toMatchObject({ type: 'replied', text: 'one two three' });
    const text = at.told.map((told) => (told.type === 'text' ? told.piece : '')).join('');
    expect(text).toBe('one two three');
    const lines = at.told.filter(({ type }) => type === 'unreachable' || type === 'reached');
    expect(lines).toEqual([
      { type: 'unreachable', base, tries: 1 },
      { type: 'unreachable', base, tries: 2 },
      { type: 'reached', base },
    ]);
    expect(new Set(seen.map(({ body }) => (JSON.parse(body) as { request: { key: string } }).request.key)).size).toBe(
      1,
    );
  });

  it.each([
    ['no JSON', 'reply', '{"reply": {'],
    ['nothing', 'reply', 'null'],
    ['a number', 'reply', '17'],
    ['another shape', 'reply', JSON.stringify({ reply: { type: 'replied', text: 'x' } })],
    ['usage that pays', 'reply', JSON.stringify({ reply: { ...REPLY, usage: { ...REPLY.usage, input: -5 } } })],
    ['pieces that are no JSON', 'text', '{{{'],
  ])('that sends %s is a failure in words, after some patience', async (_name, event, data) => {
    answer = (response) => {
      stream(response, [event, data]);
      response.end();
    };
    const at = place([route(relay())]);
    expect(await at.ask()).toMatchObject({ type: 'failed', reason: expect.stringContaining('relay') as string });
    expect(at.waits.length).toBeLessThanOrEqual(7);
  });

  it('whose pieces and account have another shape is heard no further', async () => {
    answer = (response) => {
      stream(
        response,
        ['text', { a: 1 }],
        ['text', '17'],
        ['reply', { reply: REPLY, account: { caps: 'none', spent: { dollars: '<b>' } } }],
      );
      response.end();
    };
    const at = place([route(relay())]);
    expect(await at.ask()).toMatchObject({ type: 'replied' });
    expect(at.told.map(({ type }) => type)).toEqual(['asked', 'answered']);
  });

  it('that sends us elsewhere is not followed: its token goes nowhere', async () => {
    const elsewhere: string[] = [];
    const other = createServer((request, response) => {
      elsewhere.push(String(request.headers.authorization));
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/api/v1/models/complete`;
    answer = (response) => response.writeHead(307, { location }).end();
    expect(await place([route(relay())]).ask()).toMatchObject({ type: 'failed' });
    const never = new AbortController().signal;
    expect(await place([]).book.list(relay(), never)).toMatchObject({ type: 'failed' });
    expect(elsewhere).toEqual([]);
    other.close();
  });

  it('that refuses in its own words is repeated in few, without the token', async () => {
    answer = (response) => {
      response.writeHead(429, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ error: `Too many of ${TOKEN}. ${'x'.repeat(10_000)}`, remedy: 'Wait.', retryAfter: 900 }),
      );
    };
    const at = place([route(relay())]);
    const reply = await at.ask();
    expect(reply).toMatchObject({
      type: 'failed',
      retryAfter: 900,
      reason: expect.stringMatching(/^Too many/) as string,
    });
    expect(reply.type === 'failed' && reply.reason.length).toBeLessThanOrEqual(500);
    const listed = await at.book.list(relay(), new AbortController().signal);
    expect(JSON.stringify([reply, listed, at.told])).not.toContain(TOKEN);
  });

  it('that repeats the token in a reply does not get it into any text, whole or in pieces', async () => {
    answer = (response) => {
      const text = `It is ${TOKEN}.`;
      stream(response, ...said(...text.match(/.{1,3}/g)!), ['reply', { reply: { ...REPLY, text }, account: null }]);
      response.end();
    };
    const at = place([route(relay())]);
    const reply = await at.ask();
    expect(reply).toMatchObject({ text: 'It is •••.' });
    expect(at.told.map((told) => (told.type === 'text' ? told.piece : '')).join('')).toBe('It is •••.');
  });

  it('that says more than any relay is not read to its end', async () => {
    answer = (response) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect(await place([route(relay())]).ask()).toMatchObject({ type: 'failed', retryAfter: null });
    await expect.poll(() => closed).toBe(1);
    expect(await readJson(new Response('{"a":1}'))).toEqual({ a: 1 });
    expect(await readJson(new Response('{"a":'))).toBe(null);
    expect(await readJson(new Response(null))).toBe(null);
  });

  it('that drips for ever is let go of when the call is stopped', async () => {
    answer = (response) => {
      stream(response, ...said('first'));
      const beat = setInterval(() => void response.write(': \n\n'), 20);
      response.on('close', () => clearInterval(beat));
    };
    const stop = new AbortController();
    const at = place([route(relay())]);
    const reply = at.ask({}, stop.signal);
    await expect.poll(() => at.told.some(({ type }) => type === 'text')).toBe(true);
    stop.abort();
    expect(await reply).toMatchObject({ type: 'failed', reason: 'stopped' });
    await expect.poll(() => closed).toBe(1);
  });

  it('that falls silent is asked again, as after the machine slept', async () => {
    vi.useFakeTimers();
    let asked = 0;
    const frames = new TextEncoder().encode(
      `event: reply\ndata: ${JSON.stringify({ reply: REPLY, account: null })}\n\n`,
    );
    const silent: typeof fetch = (_input, init) => {
      const first = ++asked === 1;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
          controller.enqueue(first ? new TextEncoder().encode(': \n\n') : frames);
        },
      });
      return Promise.resolve(new Response(body));
    };
    const at = place([route(relay())], { fetch: silent, after: () => Promise.resolve() });
    const reply = at.ask();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await reply).toEqual(REPLY);
    expect(asked).toBe(2);
    vi.useRealTimers();
  });

  it('makes vectors, and gives none of another shape', async () => {
    const vectors = route(relay(), { name: 'v', model: 'theirs', purpose: 'vectors' });
    const { embedder } = place([vectors]).book.forRun(ACCOUNT);
    const never = new AbortController().signal;
    for (const [body, type] of [
      [{ answer: { type: 'ok', vectors: [[1, 2]], dollars: 0 } }, 'embedded'],
      [{ answer: { type: 'ok', vectors: [[1, 'two']], dollars: 0 } }, 'failed'],
      [{ answer: { type: 'ok', vectors: [], dollars: 0 } }, 'failed'],
      [null, 'failed'],
      [[], 'failed'],
    ] as const) {
      answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      expect(await embedder.embed({ model: 'v', texts: ['a'], key: 'k' }, never)).toMatchObject({ type });
    }
  });

  it('says what vectors cost; where it does not, and where the line broke, they cost the most they can have', async () => {
    const { embedder } = place([route(relay(), { name: 'v', model: 'theirs', purpose: 'vectors' })]).book.forRun(
      ACCOUNT,
    );
    const embed = () => embedder.embed({ model: 'v', texts: ['four'], key: 'k' }, new AbortController().signal);
    const ok = { type: 'ok', vectors: [[1, 2]] };
    const usage = { input: 2, output: 0, cached: 0, reasoning: 0 };
    const none = { ...usage, input: 0 };
    for (const [status, body, cost] of [
      [200, { answer: { ...ok, usage, dollars: 0.25 } }, { usage, dollars: 0.25 }],
      [
        200,
        { answer: { ...ok, usage: { input: -1 }, dollars: 'much' } },
        { usage: { ...usage, input: 4 }, dollars: null },
      ],
      [200, { answer: { type: 'failed', reason: 'no', usage, dollars: 0.25 } }, { usage, dollars: 0.25 }],
      [429, { error: 'too many' }, { usage: none, dollars: 0 }],
      [0, null, { usage: { ...usage, input: 4 }, dollars: null }],
    ] as const) {
      answer = (response) => {
        if (status === 0) return void response.destroy();
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
      expect(await embed()).toMatchObject(cost);
    }
  });
});

describe('its list', () => {
  const never = new AbortController().signal;
  const list = (body: unknown, status = 200) => {
    answer = (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    return place([]).book.list(relay(), never);
  };

  it('is taken with prices, and says which providers can’t be asked', async () => {
    const price = { input: 2, cached: 1, output: 10, written: null, long: null };
    const model = {
      name: 'large',
      provider: 'openai',
      price,
      context: 1000,
      reply: 100,
      temperature: 'free',
      reasons: true,
    };
    const providers = [
      { provider: 'openai', state: 'ready', reason: 'It offers 3 models.', at: 1 },
      { provider: 'google', state: 'no-key', reason: 'The variable GEMINI_API_KEY is not set.', at: null },
    ];
    expect(await list({ v: 1, models: [{ ...model, purpose: 'text' }], providers })).toEqual({
      type: 'ok',
      models: [
        { model: 'large', provider: 'openai', price, context: 1000, reply: 100, reasons: true, purpose: 'text' },
      ],
      notes: ['google: The variable GEMINI_API_KEY is not set.'],
    });
    expect(seen[0]).toMatchObject({ path: '/api/v1/models', authorization: `Bearer ${TOKEN}` });
  });

  it('leaves out what is no model, and believes no price that is none', async () => {
    const models = [
      null,
      17,
      { name: 'a b', provider: 'x' },
      { name: 'ok', provider: 'x', price: { input: 'free' }, context: -1 },
    ];
    expect(await list({ models, providers: 'none' })).toEqual({
      ...{ type: 'ok', notes: [] },
      models: [
        { model: 'ok', provider: 'x', price: null, context: null, reply: null, reasons: false, purpose: 'text' },
      ],
    });
    const many = await list({ models: Array.from({ length: 5_000 }, (_, i) => ({ name: `m${i}`, provider: 'x' })) });
    expect(many.type === 'ok' && many.models.length).toBe(2_000);
  });

  it('fails in words', async () => {
    expect(await list({ error: 'This token is not known.', remedy: 'Join again.' }, 401)).toEqual({
      ...{ type: 'failed', reason: 'This token is not known', remedy: 'Join again' },
    });
    expect(await list({ hello: 'world' })).toMatchObject({
      type: 'failed',
      reason: 'What answers there is not a relay',
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await place([]).book.list(relay(), never)).toMatchObject({ type: 'failed' });
  });
});
