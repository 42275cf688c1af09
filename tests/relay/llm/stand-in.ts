/**
 * A provider on loopback that speaks the wires of OpenAI (Responses, chat, embeddings), Anthropic and whatever is compatible with them, and
 * misbehaves as it is told. It reads the requests as a provider would: a wrong key, a missing field or an unknown model is an error.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { framesOf, tokens, type Frame, type Wire } from './stand-in-frames.ts';

/** What the next requests come to, first come first; after the last, everything is answered well. */
export type Behaviour =
  | {
      readonly type: 'answer';
      readonly text?: string;
      readonly finish?: 'stop' | 'length' | 'refusal' | 'filter';
      readonly pieces?: number;
      readonly usage?: unknown;
      readonly delay?: number;
    }
  | {
      readonly type: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The stream ends without its end after so many pieces. */
  | { readonly type: 'cut'; readonly pieces: number; readonly text?: string }
  | { readonly type: 'malformed' }
  /** The connection is closed before a word. */
  | { readonly type: 'hang-up' }
  /** Never another word after the first piece. */
  | { readonly type: 'stall' }
  /** One piece every so many milliseconds. */
  | { readonly type: 'drip'; readonly every: number; readonly pieces: number }
  /** Goes on until the connection is closed: what ends at some length can lie in the sockets' buffers whole. */
  | { readonly type: 'endless' }
  /** These events as they stand, each under its `type`; `cut`: and then the connection is gone. */
  | { readonly type: 'events'; readonly events: readonly { readonly type: string }[]; readonly cut?: true };

export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  /** Whether the client closed the connection before the answer's end. */
  cancelled: boolean;
}

export interface StandIn {
  readonly url: string;
  readonly key: string;
  readonly seen: Seen[];
  /** Calls that were answered to their end. */
  answered: number;
  next(...behaviours: Behaviour[]): void;
  /** What a good answer says; by default a few words. */
  answer: (body: Record<string, unknown>) => string;
  /** The vectors of some texts; by default one a text. */
  vectors: (texts: readonly string[]) => readonly unknown[];
  /** What requests to a path come to where `next` says nothing; null: they are answered well. */
  behave: (path: string, body: Record<string, unknown>) => Behaviour | null;
  close(): Promise<void>;
}

export const STAND_IN_KEY = 'sk-planted-7f3a9c51d2e84b60';
export const STAND_IN_MODELS = ['stand-in-large', 'stand-in-small', 'stand-in-vectors'];

