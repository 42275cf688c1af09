/** What the relay forgets, and that no sum changes by it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTidying } from '../../relay/store/tidying.ts';
import {
  NO_CAPS,
  NOTHING,
  type Account,
  type Amount,
  type Client,
  type Hold,
  type JoinCode,
  type Store,
} from '../../relay/store/store.ts';
import { NO_USAGE, type ModelReply } from '../../web/engine/models/model.ts';
import { openedRelay, REQUEST } from './open.ts';
import { storesOf, type Stores } from './stores.ts';

let stores: Stores;
let store: Store;
beforeEach(() => {
  stores = storesOf('tidying');
  store = stores.open('store.sqlite');
});
afterEach(() => {
  store.close();
  stores.remove();
});

const DAY = 86_400_000;
const CLIENT: Client = { id: 'a', role: 'member', name: 'Ada', code: null, models: null, created: 0, expires: null };
const CODE: JoinCode = {
  ...{ id: 'c', label: 'class', created: 0, expires: 100, seats: 9, joined: 0, models: null },
  each: { nano: null, tokens: null, calls: null },
};
const REPLY: ModelReply = { type: 'replied', text: 'yes', finish: 'stop', usage: NO_USAGE, dollars: 0.5 };
const hold = (more: Partial<Hold>): Hold => ({
  ...{ client: 'a', key: 'k', digest: 'd', model: 'm', purpose: 'propose', accounts: ['client:a', 'relay'] },
  ...{ reuse: false, amount: { nano: 10, tokens: 20, calls: 1 }, now: 0, lease: 50 },
  ...more,
});
const sum = (amounts: readonly Amount[]): Amount =>
  amounts.reduce((a, b) => ({ nano: a.nano + b.nano, tokens: a.tokens + b.tokens, calls: a.calls + b.calls }), NOTHING);

async function call(key: string, at: number, nano: number, more: Partial<Hold> = {}): Promise<void> {
  const held = await store.hold(hold({ key, now: at, ...more }));
  if (held.type !== 'held') throw new Error(held.type);
  await store.settle({ call: held.call, amount: { nano, tokens: 2, calls: 1 }, reply: REPLY, now: at });
}

describe('calls', () => {
  beforeEach(async () => {
    await store.setCaps('relay', NO_CAPS);
    await store.addClient(CLIENT, 'hash', NO_CAPS);
  });

  it('that are old count by the day, client and model; young ones and those under way stay', async () => {
    await call('one', 5, 3);
    await store.hold(hold({ key: 'held', now: 6 }));
    await call('two', 7, 4);
    await call('other', 8, 1, { model: 'n' });
    await call('next day', DAY + 5, 6);
    await call('young', 9 * DAY, 7);
    expect(await store.tidy({ calls: 5 * DAY, clients: null }, 100)).toBe(4);
    expect(await store.days()).toEqual([
      { day: '1970-01-01', client: 'a', model: 'm', amount: { nano: 7, tokens: 4, calls: 2 } },
      { day: '1970-01-01', client: 'a', model: 'n', amount: { nano: 1, tokens: 2, calls: 1 } },
      { day: '1970-01-02', client: 'a', model: 'm', amount: { nano: 6, tokens: 2, calls: 1 } },
    ]);
    expect((await store.calls('a', 10)).map(({ state, at }) => [state, at])).toEqual([
      ['settled', 9 * DAY],
      ['held', 6],
    ]);
    expect(await store.tidy({ calls: 5 * DAY, clients: null }, 100)).toBe(0);
  });

  it('may be asked again under their key once they are forgotten, and not before', async () => {
    await call('k', 5, 3);
    expect(await store.tidy({ calls: 5, clients: null }, 100)).toBe(0);
    expect(await store.hold(hold({}))).toEqual({ type: 'answered', reply: REPLY });
    expect(await store.tidy({ calls: 6, clients: null }, 100)).toBe(1);
    expect(await store.hold(hold({}))).toMatchObject({ type: 'held' });
  });

  it('are forgotten a few at a time', async () => {
    for (let i = 0; i < 7; i++) await call(`k${i}`, i, 1);
    const steps = [];
    for (let i = 0; i < 4; i++) steps.push(await store.tidy({ calls: DAY, clients: null }, 3));
    expect(steps).toEqual([3, 3, 1, 0]);
    expect((await store.days())[0]?.amount.calls).toBe(7);
  });

  it('leave every account as it was, and no nano-dollar is lost, whatever is forgotten when', async () => {
    const step = fc.record({
      at: fc.integer({ min: 0, max: 3 }),
      nano: fc.integer({ min: 0, max: 10 }),
      end: fc.constantFrom('settled' as const, 'lost' as const, 'held' as const),
      forget: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
      most: fc.integer({ min: 1, max: 5 }),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const client = `r${++round}`;
        const account = `client:${client}`;
        await store.setCaps(account, { nano: 10_000, tokens: null, calls: null });
        const books = async (): Promise<Account | null> => store.account(account);
        for (const [index, { at, nano, end, forget, most }] of steps.entries()) {
          const now = at * DAY + index;
          const lease = end === 'lost' ? 1 : 2;
          const held = await store.hold(hold({ client, key: `${index}`, accounts: [account], now, lease }));
          if (held.type !== 'held') throw new Error(held.type);
          const amount = { nano, tokens: 1, calls: 1 };
          if (end === 'settled') await store.settle({ call: held.call, amount, reply: REPLY, now });
          if (end === 'lost') await store.sweep(2);
          const before = await books();
          if (forget !== null) await store.tidy({ calls: forget * DAY, clients: null }, most);
          expect(await books()).toEqual(before);
        }
        const calls = (await store.calls(client, 1_000)).filter(({ state }) => state !== 'held');
        const days = (await store.days()).filter((day) => day.client === client);
        expect(sum([...calls, ...days].map(({ amount }) => amount))).toEqual((await books())?.spent);
      }),
      { numRuns: 40, seed: 5 },
    );
  });
});

describe('clients and codes', () => {
  const forget = (oldest: number): Promise<number> => store.tidy({ calls: null, clients: oldest }, 100);
  const left = async (): Promise<string[]> => (await store.clients()).map(({ id }) => id);

  it('go when they have long expired, ask nothing any more and keep no share; what they spent stays', async () => {
    await store.addCode(CODE, 'code', { nano: 80, tokens: null, calls: null });
    await store.setCaps('relay', NO_CAPS);
    for (const id of ['asks', 'shares', 'idle']) {
      await store.join('code', { id, role: 'member', name: id, created: 1, expires: null }, `token ${id}`);
    }
    await store.addClient({ ...CLIENT, id: 'owner', role: 'owner', expires: 50 }, 'owner', NO_CAPS);
    await store.addClient({ ...CLIENT, id: 'for ever', role: 'owner' }, 'for ever', NO_CAPS);
    await store.addClient({ ...CLIENT, id: 'of a code that was removed', code: 'gone' }, 'removed', NO_CAPS);
    await call('k', 5, 3, { client: 'asks', accounts: ['client:asks', 'code:c', 'relay'] });
    await store.addShare({ id: 's', owner: 'shares', bytes: 1, created: 1, sealed: false }, new Uint8Array(1), 9);
    expect(await forget(50)).toBe(0);
    expect(await forget(51)).toBe(1);
    expect(await left()).not.toContain('owner');
    expect(await forget(101)).toBe(1);
    expect(await left()).toEqual(['for ever', 'of a code that was removed', 'asks', 'shares']);
    expect(await store.clientByToken('token idle')).toBeNull();
    expect((await store.codes()).length).toBe(1);

    await store.tidy({ calls: 6, clients: null }, 100);
    await store.removeShare('s', 'shares');
    // Both of them, and the code that nobody is left of.
    expect(await forget(101)).toBe(3);
    expect(await left()).toEqual(['for ever', 'of a code that was removed']);
    expect(await store.codes()).toEqual([]);
    for (const account of ['client:asks', 'code:c', 'relay']) {
      expect((await store.account(account))?.spent.nano).toBe(3);
    }
    expect((await store.account('code:c'))?.caps.nano).toBe(80);
  });
});

describe('in passing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is begun a minute after the start and every hour, in steps, until it is stopped', async () => {
    const left = [2, 1, 0, 0, 5];
    const asked: unknown[] = [];
    const counted: Pick<Store, 'tidy'> = {
      tidy(oldest, most) {
        asked.push([oldest, most]);
        return Promise.resolve(left.shift() ?? 0);
      },
    };
    const tidying = startTidying(counted as Store, { callDays: 3, clientDays: null }, () => 10 * DAY);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual(Array.from({ length: 3 }, () => [{ calls: 7 * DAY, clients: null }, 100]));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked.length).toBe(4);
    const now = tidying.now();
    tidying.stop();
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(await now).toBe(5);
    expect(asked.length).toBe(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fails quietly, and is tried again', async () => {
    let tries = 0;
    const full: Pick<Store, 'tidy'> = { tidy: () => Promise.reject(new Error(`no disk ${++tries}`)) };
    const tidying = startTidying(full as Store, { callDays: 3, clientDays: 3 }, () => 0);
    await vi.advanceTimersByTimeAsync(3_700_000);
    expect(tries).toBe(2);
    tidying.stop();
  });
});

it('is what the configuration says, in a whole relay', async () => {
  let now = Date.now();
  const relay = await openedRelay({ config: { keep: { callDays: 2 } }, now: () => now });
  try {
    const { token, client } = await relay.client();
    const ask = async (): Promise<string> =>
      (await relay.call(token, 'POST', '/models/complete', { request: REQUEST })).text();
    const first = await ask();
    const spent = async (): Promise<unknown> => (await relay.services.store.account(`client:${client.id}`))?.spent;
    const before = await spent();
    expect(await relay.tidy()).toBe(0);
    now += 2 * DAY + 1;
    expect(await relay.tidy()).toBe(1);
    expect(await spent()).toEqual(before);
    expect(first).toContain('event: reply');
    const answered = relay.standIn.answered;
    await ask();
    expect(relay.standIn.answered).toBe(answered + 1);
  } finally {
    await relay.close();
  }
});

it('comes to stores that were made before anything was forgotten', async () => {
  const path = join(stores.folder, 'old.sqlite');
  stores.open('old.sqlite').close();
  const db = new DatabaseSync(path);
  // As version 1 left it.
  db.exec('drop table day; create index call_at on call (client, at); pragma user_version = 1;');
  db.close();
  store.close();
  store = stores.open('old.sqlite');
  await store.setCaps('relay', NO_CAPS);
  await store.addClient(CLIENT, 'hash', NO_CAPS);
  await call('k', 5, 3);
  expect(await store.tidy({ calls: 6, clients: null }, 100)).toBe(1);
  expect((await store.days()).length).toBe(1);
});
