/** What to do about an endpoint that does not give its list, and what its names say. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PRICE_TABLE } from '../../../web/engine/models/price-table.ts';
import { remedyOf } from '../../../web/models/listing.ts';
import type { EndpointKind, Listed } from '../../../web/models/source.ts';
import { place } from './place.ts';

const at = (base: string | null, kind: EndpointKind = 'compatible') =>
  ({ type: 'endpoint', kind, base, key: null }) as const;
const HTTPS = 'https://genesis.example';
const HTTP = 'http://127.0.0.1:8420';

describe('what to do', () => {
  it.each([
    ['http://localhost:11434/v1', HTTP, /^Ollama must run, with OLLAMA_ORIGINS=http:\/\/127.0.0.1:8420 /],
    ['http://127.0.0.1:1234/v1', HTTP, /^LM Studio’s server must run, with CORS turned on/],
    ['http://localhost:8000/v1', HTTPS, /OLLAMA_ORIGINS=https:\/\/genesis.example.*LM Studio/],
    ['http://10.0.0.5:8000/v1', HTTPS, /came by https/],
    ['http://10.0.0.5:8000/v1', HTTP, /directModels/],
    ['https://models.example/v1', HTTPS, /directModels/],
  ])('about %s, which can’t be reached from %s, is said', (base, origin, words) => {
    expect(remedyOf('outage', at(base), origin)).toMatch(words);
  });

  it('is said about keys, addresses and providers', () => {
    expect(remedyOf('key', at(null, 'openai'), HTTP)).toMatch(/key/);
    expect(remedyOf('request', at('http://localhost:1/'), HTTP)).toMatch(/\/v1/);
    expect(remedyOf('outage', at(null, 'openai'), HTTP)).toMatch(/relay/);
    expect(remedyOf('overloaded', at(null, 'openai'), HTTP)).toMatch(/again/);
  });
});

describe('an endpoint that the page may not reach', () => {
  it('is told from one that is not there', async () => {
    const asked: string[] = [];
    const blocked = (address: string): boolean => asked.push(address) > 0;
    const { book } = place([], { blocked });
    const listed = await book.list(at('http://127.0.0.1:9/v1'), new AbortController().signal);
    expect(listed).toEqual({
      ...{ type: 'failed', reason: '127.0.0.1:9 could not be reached' },
      remedy: expect.stringContaining('directModels') as string,
    });
    expect(asked).toEqual(['http://127.0.0.1:9/v1']);
  });
});

describe('a list', () => {
  const never = new AbortController().signal;
  let server: Server | null = null;
  afterEach(() => void server?.close());

  async function listOf(ids: readonly unknown[], kind: EndpointKind = 'openai'): Promise<Listed> {
    server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model' })) }));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    return place([]).book.list({ type: 'endpoint', kind, base, key: 'sk-some-key' }, never);
  }

  it('has what is known of each model, those with a price first, and none that makes no text or vectors', async () => {
    const known = PRICE_TABLE.find(({ provider }) => provider === 'openai');
    if (!known) throw new Error('the table has no model of OpenAI');
    const listed = await listOf([
      ...['unheard-of', 'text-embedding-3-small', 'whisper-1', 'gpt-image-1', 'bge-m3'],
      ...[known.model, 'tts-1', 'bad name', 17, 'unheard-of'],
    ]);
    if (listed.type !== 'ok') throw new Error(listed.reason);
    expect(listed.models.map(({ model, purpose }) => [model, purpose])).toEqual([
      [known.model, 'text'],
      ['unheard-of', 'text'],
      ['text-embedding-3-small', 'vectors'],
      ['bge-m3', 'vectors'],
    ]);
    const { input, output } = known;
    expect(listed.models[0]).toMatchObject({ price: { input, output }, context: known.context, reply: known.reply });
    expect(listed.models[1]).toMatchObject({ price: null, context: null, reasons: false });
    expect(listed.notes).toHaveLength(1);
  });

  it('takes no price from the name alone: another’s model of that name may cost something else', async () => {
    const known = PRICE_TABLE.find(({ provider }) => provider === 'openai')?.model;
    expect(await listOf([known], 'compatible')).toMatchObject({ type: 'ok', models: [{ model: known, price: null }] });
  });

  it('that is empty says so', async () => {
    expect(await listOf([], 'compatible')).toMatchObject({
      type: 'ok',
      models: [],
      notes: [expect.stringContaining('no models') as string],
    });
  });

  it('is not asked for without the key that is wanted', async () => {
    expect(await place([]).book.list(at(null, 'anthropic'), never)).toMatchObject({
      type: 'failed',
      reason: 'No key has been given',
    });
    expect(await place([]).book.list({ type: 'page', model: 'you' }, never)).toMatchObject({ type: 'failed' });
  });
});
