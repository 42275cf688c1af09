/**
 * Real providers, where a person asks for it and has a key: `GENESIS_LIVE=1 npx vitest run --project unit tests/relay/live.test.ts`.
 * One completion each, through the relay's gateway, with a budget of one cent. With `GENESIS_LIVE_SEARCH=1` one search of the web too, where a
 * provider makes any, for which half a dollar is set aside and a cent or two are spent. The same is done to a stand-in, which costs nothing.
 */
import { describe, expect, it } from 'vitest';
import { hashOf, newId, newToken } from '../../relay/access/tokens.ts';
import { keyVariableOf, KINDS, readConfig, type ProviderConfig, type ProviderKind } from '../../relay/config.ts';
import { createProvider } from '../../relay/llm/index.ts';
import { openRelay } from '../../relay/open.ts';
import { NO_CAPS, type Client } from '../../relay/store/store.ts';
import type { ModelRequest } from '../../web/engine/models/model.ts';
import { nanoUp } from '../../web/engine/models/money.ts';
import { PRICE_TABLE } from '../../web/engine/models/price-table.ts';
import { searchesWeb } from '../../web/models/providers/kinds.ts';
import { anthropicEvents, responsesEvents, type Part } from './llm/search-streams.ts';
import { startStandIn, STAND_IN_KEY } from './llm/stand-in.ts';

const CENT = 0.01;
/** What a search may bring in is set aside, and most of it comes back. */
const FOR_SEARCH = 0.5;
const TOKENS = 400;
/** What OpenRouter passes on has no list price here: a few small models, charged as if they were dear. */
const SMALL = /(flash|mini|haiku|luna|lite|small)/;
const ASSUMED = { input: 2, output: 15, search: 0.01 };

type Setting = Pick<ProviderConfig, 'kind'> & Partial<Pick<ProviderConfig, 'baseURL' | 'keyFrom'>>;

/** A model that costs little, of those the account may use: `GENESIS_LIVE_MODEL_<KIND>` where it is set, else the cheapest with a price. */
function choose(kind: ProviderKind, listed: readonly string[]): { name: string; price?: typeof ASSUMED } {
  const asked = process.env[`GENESIS_LIVE_MODEL_${kind.toUpperCase()}`] ?? '';
  const priced = PRICE_TABLE.filter(({ provider, model }) => provider === kind && listed.includes(model));
  const cheapest = priced.sort((a, b) => a.output - b.output)[0]?.model;
  const name = asked || cheapest || listed.find((model) => SMALL.test(model));
  if (name === undefined) throw new Error(`${kind} lists no model that is known to be cheap: ${listed.join(', ')}`);
  return PRICE_TABLE.some(({ model }) => model === name) ? { name } : { name, price: ASSUMED };
}

const LOOK_UP = 'Search the web once: which packings of 26 circles in a unit square are known? Answer in one sentence.';

/** Lists, asks once, asks the same again, and reads the books. */
async function live(setting: Setting, environment: NodeJS.ProcessEnv, search = false): Promise<string> {
  const cap = search ? FOR_SEARCH : CENT;
  const wiring = { environment, now: Date.now, timeout: 60_000, factsOf: () => null };
  const made = createProvider({ models: [], free: false, ...setting }, wiring);
  if (made.type !== 'ok') throw new Error(`${made.variable} is not set`);
  const listed = await made.provider.list(AbortSignal.timeout(20_000));
  if (listed.type !== 'ok') throw new Error(listed.reason);
  const model = choose(setting.kind, listed.models);

  const text = JSON.stringify({
    store: ':memory:',
    budget: { dollars: cap },
    search,
    providers: [{ ...setting, models: [model] }],
  });
  const read = readConfig({ name: 'live', text }, environment);
  if (read.type !== 'ok') throw new Error(read.problems.join('\n'));
  // Other providers whose keys are at hand are left alone.
  const config = { ...read.config, providers: read.config.providers.slice(0, 1) };
  const opened = await openRelay({ config, environment });
  if (opened.type !== 'ok') throw new Error(opened.problems.join('\n'));
  const { store, gateway } = opened.relay.services;
  try {
    const client: Client = {
      ...{ id: newId(), role: 'member', name: 'live', code: null, models: null, created: Date.now(), expires: null },
    };
    await store.addClient(client, hashOf(newToken()), { ...NO_CAPS, nano: nanoUp(cap) });
    const request: ModelRequest = {
      ...{
        model: model.name,
        purpose: 'propose',
        tokens: TOKENS,
        temperature: null,
        effort: 'none',
        seed: 1,
        key: 'live',
      },
      messages: [{ role: 'user', content: search ? LOOK_UP : 'Answer with one word: what comes after Monday?' }],
      ...(search ? { search: 1 } : {}),
    };
    const ask = (pieces: string[]) =>
      gateway.complete({ client, run: null }, request, AbortSignal.timeout(60_000), (piece) => void pieces.push(piece));
    const pieces: string[] = [];
    const reply = await ask(pieces);
    if (reply.type !== 'replied') throw new Error(`${model.name}: ${reply.reason}`);
    expect(['stop', 'length']).toContain(reply.finish);
    expect(pieces.join('')).toBe(reply.text);
    expect(reply.text.length + reply.usage.reasoning).toBeGreaterThan(0);
    expect(reply.usage.input).toBeGreaterThan(0);
    expect(reply.usage.output).toBeGreaterThan(0);
    const { dollars } = reply;
    expect(dollars).toBeGreaterThan(0);
    expect(dollars).toBeLessThanOrEqual(cap);
    if (search) {
      expect(reply.usage.searches).toBeGreaterThan(0);
      expect(reply.sources?.length).toBeGreaterThan(0);
    }

    expect(await ask([])).toEqual(reply);
    for (const id of [`client:${client.id}`, 'relay']) {
      const account = await store.account(id);
      expect(account?.held).toEqual({ nano: 0, tokens: 0, calls: 0 });
      expect(account?.spent).toMatchObject({ nano: nanoUp(dollars ?? 0), calls: 1 });
    }
    return `${setting.kind} ${model.name}: ${reply.finish}, ${reply.usage.input} + ${reply.usage.output} tokens, ${String(dollars)} dollars`;
  } finally {
    await opened.relay.close(0);
  }
}

