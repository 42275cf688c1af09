/** How an answer of events leaves the relay: what is said together goes out together, and nothing waits for more. */
import { connect } from 'node:net';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventStream, type Say } from '../../relay/api/event-stream.ts';
import { openedRelay, REQUEST, type Opened } from './open.ts';

interface Told {
  readonly say: Say;
  readonly gone: AbortSignal;
  done(): void;
  fail(error: Error): void;
}

/** Starts an answer and gives what its work was given; what comes of the request is a promise. */
async function begin(signal?: AbortSignal): Promise<Told & { readonly answer: Promise<Response> }> {
  const given = Promise.withResolvers<Told>();
  const app = new Hono();
  app.onError((error, context) => context.text(error.message, 500));
  app.get('/', (context) =>
    eventStream(
      context,
      (say, gone) =>
        new Promise<void>((resolve, reject) => given.resolve({ say, gone, done: () => resolve(), fail: reject })),
    ),
  );
  const answer = Promise.resolve(app.request('/', signal ? { signal } : {}));
  return { ...(await given.promise), answer };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const reading = (response: Response): (() => Promise<string | null>) => {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  return async () => {
    const { done, value } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
};

describe('an answer', () => {
  it('that is said whole is one text with its headers', async () => {
    const { say, done, answer } = await begin();
    say('text', 'Äpfel');
    say('reply', { v: 1 });
    done();
    const response = await answer;
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const read = reading(response);
    expect(await read()).toBe('event: text\ndata: "Äpfel"\n\nevent: reply\ndata: {"v":1}\n\n');
    expect(await read()).toBeNull();
  });

  it('begins when its work has to wait, and gives each turn’s words in one piece', async () => {
    const { say, done, answer } = await begin();
    const read = reading(await answer);
    say('text', 1);
    say('text', 2);
    expect(await read()).toBe('event: text\ndata: 1\n\nevent: text\ndata: 2\n\n');
    say('text', 3);
    expect(await read()).toBe('event: text\ndata: 3\n\n');
    say('text', 4);
    say('reply', 5);
    done();
    expect(await read()).toBe('event: text\ndata: 4\n\nevent: reply\ndata: 5\n\n');
    expect(await read()).toBeNull();
  });

  it('says what was said between its beginning and its first reader', async () => {
    const { say, done, answer } = await begin();
    say('text', 1);
    const response = await answer;
    for (let i = 2; i < 5; i++) {
      await turn();
      say('text', i);
    }
    done();
    const text = await response.text();
    expect(text.match(/\d/g)).toEqual(['1', '2', '3', '4']);
  });

  it('is an error where nothing was said before it failed, and cut off where something was', async () => {
    const early = await begin();
    early.fail(new Error('no disk'));
    expect((await early.answer).status).toBe(500);
    const late = await begin();
    late.say('text', 1);
    const response = await late.answer;
    late.fail(new Error('no disk'));
    await expect(response.text()).rejects.toThrow();
  });
});

describe('who asked and has left', () => {
  it('is known of before a word was said', async () => {
    const stop = new AbortController();
    const { gone } = await begin(stop.signal);
    expect(gone.aborted).toBe(false);
    stop.abort();
    expect(gone.aborted).toBe(true);
  });

  it('is known of in the middle, and may be told more', async () => {
    const { say, done, gone, answer } = await begin();
    say('text', 1);
    const response = await answer;
    await response.body?.cancel();
    expect(gone.aborted).toBe(true);
    say('text', 2);
    await turn();
    done();
    await turn();
  });
});

describe('silence', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it('is broken every quarter of a minute until the end', async () => {
    const { done, answer } = await begin();
    vi.advanceTimersByTime(15_000);
    const read = reading(await answer);
    expect(await read()).toBe(': \n\n');
    vi.advanceTimersByTime(15_000);
    expect(await read()).toBe(': \n\n');
    done();
    expect(await read()).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('over the wire', () => {
  let relay: Opened;
  let token: string;
  beforeAll(async () => {
    relay = await openedRelay();
    token = await relay.session();
  });
  afterAll(() => relay.close());

  const body = (key: string): string => JSON.stringify({ request: { ...REQUEST, key } });
  const head = (text: string): string =>
    `POST /api/v1/models/complete HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n`;

  it('a reply that is there already comes whole, with its length', async () => {
    const text = body('whole');
    const first = await relay.raw(head(text) + text);
    expect(first).toMatch(/transfer-encoding: chunked/i);
    const again = await relay.raw(head(text) + text);
    expect(again).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(again).toMatch(/content-length: \d+\r\n/i);
    expect(again).toContain('x-content-type-options: nosniff');
    expect(again).toContain('event: reply\n');
  });

  it('the headers do not wait for the first word', async () => {
    relay.standIn.next({ type: 'answer', delay: 60_000 });
    const text = body('slow');
    const socket = connect(relay.port, '127.0.0.1', () => socket.write(head(text) + text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    await expect.poll(() => answer, { timeout: 5_000 }).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
    socket.destroy();
    await expect.poll(() => relay.services.gateway.open, { timeout: 5_000 }).toBe(0);
  });

  it('a piece is not kept back for the next', async () => {
    relay.standIn.next({ type: 'drip', every: 60_000, pieces: 4 });
    const text = body('drips');
    const socket = connect(relay.port, '127.0.0.1', () => socket.write(head(text) + text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    await expect.poll(() => answer, { timeout: 5_000 }).toContain('event: text\n');
    expect(answer).toMatch(/transfer-encoding: chunked/i);
    socket.destroy();
    await expect.poll(() => relay.services.gateway.open, { timeout: 5_000 }).toBe(0);
  });

  it('a page that goes away before the first word closes the provider’s connection', async () => {
    const before = relay.standIn.seen.length;
    relay.standIn.next({ type: 'answer', delay: 60_000 });
    const text = body('goes');
    const socket = connect(relay.port, '127.0.0.1', () => socket.write(head(text) + text));
    await expect.poll(() => relay.standIn.seen.length, { timeout: 5_000 }).toBe(before + 1);
    socket.destroy();
    await expect.poll(() => relay.standIn.seen[before]?.cancelled, { timeout: 5_000 }).toBe(true);
    await expect.poll(() => relay.services.gateway.open, { timeout: 5_000 }).toBe(0);
  });
});
