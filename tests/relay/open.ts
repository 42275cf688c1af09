/** A whole relay on loopback over stand-ins of providers, as `relay/main.ts` puts it together, and what comes out of it byte by byte. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../relay/app.ts';
import { readConfig } from '../../relay/config.ts';
import { openRelay } from '../../relay/open.ts';
import { listen } from '../../relay/server.ts';
import type { Services } from '../../relay/services.ts';
import { hashOf, newId, newToken } from '../../relay/access/tokens.ts';
import { NO_CAPS, type Caps, type Client } from '../../relay/store/store.ts';
import type { ModelRequest } from '../../web/engine/models/model.ts';
import { serverEvents } from '../../web/models/sse.ts';
import { startStandIn, STAND_IN_KEY, type StandIn } from './llm/stand-in.ts';

export const PAGE = '<!doctype html><title>page</title>';

export interface Opened {
  readonly standIn: StandIn;
  readonly services: Services;
  readonly port: number;
  /** Without a slash at its end. */
  readonly url: string;
  /** Ends in `/api/v1`. */
  readonly base: string;
  /** Forgets what is old. */
  tidy(): Promise<number>;
  /** Lets calls under way end for so long. */
  close(milliseconds?: number): Promise<void>;
  client(more?: Partial<Client>, caps?: Partial<Caps>): Promise<{ readonly token: string; readonly client: Client }>;
  /** An owner's token, as the page of this machine gets it. */
  session(): Promise<string>;
  call(token: string | null, method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Response>;
  /** One request as raw text, since clients tidy what they send. */
  raw(request: string): Promise<string>;
}

export interface OpenedOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly now?: () => number;
  readonly log?: (line: string) => void;
  /** Host names that a request may name besides this machine's own. */
  readonly names?: readonly string[];
}

/** Models with prices, so that dollars are counted; by one provider a wire. */
export const providersAt = (url: string): readonly unknown[] => {
  const price = { input: 2, output: 10 };
  const model = { name: 'stand-in-large', price, reply: 4_000 };
  return [
    { kind: 'compatible', id: 'chat', baseURL: `${url}/v1`, keyFrom: 'STAND_IN_KEY', models: [model] },
    {
      ...{ kind: 'openai', id: 'responses', baseURL: `${url}/v1`, keyFrom: 'STAND_IN_KEY' },
      models: [
        { ...model, name: 'small', model: 'stand-in-small' },
        { name: 'vectors', model: 'stand-in-vectors', price, purpose: 'vectors' },
      ],
    },
    {
      ...{ kind: 'anthropic', id: 'messages', baseURL: url, keyFrom: 'STAND_IN_KEY' },
      models: [{ ...model, name: 'messages', model: 'stand-in-large', reasons: true }],
    },
  ];
};

export const REQUEST: ModelRequest = {
  ...{ model: 'stand-in-large', purpose: 'propose', tokens: 200, temperature: null, effort: 'none', seed: 1, key: 'k' },
  messages: [{ role: 'user', content: 'Improve this.' }],
};

export async function openedRelay({ config = {}, now, log, names = [] }: OpenedOptions = {}): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'genesis-relay-'));
  const site = join(folder, 'dist');
  mkdirSync(site);
  writeFileSync(join(site, 'index.html'), PAGE);
  const standIn = await startStandIn();
  const environment = { STAND_IN_KEY };
  const text = JSON.stringify({
    ...{ store: join(folder, 'store.sqlite'), names, log: 'none', providers: providersAt(standIn.url) },
    ...config,
  });
  const read = readConfig({ name: 'test', text }, environment);
  if (read.type === 'failed') throw new Error(read.problems.join('\n'));
  const opened = await openRelay({ config: read.config, environment, ...(now ? { now } : {}) });
  if (opened.type === 'failed') throw new Error(opened.problems.join('\n'));
  const { relay } = opened;
  const { services } = relay;
  const listening = await listen(createApp({ site, hosts: [...names], services, ...(log ? { log } : {}) }), {
    port: 0,
  });
  if (listening.type === 'failed') throw new Error(listening.reason);
  await relay.probe();
  const url = listening.url.replace(/\/$/, '');
  const base = `${url}/api/v1`;
  const clock = now ?? Date.now;
  const call: Opened['call'] = (token, method, path, body, headers) => {
    const all = new Headers(headers);
    if (token !== null) all.set('authorization', `Bearer ${token}`);
    const bytes = body instanceof Uint8Array || typeof body === 'string';
    if (body !== undefined && !bytes && !all.has('content-type')) all.set('content-type', 'application/json');
    return fetch(`${base}${path}`, {
      ...{ method, headers: all },
      ...(body === undefined ? {} : { body: bytes ? (body as BodyInit) : JSON.stringify(body) }),
    });
  };
  return {
    ...{ standIn, services, port: listening.port, url, base, call },
    tidy: () => relay.tidy(),
    async close(milliseconds = 0) {
      const closed = listening.close(milliseconds + 200);
      await relay.close(milliseconds);
      await closed;
      await standIn.close();
      rmSync(folder, { recursive: true, force: true });
    },
    async client(more = {}, caps = {}) {
      const token = newToken();
      const client: Client = {
        ...{ id: newId(), role: 'member', name: 'somebody', code: null, models: null },
        ...{ created: clock(), expires: null, ...more },
      };
      await services.store.addClient(client, hashOf(token), { ...NO_CAPS, ...caps });
      return { token, client };
    },
    async session() {
      const answer = await call(null, 'POST', '/session', undefined, { origin: url, 'x-genesis': '1' });
      return ((await answer.json()) as { token: string }).token;
    },
    raw: (request) =>
      new Promise((resolve, reject) => {
        const socket = connect(listening.port, '127.0.0.1', () => socket.write(request.replace(/\r?\n/g, '\r\n')));
        let answer = '';
        socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
        socket.on('close', () => resolve(answer));
        socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
      }),
  };
}

/** All events of a stream, in their order. */
export async function eventsOf(response: Response): Promise<{ event: string; data: unknown }[]> {
  const events: { event: string; data: unknown }[] = [];
  if (!response.body) return events;
  for await (const { event, data } of serverEvents(response.body)) events.push({ event, data: JSON.parse(data) });
  return events;
}
