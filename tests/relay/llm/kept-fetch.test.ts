/** Connections to providers serve call after call, through the real SDKs, however late a stream ends after its last word. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../../web/engine/models/model.ts';
import { keptFetch } from '../../../web/models/providers/kept-fetch.ts';
import type { ProviderKind } from '../../../web/models/providers/kinds.ts';
import { openProvider } from '../../../web/models/providers/open.ts';
import type { Provider } from '../../../web/models/providers/provider.ts';

const REQUEST: ModelRequest = {
  ...{ model: 'm', purpose: 'propose', tokens: 100, temperature: null, effort: 'none', seed: 1, key: 'k' },
  messages: [{ role: 'user', content: 'Improve this.' }],
};
const never = new AbortController().signal;

const said = (...events: readonly (readonly [event: string, data: unknown])[]): string =>
  events
    .map(([event, data]) => `event: ${event}\ndata: ${data === '[DONE]' ? data : JSON.stringify(data)}\n\n`)
    .join('');

/** A whole reply of each wire, without the end of the stream. */
const REPLIES = {
  compatible: said(
    ['message', { choices: [{ index: 0, delta: { content: 'yes' } }] }],
    ['message', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
    ['message', { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }],
    ['message', '[DONE]'],
  ),
  openai: said(
    ['response.output_text.delta', { type: 'response.output_text.delta', delta: 'yes' }],
    [
      'response.completed',
      { type: 'response.completed', response: { output: [], usage: { input_tokens: 1, output_tokens: 1 } } },
    ],
  ),
  anthropic: said(
    ['message_start', { type: 'message_start', message: { usage: { input_tokens: 1, output_tokens: 1 } } }],
    ['content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'yes' } }],
    ['message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }],
    ['message_stop', { type: 'message_stop' }],
  ),
} as const;

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = null;
});

interface Late {
  readonly url: string;
  /** Connections that were made, and that are open. */
  made: number;
  open: number;
  /** Ends the stream that waits for it. */
  end: () => void;
}

/** Says `text` and leaves the stream open until it is told to end it. */
async function endsLate(text: string, further = 0): Promise<Late> {
  const late: Late = { url: '', made: 0, open: 0, end: () => {} };
  const made = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(text);
      if (further > 0) setImmediate(() => response.write(':'.repeat(further)));
      late.end = () => response.end();
    });
  });
  server = made;
  made.on('connection', (socket) => {
    late.made++;
    late.open++;
    socket.on('close', () => late.open--);
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return Object.assign(late, { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}` });
}

function provider(kind: ProviderKind, url: string): Provider {
  const endpoint = { baseURL: url, key: 'key', timeout: 60_000 };
  return openProvider({ id: kind, kind, endpoint, now: Date.now, factsOf: () => null });
}

describe.each(['compatible', 'openai', 'anthropic'] as const)('%s', (kind) => {
  it('gives a reply before its stream ends, and asks again over the same connection', async () => {
    const late = await endsLate(REPLIES[kind]);
    const asked = provider(kind, late.url);
    for (let i = 0; i < 8; i++) {
      expect(await asked.complete(REQUEST, never, () => {})).toMatchObject({ type: 'replied', text: 'yes' });
      late.end();
    }
    // A call may come before the last one's end has arrived; then it needs another connection.
    expect(late.made).toBeLessThanOrEqual(4);
  });

  it('closes the connection of a stream that goes on', async () => {
    const late = await endsLate(REPLIES[kind], 200_000);
    expect(await provider(kind, late.url).complete(REQUEST, never, () => {})).toMatchObject({ type: 'replied' });
    await expect.poll(() => late.open, { timeout: 5_000 }).toBe(0);
  });

  it('closes it at once where a call is stopped that waits for more', async () => {
    const late = await endsLate(REPLIES[kind].slice(0, REPLIES[kind].indexOf('\n\n') + 2));
    const stop = new AbortController();
    const reply = provider(kind, late.url).complete(REQUEST, stop.signal, () => {});
    await expect.poll(() => late.open, { timeout: 5_000 }).toBe(1);
    stop.abort();
    expect(await reply).toMatchObject({ type: 'failed', kind: 'stopped' });
    await expect.poll(() => late.open, { timeout: 5_000 }).toBe(0);
  });
});

it('closes the connection of a stream that never ends', async () => {
  const late = await endsLate(REPLIES.openai);
  expect(await provider('openai', late.url).complete(REQUEST, never, () => {})).toMatchObject({ type: 'replied' });
  expect(late.open).toBe(1);
  await expect.poll(() => late.open, { timeout: 5_000 }).toBe(0);
});

describe('bodies', () => {
  const answering = (body: BodyInit, type: string, seen: RequestInit[] = []): typeof fetch =>
    keptFetch((_input, init) => {
      seen.push(init ?? {});
      return Promise.resolve(new Response(body, { headers: { 'content-type': type } }));
    });

  it('that are no streams are left as they are', async () => {
    const response = await answering('{"a":1}', 'application/json')('http://localhost/');
    expect(await response.json()).toEqual({ a: 1 });
  });

  it('are read to their end after who asked has left, and no connection is closed', async () => {
    const seen: RequestInit[] = [];
    const parts = ['one', 'two', 'three'].map((part) => new TextEncoder().encode(part));
    let taken = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const part = parts[taken++];
        if (part) controller.enqueue(part);
        else controller.close();
      },
    });
    const stop = new AbortController();
    const response = await answering(body, 'text/event-stream', seen)('http://localhost/', { signal: stop.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value).toEqual(parts[0]);
    stop.abort();
    await expect.poll(() => taken).toBe(4);
    expect(seen[0]?.signal?.aborted).toBe(false);
    await expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('are not waited for where the call was stopped before', async () => {
    const seen: RequestInit[] = [];
    await answering('x', 'text/event-stream', seen)('http://localhost/', { signal: AbortSignal.abort() });
    expect(seen[0]?.signal?.aborted).toBe(true);
  });
});
