/** Searches of the web through the real SDKs: streams with searches, cut ones, turns that were paused, and what a stranger's page may say. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProvider } from '../../../relay/llm/index.ts';
import type { ModelRequest } from '../../../web/engine/models/model.ts';
import { searchesWeb } from '../../../web/models/providers/kinds.ts';
import type { ProviderReply } from '../../../web/models/providers/provider.ts';
import { anthropicEvents, responsesEvents, type Page, type Part } from './search-streams.ts';
import { startStandIn, STAND_IN_KEY, type Behaviour, type StandIn } from './stand-in.ts';

const REQUEST: ModelRequest = {
  ...{ model: 'stand-in-large', purpose: 'propose', tokens: 500, temperature: null, effort: 'none', seed: 5, key: 'k' },
  messages: [
    { role: 'system', content: 'You improve programs.' },
    { role: 'user', content: 'Improve this one.' },
  ],
  search: 2,
};
const PAGE: Page = { url: 'https://example.org/packing?n=26', title: 'Packing 26 circles' };
const OTHER: Page = { url: 'https://example.com/other', title: 'Other' };

interface Wire {
  readonly name: string;
  readonly path: string;
  readonly kind: 'openai' | 'anthropic';
  events(parts: readonly Part[], more?: { readonly searches?: unknown; readonly input?: unknown }): Behaviour;
  /** What was asked for. */
  readonly asks: Readonly<Record<string, unknown>>;
  /** Whether results name their titles. */
  readonly titles: boolean;
}

const WIRES: readonly Wire[] = [
  {
    ...{ name: 'Anthropic', path: '', kind: 'anthropic', titles: true },
    asks: { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }] },
    events: (parts, { searches, input = 9_000 } = {}) => {
      const server_tool_use = searches === undefined ? null : { web_search_requests: searches, web_fetch_requests: 0 };
      const usage = {
        output_tokens: 60,
        input_tokens: input,
        output_tokens_details: { thinking_tokens: 5 },
        server_tool_use,
      };
      return { type: 'events', events: anthropicEvents(parts, { usage }) };
    },
  },
  {
    ...{ name: 'OpenAI', path: '/v1', kind: 'openai', titles: false },
    asks: {
      tools: [{ type: 'web_search', search_context_size: 'low' }],
      max_tool_calls: 2,
      include: ['web_search_call.action.sources'],
    },
    events: (parts, { searches, input = 9_000 } = {}) => {
      const usage = { input_tokens: input, output_tokens: 60, output_tokens_details: { reasoning_tokens: 5 } };
      const tools = searches === undefined ? undefined : { num_requests: searches };
      return { type: 'events', events: responsesEvents(parts, { usage, tools }) };
    },
  },
];

let standIn: StandIn;
beforeEach(async () => void (standIn = await startStandIn()));
afterEach(() => standIn.close());

async function ask(
  { kind, path }: Pick<Wire, 'kind' | 'path'>,
  pieces: string[] = [],
  request: ModelRequest = REQUEST,
): Promise<ProviderReply> {
  const made = createProvider(
    { kind, baseURL: `${standIn.url}${path}`, models: [], free: false },
    {
      environment: { OPENAI_API_KEY: STAND_IN_KEY, ANTHROPIC_API_KEY: STAND_IN_KEY },
      ...{ now: Date.now, timeout: 10_000, factsOf: () => null },
    },
  );
  if (made.type !== 'ok') throw new Error(made.variable);
  return await made.provider.complete(request, new AbortController().signal, (piece) => void pieces.push(piece));
}

