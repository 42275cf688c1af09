/** The relay in a process of its own, before a stand-in of a provider in another: what it adds, what it holds, what it lets be spent. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createProvider } from '../../relay/llm/index.ts';
import type { OfferedModel } from '../../relay/llm/catalogue.ts';
import { Gateway } from '../../relay/llm/gateway.ts';
import { openSqlite } from '../../relay/store/sqlite.ts';
import { NO_CAPS, type Client } from '../../relay/store/store.ts';
import type { ModelRequest } from '../../web/engine/models/model.ts';
import { createRelayModel } from '../../web/models/relay.ts';
import type { Provider } from '../../web/models/providers/provider.ts';
import { STAND_IN_KEY } from '../relay/llm/stand-in.ts';
import { median, quantile, rounded, type Figure, type Group } from './figure.ts';
import type { Asked, Said } from './relay-child.ts';

const STREAMS = 1_000;
/** Pieces of each stream, and milliseconds between them. */
const PIECES = 120;
const EVERY = 500;
const ROUNDS = 7;
const PAIRS = 300;
const RESERVATIONS = 10_000;
const ENVIRONMENT = { STAND_IN_KEY };
const PRICE = { input: 2, output: 10 };
const REQUEST: ModelRequest = {
  ...{ model: 'stand-in-large', purpose: 'propose', tokens: 500, temperature: null, effort: 'none', seed: 1, key: 'k' },
  messages: [
    { role: 'system', content: 'You improve programs. '.repeat(20) },
    { role: 'user', content: 'Improve this program.\n'.repeat(100) },
  ],
};

export const relay: Group = {
  figures: [
    { name: 'relay.reservations_over_budget', aim: '0' },
    { name: 'relay.added_latency_p50_ms', aim: '≤ 1' },
    { name: 'relay.added_latency_p99_ms', aim: '≤ 10' },
    { name: 'relay.added_latency_p50_worst_round_ms', aim: 'stated' },
    { name: 'relay.added_latency_p99_worst_round_ms', aim: 'stated' },
    { name: 'relay.processor_us_a_call', aim: 'stated' },
    { name: 'relay.streams_held', aim: '1000' },
    { name: 'relay.heap_mb_at_1000_streams', aim: 'stated' },
    { name: 'relay.heap_mb_before', aim: 'stated' },
    { name: 'relay.heap_growth_mb', aim: 'flat' },
    { name: 'relay.resident_mb_at_1000_streams', aim: 'stated' },
  ],
  needsBrowser: false,
  async *measure(wanted) {
    const asked = (part: string): boolean => [...wanted].some((name) => name.startsWith(`relay.${part}`));
    const given = (name: string, value: number, unit: string): Figure => ({ name, value: rounded(value), unit });
    if (asked('reservations')) yield given('relay.reservations_over_budget', await overBudget(), 'nano-$');
    if (!asked('added') && !asked('processor') && !asked('streams') && !asked('heap') && !asked('resident')) return;
    const lines = await open();
    const only = function* (...figures: Figure[]): Iterable<Figure> {
      for (const figure of figures) if (wanted.has(figure.name)) yield figure;
    };
    try {
      if (asked('added') || asked('processor')) {
        const { p50, p99, work } = await addedLatency(lines);
        yield* only(
          given('relay.added_latency_p50_ms', Math.min(...p50), 'ms'),
          given('relay.added_latency_p99_ms', Math.min(...p99), 'ms'),
          given('relay.added_latency_p50_worst_round_ms', Math.max(...p50), 'ms'),
          given('relay.added_latency_p99_worst_round_ms', Math.max(...p99), 'ms'),
          given('relay.processor_us_a_call', median(work), 'µs'),
        );
      }
      if (asked('streams') || asked('heap') || asked('resident')) {
        const { held, before, early, late, resident } = await streams(lines);
        yield* only(
          given('relay.streams_held', held, 'streams'),
          given('relay.heap_mb_at_1000_streams', late / 1e6, 'MB'),
          given('relay.heap_mb_before', before / 1e6, 'MB'),
          given('relay.heap_growth_mb', (late - early) / 1e6, 'MB'),
          given('relay.resident_mb_at_1000_streams', resident / 1e6, 'MB'),
        );
      }
    } finally {
      await lines.close();
    }
  },
};