export async function startStandIn(port = 0): Promise<StandIn> {
  const queue: Behaviour[] = [];
  const standIn: StandIn = {
    url: '',
    key: STAND_IN_KEY,
    seen: [],
    answered: 0,
    next: (...behaviours) => void queue.push(...behaviours),
    answer: () => 'Here is one of many possible answers.',
    vectors: (texts) => texts.map((text) => [text.length, 1, 0.5]),
    behave: () => null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer((request, response) => {
    void handle(standIn, queue, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return Object.assign(standIn, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function handle(
  standIn: StandIn,
  queue: Behaviour[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').replace(/\?.*/, '').replace(/^\/v1(beta\/openai)?/, '');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  const seen: Seen = { path, headers: request.headers, body, cancelled: false };
  standIn.seen.push(seen);
  response.on('close', () => {
    if (!response.writableFinished) seen.cancelled = true;
  });
  const sent = request.headers['x-api-key'] ?? (request.headers.authorization ?? '').replace(/^Bearer /, '');
  if (sent !== standIn.key) {
    return json(response, 401, {
      error: { type: 'authentication_error', message: `Incorrect API key provided: ${String(sent)}.` },
    });
  }
  if (path === '/models') {
    const data = STAND_IN_MODELS.map((id) => ({
      id,
      object: 'model',
      type: 'model',
      created: 0,
      owned_by: 'stand-in',
      display_name: id,
      created_at: '2026-01-01T00:00:00Z',
    }));
    return json(response, 200, {
      object: 'list',
      data,
      has_more: false,
      first_id: data[0]?.id,
      last_id: data.at(-1)?.id,
    });
  }
  if (typeof body['model'] !== 'string' || !STAND_IN_MODELS.includes(body['model'])) {
    return json(response, 404, { error: { type: 'not_found_error', message: 'no such model' } });
  }
  const behaviour = queue.shift() ?? standIn.behave(path, body) ?? { type: 'answer' };
  if (path === '/embeddings') return embeddings(standIn, behaviour, body, response);
  const wire: Wire | null =
    path === '/responses'
      ? 'responses'
      : path === '/chat/completions'
        ? 'chat'
        : path === '/messages'
          ? 'messages'
          : null;
  if (wire === null) return json(response, 404, { error: { message: 'no such endpoint' } });
  const wrong = faultOf(wire, body);
  if (wrong !== null) return json(response, 400, { error: { type: 'invalid_request_error', message: wrong } });
  await play(standIn, wire, behaviour, body, response);
}

function faultOf(wire: Wire, body: Record<string, unknown>): string | null {
  if (body['stream'] !== true) return 'this stand-in only streams';
  const messages = wire === 'responses' ? body['input'] : body['messages'];
  if (!Array.isArray(messages) || messages.length === 0) return 'no messages';
  if (wire === 'messages') {
    if (typeof body['max_tokens'] !== 'number') return 'max_tokens: field required';
    if ('temperature' in body) return 'temperature: not taken by this model';
    if (messages.some((message) => (message as { role?: unknown }).role === 'system'))
      return 'system is a field of its own';
  }
  return null;
}

async function play(
  standIn: StandIn,
  wire: Wire,
  behaviour: Behaviour,
  body: Record<string, unknown>,
  response: ServerResponse,
): Promise<void> {
  switch (behaviour.type) {
    case 'status':
      response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers });
      response.end(
        behaviour.body ??
          JSON.stringify({ error: { type: 'overloaded_error', message: `status ${behaviour.status}` } }),
      );
      return;
    case 'hang-up':
      response.destroy();
      return;
    case 'malformed':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`event: message_start\ndata: {"type": "message_start", "mess\n\ndata: {not json\n\n`);
      return;
    case 'events':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const each of behaviour.events) write(response, [[each.type, each]]);
      if (behaviour.cut) {
        await wait(20);
        response.destroy();
        return;
      }
      response.end();
      standIn.answered++;
      return;
    default:
  }
  const said =
    behaviour.type === 'endless'
      ? 'x'.repeat(65_536)
      : 'text' in behaviour && behaviour.text !== undefined
        ? behaviour.text
        : standIn.answer(body);
  const count =
    behaviour.type === 'cut'
      ? behaviour.pieces + 1
      : behaviour.type === 'drip'
        ? behaviour.pieces
        : behaviour.type === 'endless'
          ? 1
          : 'pieces' in behaviour && behaviour.pieces
            ? behaviour.pieces
            : 4;
  const pieces = behaviour.type === 'endless' ? forever(said) : split(said, count);
  const usage = behaviour.type === 'answer' ? behaviour.usage : undefined;
  const finish = (behaviour.type === 'answer' ? behaviour.finish : undefined) ?? 'stop';
  if (behaviour.type === 'answer' && behaviour.delay) await wait(behaviour.delay);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const frames = framesOf(wire, body, said, finish, usage);
  write(response, frames.head);
  let sent = 0;
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (behaviour.type === 'cut' && sent++ === behaviour.pieces) {
      await wait(20);
      response.destroy();
      return;
    }
    if (!write(response, [frames.piece(piece)]))
      await new Promise<void>((resolve) => {
        const go = (): void => {
          response.off('drain', go).off('close', go);
          resolve();
        };
        response.on('drain', go).on('close', go);
      });
    if (behaviour.type === 'stall') return;
    if (behaviour.type === 'drip') await wait(behaviour.every);
  }
  write(response, frames.tail);
  response.end();
  standIn.answered++;
}

function embeddings(
  standIn: StandIn,
  behaviour: Behaviour,
  body: Record<string, unknown>,
  response: ServerResponse,
): void {
  if (behaviour.type === 'status') return json(response, behaviour.status, { error: { message: 'status' } });
  const texts = body['input'] as string[];
  const data = standIn.vectors(texts).map((embedding, index) => ({ object: 'embedding', index, embedding }));
  standIn.answered++;
  json(response, 200, {
    object: 'list',
    model: body['model'],
    data,
    usage: { prompt_tokens: tokens(texts.join(' ')), total_tokens: tokens(texts.join(' ')) },
  });
}

function write(response: ServerResponse, frames: readonly Frame[]): boolean {
  return response.write(
    frames
      .map(
        ([event, data]) =>
          `${event === null ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
      )
      .join(''),
  );
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function split(text: string, count: number): string[] {
  const size = Math.max(1, Math.ceil(text.length / count));
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
}

function* forever(text: string): Generator<string> {
  for (;;) yield text;
}

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
