import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../relay/app.ts';
import { listen, type Listening } from '../../relay/server.ts';

const SECRET = 'not for anyone';
let home = '';
let server: Listening;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'genesis-site-'));
  const folder = join(home, 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(home, 'secret.txt'), SECRET);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'sandbox.html'), '<!doctype html><title>sandbox</title>');
  writeFileSync(join(folder, '.hidden'), SECRET);
  writeFileSync(join(folder, 'assets', 'main-Ab3_-9xZ.js'), 'export {};');
  writeFileSync(join(folder, 'assets', 'grammar-12345678.wasm'), Buffer.from([0, 97, 115, 109]));
  writeFileSync(join(folder, 'assets', 'plain.css'), 'a{}');
  symlinkSync(join(home, 'secret.txt'), join(folder, 'link.txt'));
  const result = await listen(createApp({ site: folder }), { port: 0 });
  if (result.type === 'failed') throw new Error(result.reason);
  server = result;
});

afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true });
});

/** One request as raw text, since clients tidy paths and Host headers before they send them. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(request.replaceAll('\n', '\r\n') + '\r\n\r\n'));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const get = (path: string, host = 'localhost') => raw(`GET ${path} HTTP/1.1\nHost: ${host}\nConnection: close`);

describe('static files', () => {
  it('serves the page at the root, always revalidated', async () => {
    const answer = await fetch(server.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>page</title>');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it('types what Vite builds and keeps hashed names for good', async () => {
    const script = await fetch(`${server.url}assets/main-Ab3_-9xZ.js`);
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(script.headers.get('cache-control')).toContain('immutable');
    const wasm = await fetch(`${server.url}assets/grammar-12345678.wasm`);
    expect(wasm.headers.get('content-type')).toBe('application/wasm');
    expect(new Uint8Array(await wasm.arrayBuffer())).toEqual(new Uint8Array([0, 97, 115, 109]));
    const style = await fetch(`${server.url}assets/plain.css`);
    expect(style.headers.get('cache-control')).toBe('no-cache');
  });

  it('answers 304 to a known tag and a HEAD without a body', async () => {
    const tag = (await fetch(server.url)).headers.get('etag') as string;
    const again = await fetch(server.url, { headers: { 'if-none-match': tag } });
    expect(again.status).toBe(304);
    const head = await fetch(server.url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe('34');
    expect(await head.text()).toBe('');
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00',
    '/index.html%00.txt',
    '//secret.txt',
    '/.hidden',
    '/link.txt',
    '/assets',
    '/assets/',
    '/%',
    '/missing.js',
  ])('finds nothing at %s', async (path) => {
    const answer = await get(path);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).not.toContain(SECRET);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
    const answer = await fetch(server.url, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('host check', () => {
  it.each(['localhost', 'LOCALHOST:8420', '127.0.0.1:1', '[::1]:8420'])('answers to %s', async (host) => {
    expect(await get('/', host)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8420',
    '127.0.0.2',
    'local host',
    'a@localhost',
  ])('refuses %s, page and endpoints', async (host) => {
    for (const path of ['/', '/api/v1/health']) {
      const answer = await get(path, host);
      expect(answer).toMatch(/^HTTP\/1\.1 4(00|21) /);
      expect(answer).not.toContain('<title>');
    }
  });

  it('answers to a name it was told', async () => {
    const app = createApp({ site: null, hosts: ['Genesis.example'] });
    const ask = (host: string) => app.request('/api/v1/health', { headers: { host } });
    expect((await ask('genesis.example:8420')).status).toBe(200);
    expect((await ask('other.example')).status).toBe(421);
  });
});

describe('headers and endpoints', () => {
  it('tells health', async () => {
    const answer = await fetch(`${server.url}api/v1/health`);
    expect(await answer.json()).toEqual({ v: 1, status: 'ok' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('says so in JSON where there is no such endpoint', async () => {
    const answer = await fetch(`${server.url}api/v1/nothing`, { method: 'POST' });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ v: 1, error: 'no such endpoint' });
  });

  it('puts the secure headers on every answer and a policy on the page', async () => {
    for (const path of ['', 'api/v1/health', 'assets/plain.css', 'missing']) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    }
    const policy = (await fetch(server.url)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy.replace(/connect-src [^;]*/, '')).not.toMatch(/https?:|\*/);
    expect(policy).toContain("object-src 'none'");
    expect(policy).not.toContain("'unsafe-eval'");
    expect(/script-src [^;]*/.exec(policy)?.[0]).not.toContain("'unsafe-inline'");
  });

  it('isolates the page and lets one service in, only where Node projects are allowed', async () => {
    expect((await fetch(server.url)).headers.get('cross-origin-embedder-policy')).toBe(null);
    const app = createApp({ site: null, nodeProjects: true });
    const { headers } = await app.request('http://127.0.0.1/nothing');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('lets the page fetch packages of Python from one place, only where it is told which, and says so', async () => {
    const ask = async (pythonPackages: string | null): Promise<unknown> => {
      const app = createApp({ site: null, pythonPackages });
      const headers = { host: '127.0.0.1' };
      return (await app.request('http://127.0.0.1/api/v1/python-packages', { headers })).json();
    };
    expect(await ask(null)).toEqual({ v: 1, base: null });
    expect(await ask('https://a.example/full/')).toEqual({ v: 1, base: 'https://a.example/full/' });
    const { secureHeaders } = await import('../../relay/middleware/secure-headers.ts');
    const { Hono } = await import('hono');
    const connecting = async (pythonPackages: string | null) => {
      const app = new Hono().use(secureHeaders({ directModels: false, pythonPackages }));
      app.get('/', (context) => context.html(''));
      app.get('/w.js', (context) => context.body('', 200, { 'content-type': 'text/javascript' }));
      const policies = await Promise.all(['/', '/w.js'].map((path) => app.request(path)));
      return policies.map(
        ({ headers }) => /connect-src ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1],
      );
    };
    expect(await connecting(null)).toEqual(["'self'", "'self' data: blob:"]);
    expect(await connecting('https://a.example/full/')).toEqual([
      "'self' https://a.example",
      "'self' https://a.example data: blob:",
    ]);
  });

  it("takes the sandbox frame's origin away, wherever it is opened", async () => {
    const policy = (await fetch(`${server.url}sandbox.html`)).headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^sandbox allow-scripts;/);
    expect(policy).not.toContain('allow-same-origin');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).toContain("frame-ancestors 'self'");
  });
});

describe('listening', () => {
  it('fails with a reason when the port is taken, or takes the next one where it may', async () => {
    const taken = await listen(createApp({ site: null }), { port: server.port });
    expect(taken).toEqual({ type: 'failed', reason: `port ${server.port} of 127.0.0.1 is taken` });
    const next = await listen(createApp({ site: null }), { port: server.port, further: 20 });
    expect(next.type).toBe('ok');
    if (next.type === 'ok') {
      expect(next.port).toBeGreaterThan(server.port);
      await next.close();
    }
  });
});