interface Lines {
  /** The stand-in's own address. */
  readonly provider: string;
  readonly base: string;
  readonly token: string;
  /** Tells the relay's process and the stand-in's. */
  readonly toRelay: (asked: Asked) => Promise<Said>;
  readonly toProvider: (asked: Asked) => Promise<Said>;
  close(): Promise<void>;
}

async function open(): Promise<Lines> {
  const folder = mkdtempSync(join(tmpdir(), 'genesis-relay-bench-'));
  const [theirs, ours] = [start(), start()];
  const toProvider = (asked: Asked): Promise<Said> => told(theirs, asked);
  const toRelay = (asked: Asked): Promise<Said> => told(ours, asked);
  const at = await toProvider({ type: 'stand-in' });
  if (at.type !== 'at') throw new Error('no stand-in');
  const file = join(folder, 'config.json');
  const models = [{ name: REQUEST.model, price: PRICE, reply: 4_000 }];
  const config = {
    ...{ store: join(folder, 'store.sqlite'), budget: { dollars: 1_000 } },
    limits: { callsAtOnce: 2 * STREAMS, requestsPerMinute: 1_000_000 },
    providers: [{ kind: 'compatible', baseURL: `${at.url}/v1`, keyFrom: 'STAND_IN_KEY', models }],
  };
  writeFileSync(file, JSON.stringify(config));
  const here = await toRelay({ type: 'relay', file, environment: ENVIRONMENT });
  if (here.type !== 'at') throw new Error('no relay');
  const session = await fetch(`${here.url}/api/v1/session`, {
    method: 'POST',
    headers: { origin: here.url, 'x-genesis': '1' },
  });
  const { token } = (await session.json()) as { token: string };
  return {
    ...{ provider: at.url, base: `${here.url}/api/v1`, token, toRelay, toProvider },
    async close() {
      for (const child of [ours, theirs]) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        await told(child, { type: 'end' });
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function start(): ChildProcess {
  return fork(fileURLToPath(new URL('relay-child.ts', import.meta.url)), { execArgv: ['--expose-gc'] });
}

/** One question at a time. */
function told(child: ChildProcess, asked: Asked): Promise<Said> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`the process ended (${code})`));
    child.once('exit', gone);
    child.once('message', (said: Said) => {
      child.off('exit', gone);
      resolve(said);
    });
    child.send(asked);
  });
}

/**
 * Whole calls, first word to last, in turn through the relay and by the very same provider's code without it; so what differs is the relay.
 * A round's figures are the median and the 99th percentile of calls through the relay less the median of direct ones, in milliseconds, and
 * the relay's processor time for one call, in microseconds.
 */
async function addedLatency({
  provider: url,
  base,
  token,
  toRelay,
}: Lines): Promise<{ p50: number[]; p99: number[]; work: number[] }> {
  const made = createProvider(
    { kind: 'compatible', baseURL: `${url}/v1`, keyFrom: 'STAND_IN_KEY', models: [], free: false },
    { environment: ENVIRONMENT, now: Date.now, timeout: 60_000, factsOf: () => null },
  );
  if (made.type !== 'ok') throw new Error('no key');
  const line = { base, token, run: null, fetch, after: (milliseconds: number) => sleep(milliseconds) };
  const model = createRelayModel(line);
  const never = new AbortController().signal;
  let key = 0;
  const timed = async (call: () => Promise<{ type: string }>): Promise<number> => {
    const from = performance.now();
    const { type } = await call();
    const took = performance.now() - from;
    if (type !== 'replied') throw new Error('no reply');
    return took;
  };
  const direct = (): Promise<number> => timed(() => made.provider.complete(REQUEST, never, () => {}));
  const relayed = (): Promise<number> => timed(() => model.complete({ ...REQUEST, key: `l${++key}` }, never));
  for (let i = 0; i < 300; i++) await Promise.all([direct(), relayed()]);
  const worked = async (): Promise<number> => {
    const said = await toRelay({ type: 'work' });
    if (said.type !== 'worked') throw new Error('no time');
    return said.time;
  };
  const [p50, p99, work]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    const [straight, through]: [number[], number[]] = [[], []];
    const before = await worked();
    for (let i = 0; i < PAIRS; i++) {
      // Whichever comes second finds warmer caches.
      if (i % 2) through.push(await relayed());
      straight.push(await direct());
      if (i % 2 === 0) through.push(await relayed());
    }
    work.push(((await worked()) - before) / PAIRS);
    p50.push(median(through) - median(straight));
    p99.push(quantile(through, 0.99) - median(straight));
  }
  return { p50, p99, work };
}