describe('a real provider', () => {
  for (const kind of KINDS) {
    const variable = keyVariableOf({ kind, models: [], free: false });
    // An endpoint of one's own has no usual place and no usual key.
    if (variable === null) continue;
    it(`answers through the gateway: ${kind}`, { timeout: 180_000 }, async (context) => {
      if (process.env['GENESIS_LIVE'] !== '1')
        return context.skip(`needs GENESIS_LIVE=1 and ${variable}; costs at most one cent`);
      if ((process.env[variable] ?? '') === '') return context.skip(`${variable} is not set`);
      console.log(await live({ kind }, process.env));
    });
    if (!searchesWeb(kind)) continue;
    it(`searches the web: ${kind}`, { timeout: 180_000 }, async (context) => {
      if (process.env['GENESIS_LIVE_SEARCH'] !== '1')
        return context.skip(
          `needs GENESIS_LIVE_SEARCH=1 and ${variable}; costs a cent or two, at most ${FOR_SEARCH} dollars`,
        );
      if ((process.env[variable] ?? '') === '') return context.skip(`${variable} is not set`);
      console.log(await live({ kind }, process.env, true));
    });
  }
});

describe('a stand-in', () => {
  it.each<[Setting['kind'], string, (parts: readonly Part[]) => ReturnType<typeof anthropicEvents>]>([
    ['anthropic', '', (parts) => anthropicEvents(parts, { usage: { output_tokens: 9, input_tokens: 4_000 } })],
    ['openai', '/v1', (parts) => responsesEvents(parts, { usage: { output_tokens: 9, input_tokens: 4_000 } })],
  ])('searches the web in the very same way: %s', async (kind, path, events) => {
    const standIn = await startStandIn();
    try {
      const setting = { kind, baseURL: `${standIn.url}${path}`, keyFrom: 'STAND_IN_KEY' };
      const parts: Part[] = [{ search: 'a', pages: [{ url: 'https://example.org/', title: 'A' }] }, { text: 'Some.' }];
      standIn.next({ type: 'events', events: events(parts) });
      expect(await live(setting, { STAND_IN_KEY }, true)).toContain('0.018135 dollars');
      standIn.next({ type: 'events', events: events([{ text: 'None.' }]) });
      await expect(live(setting, { STAND_IN_KEY }, true)).rejects.toThrow();
    } finally {
      await standIn.close();
    }
  });

  it.each<[Setting['kind'], string]>([
    ['openai', '/v1'],
    ['anthropic', ''],
    ['google', '/v1beta/openai'],
    ['deepseek', '/v1'],
    ['openrouter', '/v1'],
  ])('is asked in the very same way: %s', async (kind, path) => {
    const standIn = await startStandIn();
    try {
      const setting = { kind, baseURL: `${standIn.url}${path}`, keyFrom: 'STAND_IN_KEY' };
      expect(await live(setting, { STAND_IN_KEY })).toContain('stand-in-small');
      expect(standIn.answered).toBe(1);
      await expect(live(setting, { STAND_IN_KEY: 'another' })).rejects.toThrow();
      standIn.next({ type: 'status', status: 400, body: '{}' });
      await expect(live(setting, { STAND_IN_KEY })).rejects.toThrow('stand-in-small');
    } finally {
      await standIn.close();
    }
  });
});
