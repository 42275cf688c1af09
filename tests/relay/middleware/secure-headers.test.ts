/** Whom the page may talk to. */
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../relay/config.ts';
import { secureHeaders, type HeaderOptions } from '../../../relay/middleware/secure-headers.ts';

async function connectOf(path: string, options?: HeaderOptions): Promise<readonly string[]> {
  const app = new Hono();
  app.use(secureHeaders(options));
  app.get('/assets/worker.js', (context) =>
    context.body('', 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  app.get('/plain.css', (context) => context.body('', 200, { 'content-type': 'text/css' }));
  app.get('*', (context) => context.html('<p>'));
  const policy = (await app.request(path)).headers.get('content-security-policy') ?? '';
  return policy.match(/connect-src ([^;]*)/)?.[1]?.split(' ') ?? [];
}

const PROVIDERS = [
  ...['https://api.openai.com', 'https://api.anthropic.com', 'https://generativelanguage.googleapis.com'],
  ...['https://api.deepseek.com', 'https://openrouter.ai'],
];
const HERE = ['http://localhost:*', 'http://127.0.0.1:*'];
const WEIGHTS = [
  ...['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co', 'https://raw.githubusercontent.com'],
];

describe('whom the page may talk to', () => {
  it('is its own place, known providers, this machine, and where models for the page come from', async () => {
    expect(await connectOf('/')).toEqual(["'self'", ...PROVIDERS, ...HERE, ...WEIGHTS]);
  });

  it('is its own place alone where models may not be asked directly', async () => {
    expect(await connectOf('/', { directModels: false })).toEqual(["'self'"]);
  });

  it('is more where the owner names more', async () => {
    const places = ['https://relay.example.org', 'http://10.0.0.5:8000'];
    const connect = await connectOf('/', { directModels: places });
    expect(connect.slice(-2)).toEqual(places);
    expect(connect).toContain('https://api.openai.com');
  });

  it('is the same for workers, which go by the policy of their own script', async () => {
    expect(await connectOf('/assets/worker.js', { directModels: false })).toEqual(["'self'", 'data:', 'blob:']);
    expect(await connectOf('/assets/worker.js')).toContain('https://api.openai.com');
    expect(await connectOf('/plain.css')).toEqual([]);
  });

  it('is nobody for the frame that candidates run in, whatever is set', async () => {
    for (const directModels of [true, false, ['https://relay.example.org']]) {
      expect(await connectOf('/sandbox.html', { directModels })).toEqual(["'none'"]);
    }
  });

  it('never widens what scripts may be loaded or run', async () => {
    const app = new Hono();
    app.use(secureHeaders());
    app.get('/', (context) => context.html('<p>'));
    const policy = (await app.request('/')).headers.get('content-security-policy') ?? '';
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("default-src 'self'");
  });
});

describe('directModels', () => {
  const read = (directModels: unknown) =>
    readConfig({ name: 'genesis.config.json', text: JSON.stringify({ directModels }) }, {});

  it('is true, false, or a list of origins', () => {
    for (const value of [true, false, [], ['https://a.example', 'http://10.0.0.5:8000']]) {
      expect(read(value)).toMatchObject({ type: 'ok', config: { directModels: value } });
    }
  });

  it.each([
    ['yes'],
    [1],
    [['a.example']],
    [['https://a.example/path']],
    [["https://a.example; script-src 'unsafe-eval'"]],
  ])('is not %j, and says so by its name', (value) => {
    const result = read(value);
    expect(result.type).toBe('failed');
    if (result.type === 'failed') expect(result.problems.join()).toMatch(/directModels/);
  });
});