interface Held {
  readonly held: number;
  /** Bytes of the relay's heap after garbage is collected: with no stream, early in them, late in them. */
  readonly before: number;
  readonly early: number;
  readonly late: number;
  readonly resident: number;
}

/** A stream counts as held where all were open at the same time and it came to its end, whole. */
async function streams({ base, token, toRelay, toProvider }: Lines): Promise<Held> {
  const weigh = async (): Promise<Extract<Said, { type: 'weight' }>> => {
    const said = await toRelay({ type: 'weigh' });
    if (said.type !== 'weight') throw new Error('no weight');
    return said;
  };
  const before = await weigh();
  await toProvider({ type: 'next', behaviour: { type: 'drip', every: EVERY, pieces: PIECES }, times: STREAMS });
  const model = createRelayModel({
    ...{ base, token, run: null, fetch, after: (milliseconds: number) => sleep(milliseconds) },
  });
  const replies = Array.from({ length: STREAMS }, (_, i) =>
    model.complete({ ...REQUEST, key: `s${i}` }, AbortSignal.timeout(240_000)),
  );
  let most = 0;
  // Each look collects garbage: not too often.
  for (let waited = 0; waited < 30 && most < STREAMS; waited++) {
    await sleep(1_000);
    most = Math.max(most, (await weigh()).open);
  }
  await sleep(2_000);
  const early = await weigh();
  await sleep((PIECES * EVERY) / 3);
  const late = await weigh();
  const whole = (await Promise.all(replies)).filter((reply) => reply.type === 'replied' && reply.text.length > 300);
  const held = Math.min(most, early.open, late.open, whole.length);
  return { held, before: before.heap, early: early.heap, late: late.heap, resident: late.resident };
}

/** Nano-dollars by which a budget was passed at its worst moment, when ten thousand calls come at once. */
async function overBudget(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'genesis-relay-bench-'));
  const opened = openSqlite(join(folder, 'store.sqlite'));
  if (opened.type === 'failed') throw new Error(opened.reason);
  const { store } = opened;
  const cap = 1_234_567_891;
  await store.setCaps('relay', { nano: cap, tokens: null, calls: null });
  const client: Client = {
    ...{ id: 'c', role: 'member', name: 'c', code: null, models: null, created: 0, expires: null },
  };
  await store.addClient(client, 'hash', NO_CAPS);
  let [over, asked, settled] = [-Infinity, 0, 0];
  const look = async (): Promise<void> => {
    const account = await store.account('relay');
    over = Math.max(over, (account?.spent.nano ?? Infinity) + (account?.held.nano ?? Infinity) - cap);
  };
  const provider: Provider = {
    id: 'p',
    async complete() {
      asked++;
      await sleep(asked % 7);
      await look();
      const usage = { input: 100 + (asked % 900), output: asked % 500, cached: 0, reasoning: 0 };
      return { type: 'replied', text: 'yes', finish: 'stop', usage, written: 0 };
    },
    embed: () => Promise.reject(new Error('not asked')),
    list: () => Promise.resolve({ type: 'ok', models: [] }),
  };
  const price = { ...PRICE, cached: 1, written: null, long: null };
  const model: OfferedModel = {
    ...{ name: REQUEST.model, provider: 'p', model: REQUEST.model, price, context: null, reply: null },
    ...{ temperature: null, reasons: false, purpose: 'text' },
  };
  const gateway = new Gateway({
    ...{ store, providers: new Map([['p', provider]]), models: new Map([[model.name, model]]), now: Date.now },
    ...{ tries: 1, longestWait: 0, longestCall: 60_000, reuse: false },
    sleep: (milliseconds) => sleep(milliseconds),
    told: (event) => void (settled += event.type === 'settled' ? event.amount.nano : 0),
  });
  const never = new AbortController().signal;
  await Promise.all(
    Array.from({ length: RESERVATIONS }, (_, i) =>
      gateway.complete({ client, run: null }, { ...REQUEST, key: `r${i}` }, never, () => {}),
    ),
  );
  await look();
  const spent = (await store.account('relay'))?.spent.nano;
  await gateway.stop(0);
  store.close();
  rmSync(folder, { recursive: true, force: true });
  if (asked === 0 || asked === RESERVATIONS || spent !== settled) throw new Error('the books say something else');
  return Math.max(0, over);
}
