/** The real database: what the simulated one can't show. */
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openHistory, type History } from '../../../web/history/index.ts';
import { code, historyContract, issuedEvents, meta, summary, value } from '../../web/history/contract.ts';

const fresh = (): string => `test-${crypto.randomUUID()}`;
const opened: History[] = [];

async function open(options: Parameters<typeof openHistory>[0]): Promise<History> {
  const history = await openHistory(options);
  opened.push(history);
  return history;
}

afterEach(() => {
  vi.restoreAllMocks();
  for (const history of opened.splice(0)) history.close();
});

historyContract('IndexedDB', { open: (now) => openHistory({ name: fresh(), now, patience: 50 }) });

describe('a history in a real browser', () => {
  it('outlives its connection', async () => {
    const name = fresh();
    const first = await open({ name });
    expect(first.mode).toBe('stored');
    value(await first.create(meta('a')));
    value(await first.append('a', 0, issuedEvents(0, 300), summary(300)));
    first.close();
    const second = await open({ name });
    expect(value(await second.events('a'))).toEqual(issuedEvents(0, 300));
    value(await second.claim('a'));
    value(await second.append('a', 300, issuedEvents(300, 1), summary(301)));
  });

  it('rolls a chunk back whole where the disk is full', async () => {
    const history = await open({ name: fresh() });
    value(await history.create(meta('a')));
    value(await history.append('a', 0, issuedEvents(0, 3), summary(3)));
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(code(await history.append('a', 3, issuedEvents(3, 2), summary(5)))).toBe('full');
    put.mockRestore();
    expect(value(await history.events('a'))).toHaveLength(3);
    value(await history.append('a', 3, issuedEvents(3, 4), summary(7)));
    expect(value(await history.events('a'))).toEqual(issuedEvents(0, 7));
  });

  it('frees a run whose writer died with its worker, and lets the next one in', async () => {
    const name = fresh();
    const lock = `${name}/a`;
    const text = `navigator.locks.request(${JSON.stringify(lock)}, () => { postMessage('held'); return new Promise(() => {}); });`;
    const worker = new Worker(URL.createObjectURL(new Blob([text])));
    await new Promise((resolve) => (worker.onmessage = resolve));
    const history = await open({ name, patience: 100 });
    expect(code(await history.create(meta('a')))).toBe('claimed');
    expect(value(await history.runs())).toEqual([]);
    worker.terminate();
    const patient = await open({ name, patience: 5_000 });
    value(await patient.create(meta('a')));
  });

  it('says so where another tab does not make way for this version', async () => {
    const name = fresh();
    const older = await openDB(name, 1);
    // A tab of an older version that does not listen: the newer one here is simulated by asking for version 2 first.
    const newer = openDB(name, 2);
    const history = await open({ name, limit: 100 });
    expect(history.mode).toBe('memory');
    expect(history.reason).not.toBe('');
    older.close();
    (await newer).close();
  });

  it('goes on in memory where the page may not store', async () => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    const history = await open({ name: fresh() });
    expect(history).toMatchObject({ mode: 'memory', reason: 'The browser does not let this page store anything.' });
    value(await history.create(meta('a')));
    value(await history.append('a', 0, issuedEvents(0, 2), summary(2)));
    expect(value(await history.events('a'))).toHaveLength(2);
  });

  it('reads back a run of sixty thousand events', async () => {
    const history = await open({ name: fresh() });
    value(await history.create(meta('a')));
    const log = issuedEvents(0, 60_000);
    for (let i = 0; i < log.length; i += 300) {
      value(await history.append('a', i, log.slice(i, i + 300), summary(i + 300)));
    }
    const read = value(await history.events('a'));
    expect(read).toHaveLength(60_000);
    expect(read.at(-1)).toEqual(log.at(-1));
    value(await history.remove('a'));
    expect(value(await history.runs())).toEqual([]);
  });
});
