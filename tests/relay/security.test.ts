/** What somebody who means harm can't do, over HTTP against a whole relay; a provider's planted key is looked for in every byte that leaves it. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { newToken } from '../../relay/access/tokens.ts';
import { readAll } from '../../relay/api/body.ts';
import { createRelayModel, type RelayEvent } from '../../web/models/relay.ts';
import { STAND_IN_KEY } from './llm/stand-in.ts';
import { eventsOf, openedRelay, providersAt, REQUEST, type Opened } from './open.ts';

let relay: Opened;
let owner: string;
const logged: string[] = [];
let clock = 1_700_000_000_000;
beforeAll(async () => {
  relay = await openedRelay({
    now: () => clock,
    log: (line) => void logged.push(line),
    config: {
      origins: ['https://listed.example'],
      limits: { bodyBytes: 20_000, shareBytes: 10_000, sharesPerClient: 3, requestsPerMinute: 300 },
    },
  });
  owner = await relay.session();
});
afterAll(() => relay.close());
afterEach(() => void (clock += 120_000));

let keys = 0;
const fresh = (more = {}) => ({ ...REQUEST, key: `key-${++keys}`, ...more });
const json = async (response: Response | Promise<Response>): Promise<Record<string, unknown>> =>
  (await (await response).json()) as Record<string, unknown>;
const code = async (more = {}): Promise<{ code: string; id: string }> =>
  (await json(
    relay.call(owner, 'POST', '/codes', { label: 'c', hours: 1, seats: 2, together: { dollars: 1 }, ...more }),
  )) as { code: string; id: string };

describe('keys', () => {
  it('leave in no response, header, log, event, metric or share, whatever goes wrong', async () => {
    const printed: string[] = [];
    const spies = [
      ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
        vi.spyOn(console, name).mockImplementation((...args) => void printed.push(args.map(String).join(' '))),
      ),
      ...[process.stdout, process.stderr].map((stream) =>
        vi.spyOn(stream, 'write').mockImplementation((chunk) => (printed.push(String(chunk)), true)),
      ),
    ];
    const bytes: string[] = [];
    const told: RelayEvent[] = [];
    const seeing: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      bytes.push(JSON.stringify([...response.headers]));
      const [mine, theirs] = response.body?.tee() ?? [null, null];
      if (mine) void new Response(mine).text().then((text) => void bytes.push(text));
      return new Response(theirs, response);
    };
    const { token, client } = await relay.client();
    const line = { base: relay.base, token, run: null, fetch: seeing, after: () => Promise.resolve() };
    const model = createRelayModel({ ...line, told: (event) => void told.push(event) });
    const replies: unknown[] = [];
    const leaky = { error: { message: `key ${STAND_IN_KEY} of account`, type: STAND_IN_KEY, code: STAND_IN_KEY } };
    const key = relay.standIn.key;
    for (const name of ['stand-in-large', 'small', 'messages']) {
      relay.standIn.next(
        { type: 'answer' },
        ...[400, 401, 402, 403, 404, 413, 422, 500].map(
          (status) => ({ type: 'status', status, body: JSON.stringify(leaky) }) as const,
        ),
        { type: 'cut', pieces: 1 },
        { type: 'malformed' },
        { type: 'hang-up' },
        { type: 'status', status: 302, headers: { location: `http://127.0.0.1:1/${STAND_IN_KEY}` } },
      );
      for (let i = 0; i < 13; i++) {
        clock += 400_000;
        replies.push(await model.complete(fresh({ model: name }), AbortSignal.timeout(20_000)));
      }
      // A key that is refused is quoted by providers.
      Object.assign(relay.standIn, { key: 'another' });
      clock += 400_000;
      replies.push(await model.complete(fresh({ model: name }), AbortSignal.timeout(20_000)));
      Object.assign(relay.standIn, { key });
    }
    expect(replies.length).toBe(42);
    expect(replies.filter((reply) => (reply as { type: string }).type === 'failed').length).toBeGreaterThan(30);
    clock += 400_000;
    const share = new TextEncoder().encode(JSON.stringify({ replies, told }));
    const { id } = await json(relay.call(token, 'POST', '/shares', share.slice(0, 10_000)));
    for (const [who, path] of [
      [token, '/me'],
      [token, '/models'],
      [owner, '/metrics'],
      [owner, '/clients'],
      [owner, '/codes'],
      [token, '/shares'],
      [token, `/shares/${String(id)}`],
      [null, '/health'],
      [null, '/../../genesis.config.json'],
      [token, '/compile'],
    ] as const) {
      const response = await relay.call(who, 'GET', path);
      bytes.push(JSON.stringify([...response.headers]), await response.text());
    }
    const all = [
      ...bytes,
      ...printed,
      ...logged,
      JSON.stringify({ replies, told, probes: relay.services.probes() }),
    ].join('\n');
    for (const spy of spies) spy.mockRestore();
    expect(bytes.length).toBeGreaterThan(90);
    expect(relay.standIn.seen.some(({ headers }) => JSON.stringify(headers).includes(STAND_IN_KEY))).toBe(true);
    expect(logged.length).toBeGreaterThan(50);
    for (const secret of [STAND_IN_KEY, STAND_IN_KEY.slice(10), encodeURIComponent(STAND_IN_KEY), btoa(STAND_IN_KEY)])
      expect(all.includes(secret)).toBe(false);
    expect(all.includes(relay.standIn.url)).toBe(false);
    expect(all.includes(token)).toBe(false);
    expect(all.includes(createHash('sha256').update(token).digest('base64url'))).toBe(false);
    // The store keeps tokens and codes as hashes, and keys not at all.
    const made = await code();
    const stored = ['', '-wal'].map((end) => readFileSync(`${relay.services.config.store}${end}`, 'latin1')).join('');
    for (const secret of [STAND_IN_KEY, token, owner, made.code]) expect(stored.includes(secret)).toBe(false);
    expect(stored.includes(client.id)).toBe(true);
  }, 60_000);

  it('follow no redirect of a provider, in a call, in vectors or in the list of models', async () => {
    const caught: string[] = [];
    const trap: Server = createServer((request, response) => {
      caught.push(`${request.url} ${JSON.stringify(request.headers)}`);
      response.end('{}');
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    const there = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    const turning: Server = createServer((request, response) => {
      response.writeHead(caught.length % 2 ? 302 : 307, { location: `${there}${request.url}` }).end();
    });
    await new Promise<void>((resolve) => turning.listen(0, '127.0.0.1', resolve));
    const other = await openedRelay({
      config: { providers: providersAt(`http://127.0.0.1:${(turning.address() as AddressInfo).port}`) },
    });
    try {
      const { token } = await other.client();
      for (const model of ['stand-in-large', 'small', 'messages']) {
        const events = await eventsOf(
          await other.call(token, 'POST', '/models/complete', { request: fresh({ model }) }),
        );
        expect(events.at(-1)?.data).toMatchObject({ reply: { type: 'failed' } });
      }
      const vectors = await json(other.call(token, 'POST', '/models/embed', { model: 'vectors', texts: ['x'] }));
      expect(vectors).toMatchObject({ answer: { type: 'failed' } });
      expect(other.services.probes().every(({ state }) => state === 'failing')).toBe(true);
      expect(caught).toEqual([]);
    } finally {
      await other.close();
      for (const server of [trap, turning]) {
        server.closeAllConnections();
        server.close();
      }
    }
  }, 30_000);
});

describe('another’s things', () => {
  it('are out of reach: accounts, runs, replies, shares', async () => {
    const [ada, eve] = [await relay.client(), await relay.client()];
    const run = { id: 'shared-name', caps: { dollars: 1 } };
    const request = fresh();
    relay.standIn.answer = () => 'a reply of Ada’s own';
    await eventsOf(await relay.call(ada.token, 'POST', '/models/complete', { run, request }));
    relay.standIn.answer = () => 'another';
    // The same key and the same name of a run belong to who asks.
    const hers = await eventsOf(await relay.call(eve.token, 'POST', '/models/complete', { run, request }));
    expect(JSON.stringify(hers)).not.toContain('Ada');
    const account = await relay.services.store.account(`run:${ada.client.id}:shared-name`);
    expect(account?.spent.calls).toBe(1);
    // A name made to look like another's account stays below one's own.
    const sly = { id: `x:${ada.client.id}:shared-name`, caps: { dollars: 0 } };
    await eventsOf(await relay.call(eve.token, 'POST', '/models/complete', { run: sly, request: fresh() }));
    expect((await relay.services.store.account(`run:${ada.client.id}:shared-name`))?.caps.nano).toBe(1e9);

    const { id } = await json(relay.call(ada.token, 'POST', '/shares', 'of Ada'));
    expect((await relay.call(eve.token, 'DELETE', `/shares/${String(id)}`)).status).toBe(404);
    expect(await json(relay.call(eve.token, 'GET', '/shares'))).toEqual({ v: 1, shares: [] });
    expect((await relay.call(null, 'GET', `/shares/${String(id)}`)).status).toBe(200);
    expect((await relay.call(null, 'DELETE', `/shares/${String(id)}`)).status).toBe(401);
  });

  it('are an owner’s to see and change, and no member’s', async () => {
    const { token, client } = await relay.client();
    const made = await code();
    for (const [method, path, body] of [
      ['GET', '/metrics', undefined],
      ['GET', '/codes', undefined],
      ['POST', '/codes', { label: 'mine', hours: 1, seats: 1, together: { dollars: 1e6 } }],
      ['DELETE', `/codes/${made.id}`, undefined],
      ['GET', '/clients', undefined],
      ['DELETE', `/clients/${client.id}`, undefined],
      ['PUT', `/accounts/client:${client.id}`, { dollars: 1e6 }],
      ['PUT', '/accounts/relay', { dollars: 0 }],
    ] as const) {
      expect([path, (await relay.call(token, method, path, body)).status]).toEqual([path, 403]);
      expect([path, (await relay.call(null, method, path, body)).status]).toEqual([path, 401]);
    }
    expect((await relay.call(owner, 'PUT', `/accounts/run:${client.id}:x`, { dollars: 1 })).status).toBe(404);
  });

  it('are refused to who was thrown out or whose token has expired', async () => {
    const { token, client } = await relay.client({ expires: clock + 1_000 });
    expect((await relay.call(token, 'GET', '/me')).status).toBe(200);
    clock += 1_000;
    expect((await relay.call(token, 'GET', '/me')).status).toBe(401);
    await relay.services.store.removeClient(client.id);
    expect((await relay.call(token, 'GET', '/me')).status).toBe(401);
  });
});

describe('join codes', () => {
  it('are taken in any case and spacing, for as many as there are seats, until they expire', async () => {
    const made = await code({ seats: 2 });
    const loose = ` ${made.code.toLowerCase().replaceAll('-', ' ')} `;
    for (const [typed, status] of [
      [loose, 201],
      [made.code.replaceAll('-', ''), 201],
      [made.code, 403],
    ] as const) {
      expect((await relay.call(null, 'POST', '/join', { code: typed, name: 'n' })).status).toBe(status);
    }
    const brief = await code({ hours: 0.01 });
    clock += 36_000;
    expect(await json(relay.call(null, 'POST', '/join', { code: brief.code, name: 'n' }))).toMatchObject({
      code: 'code-expired',
    });
  });

  it('can’t be guessed: the right one comes too late', async () => {
    const made = await code();
    const { joinsPerMinute } = relay.services.config.limits;
    const statuses: number[] = [];
    for (let i = 0; i < joinsPerMinute; i++)
      statuses.push((await relay.call(null, 'POST', '/join', { code: 'AAAA-BBBB-CCCC', name: 'n' })).status);
    expect(statuses).toEqual(Array.from({ length: joinsPerMinute }, () => 403));
    const late = await relay.call(null, 'POST', '/join', { code: made.code, name: 'n' });
    expect([late.status, Number(late.headers.get('retry-after'))]).toEqual([429, Math.ceil(60 / joinsPerMinute)]);
    clock += 3_000;
    expect((await relay.call(null, 'POST', '/join', { code: made.code, name: 'n' })).status).toBe(201);
  });

  it('let a whole class in from one address at once', async () => {
    const { joinsPerMinute } = relay.services.config.limits;
    const seats = 2 * joinsPerMinute;
    const made = await code({ seats });
    for (let i = 0; i < seats; i++)
      expect((await relay.call(null, 'POST', '/join', { code: made.code, name: 'n' })).status).toBe(201);
  });

  it('leave no seat taken beyond their number, however many come at once', async () => {
    const made = await code({ seats: 3 });
    const all = await Promise.all(
      Array.from({ length: 12 }, () => relay.call(null, 'POST', '/join', { code: made.code, name: 'n' })),
    );
    expect(all.filter(({ status }) => status === 201).length).toBe(3);
  });
});

describe('tokens', () => {
  it('can’t be guessed, and who guesses shuts nobody out who is known', async () => {
    const { token } = await relay.client();
    expect((await relay.call(token, 'GET', '/me')).status).toBe(200);
    for (let i = 0; i < 20; i++) expect((await relay.call(newToken(), 'GET', '/me')).status).toBe(401);
    expect((await relay.call(newToken(), 'GET', '/me')).status).toBe(429);
    // Even a right guess is not told from a wrong one now.
    const other = await relay.client();
    expect((await relay.call(other.token, 'GET', '/me')).status).toBe(429);
    expect((await relay.call(token, 'GET', '/me')).status).toBe(200);
    clock += 60_000;
    expect((await relay.call(other.token, 'GET', '/me')).status).toBe(200);
  });

  it.each([
    ['', 401],
    ['Basic abc', 401],
    ['bearer x', 401],
    ['Bearer genesis_short', 401],
    [`Bearer ${"' or 1=1 --".padEnd(51, 'x')}`, 401],
  ])('are nothing else: %s', async (authorization, status) => {
    const answer = await relay.call(null, 'GET', '/me', undefined, { authorization });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('pace who has one', async () => {
    const { token } = await relay.client();
    const statuses = [];
    for (let i = 0; i < 301; i++) statuses.push((await relay.call(token, 'GET', '/shares')).status);
    expect(statuses.indexOf(429)).toBe(300);
  });
});

describe('pages of other places', () => {
  const session = (headers: HeadersInit): Promise<Response> => relay.call(null, 'POST', '/session', undefined, headers);

  it.each([
    ['a foreign origin', { origin: 'https://evil.example', 'x-genesis': '1' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', 'x-genesis': '1' }],
    ['another name of this machine', { origin: 'http://localhost', 'x-genesis': '1' }],
    ['an origin of null', { origin: 'null', 'x-genesis': '1' }],
    ['an origin that begins alike', { origin: 'OWN.evil.example', 'x-genesis': '1' }],
    ['a user in the origin', { origin: 'http://OWN@evil.example', 'x-genesis': '1' }],
    ['no origin', { 'x-genesis': '1' }],
    ['no header of ours', { origin: 'OWN' }],
    ['a listed origin', { origin: 'https://listed.example', 'x-genesis': '1' }],
    ['a browser that hides the origin', { 'sec-fetch-site': 'cross-site', 'x-genesis': '1' }],
    ['a proxy before it', { origin: 'OWN', 'x-genesis': '1', 'x-forwarded-for': '203.0.113.5' }],
    ['a proxy that says via', { origin: 'OWN', 'x-genesis': '1', via: '1.1 proxy' }],
  ])('get no token of an owner: %s', async (_what, headers) => {
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.startsWith('OWN') ? value.replace('OWN', relay.url) : value.replace('OWN', `127.0.0.1:${relay.port}`),
      ]),
    );
    const answer = await session(filled);
    expect(answer.status).toBe(403);
    expect(await answer.text()).not.toContain('genesis_');
  });

  it.each([
    ['a relay with a name of its own', { names: ['genesis.example'] }],
    ['a relay behind proxies', { proxies: 1 }],
    ['a relay told not to', { local: false }],
  ])('nor does anybody from %s', async (_what, config) => {
    const other = await openedRelay({ config });
    try {
      expect(await other.session()).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  it.each(['cross-site', 'same-site'])('can’t ask at all as %s', async (site) => {
    for (const [method, path] of [
      ['GET', '/models'],
      ['POST', '/join'],
      ['POST', '/shares'],
      ['GET', `/shares/${'a'.repeat(43)}`],
    ] as const) {
      const answer = await relay.call(owner, method, path, undefined, { 'sec-fetch-site': site });
      expect([answer.status, await json(answer)]).toMatchObject([403, { code: 'foreign' }]);
    }
    expect((await relay.call(owner, 'GET', '/models', undefined, { 'sec-fetch-site': 'same-origin' })).status).toBe(
      200,
    );
    expect((await relay.call(owner, 'GET', '/models', undefined, { 'sec-fetch-site': 'none' })).status).toBe(200);
  });

  it('are told of CORS only where they are listed', async () => {
    for (const [origin, status, allowed] of [
      ['https://listed.example', 200, 'https://listed.example'],
      ['https://listed.example.evil', 403, null],
      ['http://listed.example', 403, null],
      ['https://evil.example', 403, null],
      ['null', 403, null],
    ] as const) {
      const answer = await relay.call(owner, 'GET', '/models', undefined, { origin });
      expect([origin, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
        origin,
        status,
        allowed,
      ]);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      const before = await relay.call(null, 'OPTIONS', '/models/complete', undefined, {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      });
      expect([before.status, before.headers.get('access-control-allow-origin')]).toEqual([
        status === 200 ? 204 : 403,
        allowed,
      ]);
    }
  });

  it('reach nothing by a name of their own that points here (DNS rebinding)', async () => {
    for (const host of ['evil.example', `evil.example:${relay.port}`, `127.0.0.1.evil.example:${relay.port}`]) {
      const origin = `http://${host}`;
      const answer = await relay.raw(
        `POST /api/v1/session HTTP/1.1\nHost: ${host}\nOrigin: ${origin}\nX-Genesis: 1\nContent-Length: 0\nConnection: close\n\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).not.toContain('genesis_');
    }
  });

  it('can’t send what a form can send', async () => {
    const body = JSON.stringify({ code: 'AAAA-BBBB-CCCC', name: 'n' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      const answer = await relay.call(null, 'POST', '/join', body, { 'content-type': type });
      expect([type, answer.status]).toEqual([type, 415]);
    }
  });
});

describe('injection', () => {
  it.each([
    ['a name', { code: 'AAAA-BBBB-CCCC', name: 'a\r\nSet-Cookie: x=1' }],
    ['a name of nothing', { code: 'AAAA-BBBB-CCCC', name: '  ' }],
    ['a field too many', { code: 'AAAA-BBBB-CCCC', name: 'n', role: 'owner' }],
    ['a prototype', JSON.parse('{"code": "AAAA-BBBB-CCCC", "name": "n", "__proto__": {"role": "owner"}}') as unknown],
  ])('of headers and fields fails: %s', async (_what, body) => {
    const answer = await relay.call(null, 'POST', '/join', body);
    expect([400, 403]).toContain(answer.status);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it.each([
    ['model', { model: 'x\r\nHost: evil' }],
    ['key', { key: 'k\nx' }],
    ['messages.0.role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['baseURL', { baseURL: 'http://169.254.169.254/' }],
    ['headers', { headers: { host: 'evil' } }],
    ['tokens', { tokens: 1e9 }],
    ['temperature', { temperature: 'hot' }],
    ['messages', { messages: [] }],
  ])('of a request’s %s is named and refused', async (field, more) => {
    const before = relay.standIn.seen.length;
    const answer = await relay.call(owner, 'POST', '/models/complete', { request: fresh(more) });
    expect(answer.status).toBe(400);
    expect(String((await json(answer))['error'])).toContain(`request.${field}`);
    expect(relay.standIn.seen.length).toBe(before);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'https://evil.example/v1',
    '//evil.example',
    '../../admin',
    'file:/etc/passwd',
    'messages@evil.example',
  ])('of an address as a model goes nowhere: %s', async (model) => {
    const before = relay.standIn.seen.length;
    const events = await eventsOf(await relay.call(owner, 'POST', '/models/complete', { request: fresh({ model }) }));
    expect(events.at(-1)?.data).toMatchObject({ reply: { type: 'failed', reason: 'this relay has no such model' } });
    const vectors = await json(relay.call(owner, 'POST', '/models/embed', { model, texts: ['x'] }));
    expect(vectors).toMatchObject({ answer: { type: 'failed' } });
    expect(relay.standIn.seen.length).toBe(before);
  });

  it('of headers does not reach a provider', async () => {
    await eventsOf(
      await relay.call(
        owner,
        'POST',
        '/models/complete',
        { request: fresh() },
        {
          'x-api-key': 'mine',
          'openai-organization': 'mine',
          'x-forwarded-host': 'evil.example',
          cookie: 'mine=1',
        },
      ),
    );
    expect(JSON.stringify(relay.standIn.seen.at(-1)?.headers)).not.toMatch(/mine|evil|genesis_/);
  });

  it.each([
    '/api/v1/shares/../codes',
    '/api/v1/shares/..%2f..%2fcodes',
    '/api/v1/accounts/relay%00',
    '/api/v1//codes',
    '/API/v1/codes',
    '/api/v1/shares/%27%20or%201=1--',
  ])('of paths finds nothing at %s', async (path) => {
    const answer = await relay.raw(`GET ${path} HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[0-9] /);
  });

  it('of header lines ends the connection', async () => {
    for (const lines of [
      'X-A: 1\nTransfer-Encoding: chunked\nContent-Length: 5\n',
      'Content-Length: 5\nContent-Length: 6\n',
      'X : y\n',
      `X-Long: ${'x'.repeat(20_000)}\n`,
    ]) {
      const answer = await relay.raw(`POST /api/v1/join HTTP/1.1\nHost: 127.0.0.1\n${lines}\nhello`);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
  });
});

describe('bodies', () => {
  const big = { request: { ...REQUEST, messages: [{ role: 'user', content: 'x'.repeat(21_000) }] } };

  it('that are too large are refused, told or untold', async () => {
    expect((await relay.call(owner, 'POST', '/models/complete', big)).status).toBe(413);
    const text = JSON.stringify(big);
    const response = await fetch(`${relay.base}/models/complete`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner}`, 'content-type': 'application/json' },
      body: new Blob([text]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect((await relay.call(null, 'POST', '/join', { code: 'x'.repeat(17_000), name: 'n' })).status).toBe(413);
  });

  it.each([
    ['no JSON', '{"code":'],
    ['a number', '7'],
    ['nothing', ''],
    ['deep nesting', '['.repeat(16_000)],
    ['half a character', new Uint8Array([0x7b, 0x22, 0xc3, 0x22, 0x7d])],
  ])('that are %s are refused', async (_what, body) => {
    const answer = await relay.call(null, 'POST', '/join', body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
  });

  it('that never end are given up', async () => {
    vi.useFakeTimers();
    try {
      const cancelled = vi.fn();
      const body = new ReadableStream({ start: (it) => it.enqueue(new Uint8Array(3)), cancel: cancelled });
      const request = new Request('http://localhost/', { method: 'POST', body, duplex: 'half' } as RequestInit);
      const read = readAll(request, 100);
      await vi.advanceTimersByTimeAsync(19_000);
      expect(await Promise.race([read, 'reading'])).toBe('reading');
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await read).toEqual({ type: 'slow' });
      expect(cancelled).toHaveBeenCalled();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that promise a length and never come are given up', async () => {
    vi.useFakeTimers();
    try {
      const body = new ReadableStream({ start: (it) => it.enqueue(new Uint8Array(3)) });
      const headers = { 'content-length': '50' };
      const init = { ...{ method: 'POST', body, headers }, duplex: 'half' } as RequestInit;
      const read = readAll(new Request('http://localhost/', init), 100);
      await vi.advanceTimersByTimeAsync(19_000);
      expect(await Promise.race([read, 'reading'])).toBe('reading');
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await read).toEqual({ type: 'slow' });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that are longer than they promised are refused all the same', async () => {
    const headers = { 'content-length': '5' };
    const request = new Request('http://localhost/', { method: 'POST', body: 'x'.repeat(200), headers });
    expect(await readAll(request, 100)).toEqual({ type: 'long' });
  });

  it('of connections that say half a request end with them, and others go on', async () => {
    const half = relay.raw(`POST /api/v1/join HTTP/1.1\nHost: 127.0.0.1\nX-Slow`);
    expect((await relay.call(null, 'GET', '/health')).status).toBe(200);
    // Cut off by the server: after ten seconds, looked for every five.
    expect(await half).toMatch(/^HTTP\/1\.1 408 /);
  }, 30_000);
});

describe('shares', () => {
  it('are only ever downloaded, whatever they hold', async () => {
    const { token } = await relay.client();
    const page = '<script>fetch("/api/v1/session")</script>';
    const { id } = await json(relay.call(token, 'POST', '/shares', page, { 'content-type': 'text/html' }));
    const { headers } = await relay.call(null, 'GET', `/shares/${String(id)}`);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe('attachment');
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('are named by their content alone, and never change', async () => {
    const [ada, eve] = [await relay.client(), await relay.client()];
    const { id } = await json(relay.call(ada.token, 'POST', '/shares', 'first'));
    expect(id).toBe(createHash('sha256').update('first').digest('base64url'));
    for (const method of ['PUT', 'POST', 'PATCH'])
      expect((await relay.call(ada.token, method, `/shares/${String(id)}`, 'second')).status).toBe(404);
    await relay.call(eve.token, 'POST', '/shares', 'first', { 'x-sealed': '1' });
    await relay.call(ada.token, 'DELETE', `/shares/${String(id)}`);
    expect(await (await relay.call(null, 'GET', `/shares/${String(id)}`)).text()).toBe('first');
  });

  it('have a size and a number, also where many come at once', async () => {
    const { token } = await relay.client();
    expect((await relay.call(token, 'POST', '/shares', 'x'.repeat(10_001))).status).toBe(413);
    expect((await relay.call(token, 'POST', '/shares', '')).status).toBe(400);
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => relay.call(token, 'POST', '/shares', `n${i}`)));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 201, 201, 429, 429, 429, 429, 429, 429, 429]);
    expect(((await json(relay.call(token, 'GET', '/shares')))['shares'] as unknown[]).length).toBe(3);
  });

  it('can’t be searched for: reads are paced', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 301 }, async () => (await relay.call(null, 'GET', `/shares/${'b'.repeat(43)}`)).status),
    );
    expect(statuses.filter((status) => status === 404).length).toBe(300);
    expect(statuses.filter((status) => status === 429).length).toBe(1);
  });
});

describe('the compiler', () => {
  it.each(['../x.rs', '/etc/x.rs', 'a/../../x.rs', '-o.rs', 'a//b.rs', '.', 'a\\b.rs', 'x\n.rs'])(
    'takes no file named %j',
    async (name) => {
      const answer = await relay.call(owner, 'POST', '/compile', {
        ...{ language: 'rust', files: { 'main.rs': '', [name]: 'x' }, entry: 'main.rs' },
        options: { optimise: 'speed' },
      });
      expect(answer.status).toBe(200);
      expect(JSON.stringify(await json(answer))).toContain('is no path inside the program');
    },
  );

  it('is asked by nobody without a token', async () => {
    const body = { language: 'rust', files: { 'a.rs': '' }, entry: 'a.rs', options: { optimise: 'speed' } };
    expect((await relay.call(null, 'POST', '/compile', body)).status).toBe(401);
    expect((await relay.call(null, 'GET', '/compile')).status).toBe(401);
  });
});