describe.each(WIRES)('$name', (wire) => {
  it('is asked for at most so many searches, and for none where there are to be none', async () => {
    standIn.next(wire.events([{ text: 'a' }]), wire.events([{ text: 'a' }]));
    await ask(wire);
    const { search: _, ...without } = REQUEST;
    await ask(wire, [], without);
    expect(standIn.seen[0]?.body).toMatchObject(wire.asks);
    for (const field of Object.keys(wire.asks)) expect(standIn.seen[1]?.body).not.toHaveProperty(field);
  });

  it('gives the text around searches, each part on lines of its own, with all that was read and every search', async () => {
    const parts: Part[] = [
      { text: 'I will look.' },
      { search: 'circle packing', pages: [PAGE, OTHER] },
      { text: '<<<<<<< SEARCH\n' },
      { search: 'more', pages: [] },
      { text: 'the rest', cites: [OTHER] },
    ];
    standIn.next(wire.events(parts, { searches: 2 }));
    const pieces: string[] = [];
    const reply = await ask(wire, pieces);
    expect(reply).toMatchObject({
      ...{ type: 'replied', finish: 'stop', text: 'I will look.\n\n<<<<<<< SEARCH\nthe rest' },
      usage: { input: 9_000, output: 60, reasoning: 5, searches: 2 },
      // What the reply refers to comes first.
      sources: [OTHER, { ...PAGE, title: wire.titles ? PAGE.title : '' }],
    });
    expect(pieces.join('')).toBe(reply.type === 'replied' ? reply.text : null);
  });

  it.each([
    ['absent', undefined, 2],
    ['nonsense', 'many', 2],
    ['negative', -3, 2],
    ['too low', 1, 2],
    ['higher than what was seen', 5, 5],
  ])('counts searches where what the provider says of them is %s', async (_, searches, counted) => {
    const parts: Part[] = [{ search: 'a' }, { search: 'b' }, { search: 'c', error: 'unavailable' }, { text: 'so' }];
    standIn.next(wire.events(parts, { searches }));
    expect(await ask(wire)).toMatchObject({ type: 'replied', usage: { searches: counted } });
  });

  it('says nothing of searches where there were none', async () => {
    standIn.next(wire.events([{ text: 'I know it.' }], { searches: 0 }));
    const reply = await ask(wire);
    expect(reply).toMatchObject({ type: 'replied', text: 'I know it.' });
    expect(reply).not.toHaveProperty('sources');
    expect(reply.usage).not.toHaveProperty('searches');
  });

  it('knows of an answer that is cut in the middle of a search, that nobody knows what it cost', async () => {
    const whole = wire.events([{ text: 'I will look.' }, { search: 'a', pages: [PAGE] }, { text: 'so' }]);
    if (whole.type !== 'events') throw new Error('no events');
    for (let length = 1; length < whole.events.length - 2; length++) {
      standIn.next({ type: 'events', events: whole.events.slice(0, length), cut: true });
      expect(await ask(wire)).toMatchObject({ type: 'failed', kind: 'outage', usage: null });
    }
  });

  it('keeps addresses of the web alone, and titles of one line', async () => {
    const pages: Page[] = [
      { url: 'javascript:alert(1)', title: 'a' },
      { url: 'JAVASCRIPT://example.org/%0aalert(1)', title: 'a' },
      { url: 'data:text/html,<script>alert(1)</script>', title: 'a' },
      { url: 'https://user:secret@example.org/', title: 'a' },
      { url: 'https://example.org/" onmouseover="alert(1)', title: 'a' },
      { url: ' https://example.org/', title: 'a' },
      { url: 'https://example.org/\njavascript:alert(1)', title: 'a' },
      { url: `https://example.org/${'a'.repeat(10_000)}`, title: 'a' },
      { url: 'https://example.org/?key=sk-proj-Zx81mQvT4nLp92RkYw6sBd37HfJc05Ge', title: 'a' },
      { url: { toString: () => 'https://example.org' }, title: 'a' },
      { url: null, title: null },
      { url: 'http://example.org/good', title: `<img src=x onerror=alert(1)>\u202e\n${'x'.repeat(5_000)}` },
      { url: 'http://example.org/good', title: 'again' },
      { url: 'https://example.org/untitled', title: 7 },
    ];
    standIn.next(wire.events([{ text: 'so', cites: pages }], { searches: 1 }));
    const reply = await ask(wire);
    if (reply.type !== 'replied') throw new Error(reply.reason);
    expect(reply.sources?.map(({ url }) => url)).toEqual(['http://example.org/good', 'https://example.org/untitled']);
    const [first] = reply.sources ?? [];
    expect(first?.title).toMatch(/^<img src=x onerror=alert\(1\)> x+…$/);
    expect(first?.title.length).toBeLessThanOrEqual(160);
    expect(reply.sources?.[1]?.title).toBe('');
  });

  it('keeps twenty pages of any number, and nothing of ten megabytes that were found', async () => {
    const pages = Array.from({ length: 1_000 }, (_, i) => ({ url: `https://example.org/${i}`, title: `page ${i}` }));
    standIn.next(wire.events([{ search: 'a', pages, content: 'x'.repeat(10_000) }, { text: 'so' }], { searches: 1 }));
    const reply = await ask(wire);
    if (reply.type !== 'replied') throw new Error(reply.reason);
    expect(reply.text).toBe('so');
    expect(reply.sources).toHaveLength(20);
    expect(JSON.stringify(reply).length).toBeLessThan(5_000);
  });
});

