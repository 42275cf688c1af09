/** The contract of the relay's store. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSqlite } from '../../relay/store/sqlite.ts';
import { NO_CAPS, type Client, type Hold, type JoinCode, type Store } from '../../relay/store/store.ts';
import { NO_USAGE, type ModelReply } from '../../web/engine/models/model.ts';
import { storesOf, type Stores } from './stores.ts';

let stores: Stores;
let store: Store;
beforeEach(() => {
  stores = storesOf('store');
  store = stores.open('store.sqlite');
});
afterEach(() => {
  store.close();
  stores.remove();
});

const CLIENT: Client = { id: 'a', role: 'member', name: 'Ada', code: null, models: ['m'], created: 1, expires: null };
const CODE: JoinCode = {
  id: 'c',
  label: 'class',
  created: 0,
  expires: 100,
  seats: 2,
  joined: 0,
  models: ['m'],
  each: { nano: 50, tokens: null, calls: 3 },
};
const REPLY: ModelReply = { type: 'replied', text: 'yes', finish: 'stop', usage: NO_USAGE, dollars: 0.5 };
const HOLD: Hold = {
  ...{ client: 'a', key: 'k', digest: 'd', model: 'm', purpose: 'propose', accounts: ['client:a'], reuse: false },
  ...{ amount: { nano: 10, tokens: 20, calls: 1 }, now: 5, lease: 50 },
};

describe('clients and codes', () => {
  it('finds a client by the hash of its token alone, until it is removed', async () => {
    await store.addClient(CLIENT, 'hash', NO_CAPS);
    expect(await store.clientByToken('hash')).toEqual(CLIENT);
    expect(await store.clientByToken('other')).toBeNull();
    expect(await store.removeClient('a')).toBe(true);
    expect(await store.clientByToken('hash')).toBeNull();
    expect(await store.account('client:a')).not.toBeNull();
  });

  it('gives out as many seats as there are, each with its own caps, until the code expires', async () => {
    await store.addCode(CODE, 'code', { nano: 80, tokens: null, calls: null });
    const join = (id: string, now = 1) =>
      store.join('code', { id, role: 'member', name: id, created: now, expires: null }, `token-${id}`);
    expect(await join('x')).toMatchObject({ type: 'joined', client: { code: 'c', models: ['m'] } });
    expect(await join('late', 100)).toEqual({ type: 'refused', reason: 'expired' });
    expect(await join('y')).toMatchObject({ type: 'joined' });
    expect(await join('z')).toEqual({ type: 'refused', reason: 'full' });
    expect(await store.join('wrong', { ...CLIENT, id: 'q' }, 't')).toEqual({ type: 'refused', reason: 'unknown' });
    expect((await store.account('client:x'))?.caps).toEqual({ nano: 50, tokens: null, calls: 3 });
    expect((await store.account('code:c'))?.caps.nano).toBe(80);
    expect((await store.codes())[0]).toMatchObject({ joined: 2 });
  });
});

describe('money', () => {
  beforeEach(() => store.addClient(CLIENT, 'hash', { nano: 25, tokens: null, calls: null }));

  it('sets aside, settles once, and gives a paid reply again', async () => {
    const held = await store.hold(HOLD);
    expect(held.type).toBe('held');
    if (held.type !== 'held') return;
    expect(await store.hold(HOLD)).toEqual({ type: 'under-way', call: held.call });
    expect(await store.hold({ ...HOLD, digest: 'e' })).toEqual({ type: 'other-request' });
    const settlement = { call: held.call, amount: { nano: 7, tokens: 9, calls: 1 }, reply: REPLY, now: 6 };
    expect(await store.settle(settlement)).toBe(true);
    expect(await store.settle(settlement)).toBe(false);
    expect(await store.hold(HOLD)).toEqual({ type: 'answered', reply: REPLY });
    expect(await store.account('client:a')).toMatchObject({
      spent: { nano: 7, tokens: 9, calls: 1 },
      held: { nano: 0, tokens: 0, calls: 0 },
    });
  });

  it('asks again under a key whose call came to nothing, and keeps what it cost', async () => {
    const held = await store.hold(HOLD);
    if (held.type !== 'held') throw new Error('not held');
    await store.settle({ call: held.call, amount: { nano: 3, tokens: 3, calls: 1 }, reply: null, now: 6 });
    expect(await store.hold(HOLD)).toMatchObject({ type: 'held' });
    expect(await store.account('client:a')).toMatchObject({ spent: { nano: 3 }, held: { nano: 10 } });
  });

  it('refuses what any account has no room for, and then touches none', async () => {
    await store.setCaps('relay', { nano: 1000, tokens: 30, calls: null });
    const wide = { ...HOLD, accounts: ['client:a', 'relay'] };
    expect(await store.hold(wide)).toMatchObject({ type: 'held' });
    expect(await store.hold({ ...wide, key: 'k2' })).toEqual({
      type: 'short',
      account: 'relay',
      what: 'tokens',
      left: 10,
    });
    expect(await store.hold({ ...HOLD, key: 'k3', amount: { nano: 16, tokens: 1, calls: 1 } })).toMatchObject({
      type: 'short',
      account: 'client:a',
      what: 'nano',
      left: 15,
    });
    expect(await store.hold({ ...HOLD, key: 'k4', accounts: ['client:a', 'code:none'] })).toEqual({
      type: 'no-account',
      account: 'code:none',
    });
    expect(await store.account('client:a')).toMatchObject({ held: { nano: 10 } });
  });

  it('counts as spent all that a dead relay had set aside, and nothing of a living one', async () => {
    const dead = await store.hold(HOLD);
    const alive = await store.hold({ ...HOLD, key: 'k2', lease: 500 });
    if (dead.type !== 'held' || alive.type !== 'held') throw new Error('not held');
    expect(await store.sweep(51)).toBe(1);
    expect(await store.account('client:a')).toMatchObject({ spent: { nano: 10 }, held: { nano: 10 } });
    expect(await store.outcome(dead.call)).toEqual({ type: 'settled', reply: null });
    expect(await store.outcome(alive.call)).toEqual({ type: 'open' });
    expect(
      await store.settle({ call: dead.call, amount: { nano: 1, tokens: 1, calls: 1 }, reply: REPLY, now: 60 }),
    ).toBe(false);
    await store.extend([alive.call], 1_000);
    expect(await store.sweep(600)).toBe(0);
  });

  it('gives anybody’s reply to the very same request where that is wanted', async () => {
    const held = await store.hold(HOLD);
    if (held.type !== 'held') throw new Error('not held');
    await store.settle({ call: held.call, amount: { nano: 7, tokens: 9, calls: 1 }, reply: REPLY, now: 6 });
    await store.addClient({ ...CLIENT, id: 'b' }, 'hash-b', NO_CAPS);
    const other = { ...HOLD, client: 'b', key: 'k9', accounts: ['client:b'] };
    expect(await store.hold({ ...other, reuse: true })).toEqual({ type: 'answered', reply: REPLY });
    expect(await store.hold({ ...other, reuse: true, digest: 'other' })).toMatchObject({ type: 'held' });
    expect(await store.hold({ ...other, key: 'k10' })).toMatchObject({ type: 'held' });
  });

  it('remembers everything after it is closed and opened again', async () => {
    const held = await store.hold(HOLD);
    if (held.type !== 'held') throw new Error('not held');
    await store.settle({ call: held.call, amount: { nano: 7, tokens: 9, calls: 1 }, reply: REPLY, now: 6 });
    await store.hold({ ...HOLD, key: 'k2' });
    store.close();
    store = stores.open('store.sqlite');
    expect(await store.hold(HOLD)).toEqual({ type: 'answered', reply: REPLY });
    expect(await store.account('client:a')).toMatchObject({ spent: { nano: 7 }, held: { nano: 10 } });
  });

  it('never passes a cap, whatever two relays on one file do', async () => {
    const other = stores.open('store.sqlite');
    const step = fc.record({
      by: fc.boolean(),
      nano: fc.integer({ min: 0, max: 60 }),
      settle: fc.boolean(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 300 }), fc.array(step, { maxLength: 60 }), async (cap, steps) => {
        const account = `client:r${++round}`;
        await store.setCaps(account, { nano: cap, tokens: null, calls: null });
        const open: { call: number; nano: number }[] = [];
        for (const [index, { by, nano, settle, share }] of steps.entries()) {
          const at = by ? store : other;
          if (settle && open.length > 0) {
            const { call, nano: held } = open.splice(Math.floor(share * (open.length - 1)), 1)[0] as {
              call: number;
              nano: number;
            };
            await at.settle({
              call,
              amount: { nano: Math.floor(held * share), tokens: 0, calls: 1 },
              reply: null,
              now: 0,
            });
          } else {
            const held = await at.hold({
              ...HOLD,
              key: `${round}:${index}`,
              accounts: [account],
              amount: { nano, tokens: 0, calls: 1 },
            });
            if (held.type === 'held') open.push({ call: held.call, nano });
          }
          const now = await store.account(account);
          expect((now?.spent.nano ?? 0) + (now?.held.nano ?? 0)).toBeLessThanOrEqual(cap);
          expect(now?.held.nano).toBe(open.reduce((sum, { nano: held }) => sum + held, 0));
        }
      }),
      { numRuns: 40, seed: 11 },
    );
    other.close();
  });
});

it('finds a call, whatever its index, without reading those that the client made before', async () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  const texts = new Set<string>();
  try {
    const other = stores.open('plans.sqlite');
    await other.addClient(CLIENT, 'hash', NO_CAPS);
    const held = await other.hold({ ...HOLD, reuse: true });
    await other.hold({ ...HOLD, reuse: true });
    if (held.type !== 'held') throw new Error('not held');
    await other.settle({ call: held.call, amount: HOLD.amount, reply: REPLY, now: 6 });
    await other.extend([held.call], 60);
    await other.outcome(held.call);
    await other.sweep(100);
    await other.clientByToken('hash');
    await other.account('client:a');
    for (const [sql] of prepare.mock.calls) if (/ (call|client|account) /.test(`${sql} `)) texts.add(sql);
    other.close();
  } finally {
    prepare.mockRestore();
  }
  const db = new DatabaseSync(join(stores.folder, 'plans.sqlite'));
  const plans = [...texts]
    .filter((sql) => /\bwhere\b/.test(sql))
    .flatMap((sql) => db.prepare(`explain query plan ${sql}`).all())
    .map((row) => (row as { detail: string }).detail);
  db.close();
  expect(plans.length).toBeGreaterThan(5);
  expect(plans.filter((plan) => !plan.startsWith('SEARCH'))).toEqual([]);
  // Of the client alone there may be a hundred thousand.
  expect(plans.filter((plan) => plan.includes('call_at'))).toEqual([]);
});

describe('shares', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const share = { id: 'id', owner: 'a', bytes: 3, created: 1, sealed: false };

  it('keeps bytes under their name as long as one owner does', async () => {
    expect(await store.addShare(share, bytes, 1)).toBe('added');
    expect(await store.addShare(share, bytes, 1)).toBe('known');
    expect(await store.addShare({ ...share, id: 'more' }, bytes, 1)).toBe('full');
    expect(await store.addShare({ ...share, owner: 'b' }, bytes, 1)).toBe('added');
    expect(await store.removeShare('id', 'c')).toBe(false);
    expect(await store.removeShare('id', 'a')).toBe(true);
    expect((await store.share('id'))?.content).toEqual(bytes);
    expect(await store.sharesOf('a')).toEqual([]);
    expect(await store.removeShare('id', 'b')).toBe(true);
    expect(await store.share('id')).toBeNull();
  });
});

it('says why a file can’t be opened', () => {
  expect(openSqlite(join(stores.folder, 'no/such/folder/x.sqlite'))).toMatchObject({ type: 'failed' });
});
