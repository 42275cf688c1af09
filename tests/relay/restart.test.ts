/** A real relay is killed in the middle of a run and started again on the same port and store. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqlite } from '../../relay/store/sqlite.ts';
import type { Store } from '../../relay/store/store.ts';
import { createRelayModel, type RelayEvent } from '../../web/models/relay.ts';
import { startStandIn, STAND_IN_KEY, type StandIn } from './llm/stand-in.ts';
import { providersAt, REQUEST } from './open.ts';
import { sessionOf, startRelay, type RelayProcess } from './relay-process.ts';

let folder: string;
let standIn: StandIn;
const relays: RelayProcess[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genesis-restart-'));
  standIn = await startStandIn();
  const limits = { callsAtOnce: 64, requestsPerMinute: 100_000 };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ providers: providersAt(standIn.url), limits }));
});
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.end('SIGKILL').catch(() => {});
  await standIn.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => join(folder, name);
async function start(port: string): Promise<RelayProcess> {
  const args = ['--config', file('config.json'), '--store', file('store.sqlite'), '--site', folder, '--port', port];
  const relay = await startRelay({ args, environment: { STAND_IN_KEY } });
  relays.push(relay);
  return relay;
}

async function inStore<T>(look: (store: Store) => Promise<T>): Promise<T> {
  const opened = openSqlite(file('store.sqlite'));
  if (opened.type === 'failed') throw new Error(opened.reason);
  try {
    return await look(opened.store);
  } finally {
    opened.store.close();
  }
}

const CALLS = 40;

it('is reached again, pays no reply twice and forgets no spend', async () => {
  const first = await start('0');
  const token = await sessionOf(first.url);
  const told: RelayEvent[] = [];
  const model = createRelayModel({
    ...{ base: `${first.url}/api/v1`, token, run: { id: 'r', caps: { dollars: 1, tokens: null, calls: null } }, fetch },
    // The client's own waits, made short: a process of ours is back at once.
    after: (milliseconds, signal) => sleep(Math.min(milliseconds, 1_000), undefined, { signal }).catch(() => {}),
    told: (event) => void told.push(event),
  });
  const limit = AbortSignal.timeout(80_000);
  const ask = (index: number) => model.complete({ ...REQUEST, key: `call-${index}`, seed: index }, limit);

  // Some are answered, some are in the middle of their stream, some have not begun.
  const early = await Promise.all(Array.from({ length: 10 }, (_, i) => ask(i)));
  expect(early.every(({ type }) => type === 'replied')).toBe(true);
  // Its list of models is asked for beside; that would take one of the answers that follow.
  await expect.poll(() => first.printed(), { timeout: 20_000 }).toContain('models can be asked');
  const seenBefore = standIn.seen.length;
  standIn.next(...Array.from({ length: 20 }, () => ({ type: 'drip', every: 50, pieces: 100 }) as const));
  const running = Array.from({ length: 20 }, (_, i) => ask(10 + i));
  await expect.poll(() => standIn.seen.length - seenBefore, { timeout: 20_000 }).toBe(20);
  await expect.poll(() => told.filter(({ type }) => type === 'text').length, { timeout: 20_000 }).toBeGreaterThan(80);
  const answeredBefore = standIn.answered;
  expect(answeredBefore).toBe(10);
  await first.end('SIGKILL');
  const under = await inStore((store) => store.account('relay'));
  expect(under?.held.calls).toBe(20);

  const second = await start(new URL(first.url).port);
  expect(second.url).toBe(first.url);
  const late = Array.from({ length: CALLS - 30 }, (_, i) => ask(30 + i));
  const replies = await Promise.all([...early, ...running, ...late]);
  expect(replies.map(({ type }) => type)).toEqual(Array.from({ length: CALLS }, () => 'replied'));
  expect(told.some(({ type }) => type === 'unreachable')).toBe(true);
  expect(told.some(({ type }) => type === 'reached')).toBe(true);

  // Asked for again after all is done, nothing goes to the provider.
  const seen = standIn.seen.length;
  expect(await Promise.all(Array.from({ length: CALLS }, (_, i) => ask(i)))).toEqual(replies);
  expect(standIn.seen.length).toBe(seen);
  await second.end('SIGTERM');

  const { calls, account, run } = await inStore(async (store) => ({
    calls: await store.calls(null, 1_000),
    account: await store.account('relay'),
    run: (await store.account(`run:${(await store.clients())[0]?.id ?? ''}:r`)) ?? null,
  }));
  const settled = calls.filter(({ state }) => state === 'settled');
  const lost = calls.filter(({ state }) => state === 'lost');
  // What the provider answered to its end is what was settled: none twice.
  expect(standIn.answered).toBe(CALLS);
  expect(settled.length).toBe(CALLS);
  // What was cut by the kill counts as spent, whole.
  expect(lost.length).toBe(20);
  expect(lost.every(({ amount }) => amount.nano > 0)).toBe(true);
  const nano = calls.reduce((sum, { amount }) => sum + amount.nano, 0);
  for (const books of [account, run]) {
    expect(books?.spent).toMatchObject({ nano, calls: CALLS + 20 });
    expect(books?.held).toEqual({ nano: 0, tokens: 0, calls: 0 });
  }
  const paid = replies.reduce((sum, { dollars }) => sum + Math.round((dollars ?? 0) * 1e9), 0);
  expect(nano).toBe(paid + lost.reduce((sum, { amount }) => sum + amount.nano, 0));
}, 110_000);

it('ends in order when it is told to: calls under way are answered and settled first', async () => {
  const relay = await start('0');
  const token = await sessionOf(relay.url);
  const line = { base: `${relay.url}/api/v1`, token, run: null, fetch, after: () => Promise.resolve() };
  standIn.next({ type: 'drip', every: 50, pieces: 20 });
  const reply = createRelayModel(line).complete(REQUEST, AbortSignal.timeout(20_000));
  await expect.poll(() => standIn.seen.filter(({ path }) => path !== '/models').length, { timeout: 10_000 }).toBe(1);
  const ended = relay.end('SIGTERM');
  expect(await reply).toMatchObject({ type: 'replied' });
  expect(await ended).toBe(0);
  expect(await inStore((store) => store.calls(null, 10))).toMatchObject([{ state: 'settled' }]);
}, 40_000);