describe('Anthropic', () => {
  const wire = { kind: 'anthropic', path: '' } as const;

  it('says of a turn that was paused that its reply is not whole, and what it cost', async () => {
    const usage = { output_tokens: 30, input_tokens: 4_000, server_tool_use: { web_search_requests: 1 } };
    const events = anthropicEvents([{ text: 'I will look.' }, { search: 'a', pages: [PAGE] }], {
      stop: 'pause_turn',
      usage,
    });
    standIn.next({ type: 'events', events });
    expect(await ask(wire)).toMatchObject({
      ...{ type: 'replied', finish: 'length', text: 'I will look.' },
      ...{ usage: { input: 4_000, output: 30, searches: 1 }, sources: [PAGE] },
    });
  });

  it.each([
    ['max_tokens', 'length'],
    ['refusal', 'refused'],
  ])('says that a reply with searches ended by %s', async (stop, finish) => {
    standIn.next({ type: 'events', events: anthropicEvents([{ search: 'a' }, { text: 'so' }], { stop }) });
    expect(await ask(wire)).toMatchObject({ type: 'replied', finish, text: 'so' });
  });

  it('takes text that is cited piece by piece for one text', async () => {
    const parts: Part[] = [{ search: 'a' }, { text: 'one ' }, { text: 'two', cites: [PAGE] }, { text: ' three' }];
    standIn.next({ type: 'events', events: anthropicEvents(parts) });
    expect(await ask(wire)).toMatchObject({ text: 'one two three' });
  });

  it('counts what was read from and written to the cache over all that was read', async () => {
    const usage = {
      output_tokens: 9,
      input_tokens: 100,
      cache_read_input_tokens: 7_000,
      cache_creation_input_tokens: 500,
    };
    standIn.next({ type: 'events', events: anthropicEvents([{ search: 'a' }, { text: 'so' }], { usage }) });
    expect(await ask(wire)).toMatchObject({ usage: { input: 7_600, cached: 7_000 }, written: 500 });
  });
});

describe('OpenAI', () => {
  const wire = { kind: 'openai', path: '/v1' } as const;

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'filtered'],
  ])('says that a reply with searches ended by %s', async (reason, finish) => {
    standIn.next({ type: 'events', events: responsesEvents([{ search: 'a' }, { text: 'so' }], { reason }) });
    expect(await ask(wire)).toMatchObject({ type: 'replied', finish, text: 'so' });
  });

  it('counts each question of a search where nobody says what is charged, and what is charged where somebody does', async () => {
    const parts: Part[] = [{ search: 'a|b|c' }, { text: 'so' }];
    standIn.next(
      { type: 'events', events: responsesEvents(parts) },
      { type: 'events', events: responsesEvents(parts, { tools: { num_requests: 1 } }) },
    );
    expect(await ask(wire)).toMatchObject({ usage: { searches: 3 } });
    expect(await ask(wire)).toMatchObject({ usage: { searches: 1 } });
  });
});

describe('those whose wire has no search', () => {
  it.each([
    ['google', '/v1beta/openai'],
    ['deepseek', '/v1'],
    ['openrouter', '/v1'],
    ['compatible', '/v1'],
  ] as const)('are asked without: %s', async (kind, path) => {
    expect(searchesWeb(kind)).toBe(false);
    const config = { kind, keyFrom: 'SOME_KEY', baseURL: `${standIn.url}${path}`, models: [], free: false };
    const wiring = { environment: { SOME_KEY: STAND_IN_KEY }, now: Date.now, timeout: 10_000, factsOf: () => null };
    const made = createProvider(config, wiring);
    if (made.type !== 'ok') throw new Error(made.variable);
    const reply = await made.provider.complete(REQUEST, new AbortController().signal, () => {});
    expect(reply).toMatchObject({ type: 'replied', text: standIn.answer({}) });
    const sent = Object.keys(standIn.seen[0]?.body ?? {});
    expect(sent.filter((field) => /search|tool|plugin|include/.test(field))).toEqual([]);
  });
});
