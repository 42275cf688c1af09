import 'fake-indexeddb/auto';
import { IDBFactory, IDBObjectStore, IDBOpenDBRequest } from 'fake-indexeddb';
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openHistory } from '../../../web/history/open.ts';
import { code, historyContract, issuedEvents, meta, summary, value } from './contract.ts';

let names = 0;
const fresh = (): string => `test-${names++}`;

afterEach(() => vi.restoreAllMocks());

historyContract('IndexedDB (simulated)', { open: (now) => openHistory({ name: fresh(), now, patience: 20 }) });

describe('openHistory', () => {
  it('is stored where there is a database, and finds its runs again', async () => {
    const name = fresh();
    const first = await openHistory({ name });
    expect(first).toMatchObject({ mode: 'stored', reason: '' });
    value(await first.create(meta('a')));
    value(await first.append('a', 0, issuedEvents(0, 5), summary(5)));
    first.close();
    expect(await first.runs()).toMatchObject({ type: 'failed', code: 'closed' });
    const second = await openHistory({ name });
    expect(value(await second.lastRun())).toMatchObject({ runId: 'a', events: 5 });
    value(await second.claim('a'));
    value(await second.append('a', 5, issuedEvents(5, 5), summary(10)));
    expect(value(await second.events('a'))).toEqual(issuedEvents(0, 10));
    second.close();
  });

  it('says so and goes on in memory where opening hangs', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockReturnValue(new IDBOpenDBRequest());
    const history = await openHistory({ name: fresh(), limit: 20 });
    expect(history).toMatchObject({ mode: 'memory', reason: 'The browser’s database does not answer.' });
    value(await history.create(meta('a')));
    value(await history.append('a', 0, issuedEvents(0, 1), summary(1)));
  });

  it('says so and goes on in memory where the browser refuses', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    const history = await openHistory({ name: fresh() });
    expect(history).toMatchObject({ mode: 'memory', reason: 'The browser does not let this page store anything.' });
  });

  it('says so where the database lacks its stores', async () => {
    const name = fresh();
    (await openDB(name, 1)).close();
    const history = await openHistory({ name });
    expect(history.mode).toBe('memory');
    expect(history.reason).toContain('damaged');
  });

  it('says so where the database is of a newer version', async () => {
    const name = fresh();
    (await openDB(name, 99)).close();
    const history = await openHistory({ name });
    expect(history.mode).toBe('memory');
    expect(history.reason).toContain('newer version');
  });

  it('says so where another tab holds an older version open', async () => {
    const name = fresh();
    // Version 0 does not exist, so the older one is simulated from the other side: a connection that will not close.
    const older = await openDB(name, 1);
    const newer = openDB(name, 2);
    const history = await openHistory({ name, limit: 50 });
    expect(history.mode).toBe('memory');
    older.close();
    (await newer).close();
  });

  it('makes way for a newer version and says so', async () => {
    const name = fresh();
    const history = await openHistory({ name });
    value(await history.create(meta('a')));
    const newer = await openDB(name, 2);
    const refused = await history.append('a', 0, issuedEvents(0, 1), summary(1));
    expect(refused).toMatchObject({ type: 'failed', code: 'closed' });
    expect(refused.type === 'failed' && refused.reason).toContain('newer version');
    newer.close();
  });
});

describe('a history in IndexedDB', () => {
  it('reports a full disk, keeps what was there, and goes on when there is room', async () => {
    const history = await openHistory({ name: fresh() });
    value(await history.create(meta('a')));
    value(await history.append('a', 0, issuedEvents(0, 3), summary(3)));
    const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(code(await history.append('a', 3, issuedEvents(3, 2), summary(5)))).toBe('full');
    expect(value(await history.lastRun())).toMatchObject({ events: 3, evaluations: 3 });
    add.mockRestore();
    value(await history.append('a', 3, issuedEvents(3, 4), summary(7)));
    expect(value(await history.events('a'))).toEqual(issuedEvents(0, 7));
    history.close();
  });

  it('lets one of two tabs write, both read, and the second take over when the first lets go', async () => {
    const name = fresh();
    const first = await openHistory({ name, patience: 30 });
    const second = await openHistory({ name, patience: 30 });
    value(await first.create(meta('a')));
    value(await first.append('a', 0, issuedEvents(0, 3), summary(3)));
    expect(code(await second.claim('a'))).toBe('claimed');
    expect(code(await second.remove('a'))).toBe('claimed');
    expect(code(await second.append('a', 3, issuedEvents(3, 1), summary(4)))).toBe('not-claimed');
    expect(value(await second.events('a'))).toHaveLength(3);
    first.release('a');
    value(await second.claim('a'));
    value(await second.append('a', 3, issuedEvents(3, 1), summary(4)));
    expect(code(await first.append('a', 4, issuedEvents(4, 1), summary(5)))).toBe('not-claimed');
    first.close();
    second.close();
  });

  it('says that a stored run can not be read', async () => {
    const name = fresh();
    const history = await openHistory({ name });
    value(await history.create(meta('a')));
    for (let i = 0; i < 3; i++) value(await history.append('a', i, issuedEvents(i, 1), summary(i + 1)));
    const raw = await openDB(name);
    await raw.delete('events', ['a', 1]);
    expect(await history.events('a')).toMatchObject({ type: 'failed', code: 'damaged' });
    await raw.put('events', { runId: 'a', from: 1, count: 1, text: '{"type":' });
    expect(await history.events('a')).toMatchObject({ type: 'failed', code: 'damaged' });
    raw.close();
    history.close();
  });
});
