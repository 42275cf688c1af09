import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApp } from '../../relay/app.ts';
import type { RequestLine } from '../../relay/middleware/request-log.ts';
import { eventsOf, openedRelay, REQUEST, type Opened } from './open.ts';

const lines: string[] = [];
let relay: Opened;
beforeAll(async () => void (relay = await openedRelay({ log: (line) => void lines.push(line) })));
afterAll(() => relay.close());

const last = async (): Promise<RequestLine> => {
  await expect.poll(() => lines.length).toBeGreaterThan(0);
  return JSON.parse(lines.splice(0).at(-1) as string) as RequestLine;
};

it('says of each request when, what, how it ended, and who asked', async () => {
  const { token, client } = await relay.client();
  await relay.call(token, 'GET', '/me?secret=1');
  const line = await last();
  expect(line).toEqual({
    ...{ time: expect.any(String) as string, method: 'GET', route: '/api/v1/me', status: 200 },
    ...{ ms: expect.any(Number) as number, client: client.id },
  });
  expect(new Date(line.time).toISOString()).toBe(line.time);
  await relay.call(null, 'GET', `/shares/${'s'.repeat(43)}`);
  expect(await last()).toMatchObject({ route: '/api/v1/shares/:id', status: 404 });
  await relay.call('wrong', 'DELETE', '/codes/secret');
  expect(await last()).toMatchObject({ method: 'DELETE', route: '/api/v1/codes/:id', status: 401 });
  await relay.call(token, 'GET', '/secret/place');
  expect(await last()).toMatchObject({ route: '*', status: 404 });
  await relay.call(null, 'GET', '/health');
  expect(await last()).toMatchObject({ route: '/api/v1/health', status: 200 });
});

it('says it at the end of a stream, and whether it was cut', async () => {
  const { token } = await relay.client();
  relay.standIn.next({ type: 'answer', delay: 120 });
  await eventsOf(await relay.call(token, 'POST', '/models/complete', { request: REQUEST }));
  const whole = await last();
  expect(whole).toMatchObject({ route: '/api/v1/models/complete', status: 200 });
  expect(whole.ms).toBeGreaterThan(100);
  relay.standIn.next({ type: 'drip', every: 20, pieces: 500 });
  const stop = new AbortController();
  const response = await fetch(`${relay.base}/models/complete`, {
    ...{ method: 'POST', signal: stop.signal, body: JSON.stringify({ request: { ...REQUEST, key: 'k2' } }) },
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  await response.body?.getReader().read();
  stop.abort();
  expect(await last()).toMatchObject({ status: 200, cut: true });
});

it('holds no token, no header, no body, no address', async () => {
  const { token } = await relay.client();
  const secret = 'a-secret-of-somebody';
  await relay.call(token, 'POST', '/join', { code: secret, name: secret }, { 'user-agent': secret, cookie: secret });
  await relay.call(token, 'POST', `/shares?x=${secret}`, secret);
  await relay.call(secret, 'PUT', `/accounts/${secret}`, { dollars: 1 });
  await expect.poll(() => lines.length).toBe(3);
  const all = lines.splice(0).join('\n');
  for (const word of [secret, token, 'genesis_', '127.0.0.1']) expect(all).not.toContain(word);
});

it('names the kind and the place of an error, and not its words', async () => {
  const said: string[] = [];
  const { services } = relay;
  const store = Object.create(services.store) as typeof services.store;
  store.clientByToken = () => Promise.reject(new TypeError('a-secret-of-somebody'));
  const app = createApp({ site: null, services: { ...services, store }, log: (line) => void said.push(line) });
  const answer = await app.request('http://127.0.0.1/api/v1/me', {
    headers: { host: '127.0.0.1', authorization: `Bearer genesis_${'x'.repeat(43)}` },
  });
  expect([answer.status, await answer.text()]).toEqual([500, 'Internal error\n']);
  expect(said.map((line) => JSON.parse(line) as object)).toMatchObject([
    { error: 'TypeError', at: expect.stringContaining('request-log.test') as string },
    { route: '/api/v1/me', status: 500 },
  ]);
  expect(said.join('')).not.toContain('secret');
});

it('leaves files of the page out', async () => {
  await (await fetch(relay.url)).text();
  await relay.call(null, 'GET', '/health');
  expect(await last()).toMatchObject({ route: '/api/v1/health' });
});
