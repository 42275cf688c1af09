/** Every wire through its real SDK, against a provider on loopback that misbehaves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProvider } from '../../../relay/llm/index.ts';
import type { ProviderConfig } from '../../../relay/config.ts';
import type { ModelRequest } from '../../../web/engine/models/model.ts';
import type { Provider, ProviderReply } from '../../../web/models/providers/provider.ts';
import { startStandIn, STAND_IN_KEY, STAND_IN_MODELS, type StandIn } from './stand-in.ts';

const WIRES: readonly (readonly [string, Omit<ProviderConfig, 'baseURL' | 'models' | 'free'>, string])[] = [
  ['responses', { kind: 'openai' }, '/v1'],
  ['OpenAI chat', { kind: 'openai', api: 'chat' }, '/v1'],
  ['Anthropic messages', { kind: 'anthropic' }, ''],
  ['Google', { kind: 'google' }, '/v1beta/openai'],
  ['DeepSeek', { kind: 'deepseek' }, '/v1'],
  ['OpenRouter', { kind: 'openrouter' }, '/v1'],
  ['a compatible endpoint', { kind: 'compatible', keyFrom: 'SOME_KEY' }, '/v1'],
];

const REQUEST: ModelRequest = {
  ...{ model: 'stand-in-large', purpose: 'propose', tokens: 500, temperature: 0.7, effort: 'none', seed: 5, key: 'k' },
  messages: [
    { role: 'system', content: 'You improve programs.' },
    { role: 'user', content: 'Improve this one.' },
  ],
};

let standIn: StandIn;
beforeEach(async () => void (standIn = await startStandIn()));
afterEach(() => standIn.close());

function open(config: Omit<ProviderConfig, 'baseURL' | 'models' | 'free'>, path: string, key = STAND_IN_KEY): Provider {
  const environment = Object.fromEntries(
    ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'DEEPSEEK_API_KEY', 'OPENROUTER_API_KEY', 'SOME_KEY'].map(
      (name) => [name, key],
    ),
  );
  const made = createProvider(
    { ...config, baseURL: `${standIn.url}${path}`, models: [], free: false },
    { environment, now: Date.now, timeout: 5_000, factsOf: () => null },
  );
  if (made.type !== 'ok') throw new Error(`no key in ${made.variable}`);
  return made.provider;
}

describe.each(WIRES)('%s', (_name, config, path) => {
  const never = new AbortController().signal;
  const ask = (provider: Provider, signal = never, pieces: string[] = []): Promise<ProviderReply> =>
    provider.complete(REQUEST, signal, (piece) => void pieces.push(piece));

  it('gives text, pieces, usage and the reason it ended', async () => {
    standIn.answer = () => 'αβγ — a program of 𝒏 lines';
    const pieces: string[] = [];
    const reply = await ask(open(config, path), never, pieces);
    expect(reply).toMatchObject({ type: 'replied', text: 'αβγ — a program of 𝒏 lines', finish: 'stop' });
    expect(pieces.join('')).toBe('αβγ — a program of 𝒏 lines');
    expect(pieces.length).toBeGreaterThan(1);
    if (reply.type === 'replied') expect(reply.usage.input * reply.usage.output).toBeGreaterThan(0);
    expect(standIn.seen[0]?.body).toMatchObject({ model: 'stand-in-large', stream: true });
  });

  it.each([
    ['length', 'length'],
    ['refusal', 'refused'],
  ] as const)('says that a reply ended by %s', async (finish, told) => {
    standIn.next({ type: 'answer', finish });
    expect(await ask(open(config, path))).toMatchObject({ type: 'replied', finish: told });
  });

  it.each([
    [429, { 'retry-after': '7' }, 'overloaded', 7_000],
    [429, { 'retry-after-ms': '120' }, 'overloaded', 120],
    [529, {}, 'overloaded', null],
    [503, { 'retry-after': 'nonsense' }, 'overloaded', null],
    [500, {}, 'outage', null],
    [400, {}, 'request', null],
    [403, {}, 'key', null],
  ] as const)(
    'takes a %s as a value, asks once, and knows that nothing was charged',
    async (status, headers, kind, retryAfter) => {
      standIn.next({ type: 'status', status, headers });
      const reply = await ask(open(config, path));
      expect(reply).toMatchObject({ type: 'failed', kind, retryAfter, usage: { input: 0, output: 0 } });
      expect(standIn.seen.length).toBe(1);
    },
  );

  it('never repeats a word of what a provider says of a key', async () => {
    const reply = await ask(open(config, path, 'sk-wrong-key-of-somebody'));
    expect(reply).toMatchObject({ type: 'failed', kind: 'key' });
    expect(JSON.stringify(reply)).not.toContain('sk-wrong');
  });

  it('says of a stream that is cut, that nobody knows what it cost', async () => {
    standIn.next({ type: 'cut', pieces: 2 });
    expect(await ask(open(config, path))).toMatchObject({ type: 'failed', kind: 'outage', usage: null });
  });

  it('settles on malformed streams and on connections that are hung up', async () => {
    standIn.next({ type: 'malformed' }, { type: 'hang-up' });
    expect(await ask(open(config, path))).toMatchObject({ type: 'failed' });
    expect(await ask(open(config, path))).toMatchObject({ type: 'failed', kind: 'outage', usage: null });
  });

  it('knows that a provider that could not be reached charged nothing', async () => {
    const provider = open(config, path);
    await standIn.close();
    expect(await ask(provider)).toMatchObject({ type: 'failed', kind: 'outage', usage: { input: 0, output: 0 } });
  });

  it('closes the provider’s connection when it is stopped', async () => {
    standIn.next({ type: 'drip', every: 20, pieces: 500 });
    const stop = new AbortController();
    const pieces: string[] = [];
    const reply = open(config, path).complete(REQUEST, stop.signal, (piece) => {
      pieces.push(piece);
      stop.abort();
    });
    expect(await reply).toMatchObject({ type: 'failed', kind: 'stopped', usage: null });
    await expect.poll(() => standIn.seen[0]?.cancelled).toBe(true);
  });

  it('gives up a reply without end', async () => {
    standIn.next({ type: 'endless' });
    expect(await ask(open(config, path))).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('without end') as string,
    });
    await expect.poll(() => standIn.seen[0]?.cancelled).toBe(true);
  });

  it('survives usage that makes no sense', async () => {
    standIn.next({
      type: 'answer',
      usage: { prompt_tokens: -5, completion_tokens: 'many', input_tokens: null, output_tokens: 1e999 },
    });
    const reply = await ask(open(config, path));
    expect(reply.type).toBe('replied');
    if (reply.type === 'replied')
      expect(Object.values(reply.usage).every((count) => count >= 0 && Number.isFinite(count))).toBe(true);
  });

  it('lists the models that the key may use', async () => {
    expect(await open(config, path).list(never)).toEqual({ type: 'ok', models: STAND_IN_MODELS });
    expect(await open(config, path, 'sk-wrong').list(never)).toMatchObject({ type: 'failed' });
  });
});
