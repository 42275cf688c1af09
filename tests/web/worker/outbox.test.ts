import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import { failure, ok } from '../../../web/history/history.ts';
import { createMemoryHistory } from '../../../web/history/memory.ts';
import { MOST_UNTAKEN, MOST_WAITING, Outbox, type Append, type Store } from '../../../web/worker/outbox.ts';
import type { Activity, EventBatch } from '../../../web/worker/protocol.ts';
import { issuedEvents, meta, summary, value } from '../history/contract.ts';

interface Stage {
  readonly batches: EventBatch[];
  readonly outbox: Outbox;
  readonly posted: () => number;
  activity: Activity;
  message: string;
  time: number;
}

function stage(append: Append, from = 0): Stage {
  const batches: EventBatch[] = [];
  const stage: Stage = {
    batches,
    activity: 'running' as Activity,
    message: '',
    time: 0,
    posted: (): number => batches.reduce((sum, batch) => sum + batch.events.length, 0),
    outbox: new Outbox({
      runId: 'a',
      from,
      store: Promise.resolve<Store>({ type: 'ok', append }),
      post: (batch) => batches.push(batch),
      look: () => ({ activity: stage.activity, message: stage.message, summary: summary(stage.posted()) }),
      now: () => stage.time,
    }),
  };
  return stage;
}

const stores: Append = () => Promise.resolve(ok(null));

function addAll(outbox: Outbox, events: readonly RunEvent[]): void {
  for (const event of events) outbox.add(event);
}

describe('Outbox', () => {
  it('stores a batch before it posts it, in order and without loss', async () => {
    const order: string[] = [];
    const { outbox, batches } = stage(async (from, events) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      order.push(`store ${from}+${events.length}, posted ${batches.length}`);
      return ok(null);
    });
    const log = issuedEvents(0, 9);
    addAll(outbox, log.slice(0, 4));
    const first = outbox.flush();
    await new Promise((resolve) => setTimeout(resolve, 0));
    addAll(outbox, log.slice(4, 7));
    await outbox.flush();
    await first;
    addAll(outbox, log.slice(7));
    await outbox.close();
    expect(order).toEqual(['store 0+4, posted 0', 'store 4+3, posted 1', 'store 7+2, posted 2']);
    expect(batches.flatMap((batch) => batch.events)).toEqual(log);
    expect(batches.map((batch) => batch.from)).toEqual([0, 4, 7]);
    expect(batches.every((batch) => batch.stored)).toBe(true);
  });

  it('posts by itself after a while, and activity alone at once', async () => {
    const at = stage(stores);
    at.outbox.add(issuedEvents(0, 1)[0] as RunEvent);
    while (at.batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(at.batches[0]?.events).toHaveLength(1);
    at.activity = 'paused';
    await at.outbox.flush();
    expect(at.batches[1]).toMatchObject({ from: 1, events: [], activity: 'paused' });
  });

  it('works with a real history', async () => {
    const history = createMemoryHistory('test');
    value(await history.create(meta('a')));
    const { outbox } = stage((from, events, sum) => history.append('a', from, events, sum));
    const log = issuedEvents(0, 500);
    for (const event of log) {
      outbox.add(event);
      if (event.type === 'issued' && event.job % 60 === 0) void outbox.flush();
      if (event.type === 'issued' && event.job % 90 === 0) await Promise.resolve();
    }
    await outbox.close();
    expect(value(await history.events('a'))).toEqual(log);
  });

  it('says that the disk is full, goes on, and stores all of it when there is room again', async () => {
    let full = true;
    const kept: RunEvent[] = [];
    const at = stage((from, events) => {
      if (full && kept.length > 0) return Promise.resolve(failure('full', 'The disk is full.'));
      expect(from).toBe(kept.length);
      kept.push(...events);
      return Promise.resolve(ok(null));
    });
    const log = issuedEvents(0, 12);
    for (let i = 0; i < 12; i += 3) {
      addAll(at.outbox, log.slice(i, i + 3));
      await at.outbox.flush();
      at.time += 1_000;
    }
    expect(at.batches.map((batch) => batch.stored)).toEqual([true, false, false, false]);
    expect(at.batches[1]?.message).toBe('This run is not being stored. The disk is full.');
    expect(at.posted()).toBe(12);
    full = false;
    at.time += 60_000;
    await at.outbox.flush();
    expect(kept).toEqual(log);
    expect(at.batches.at(-1)).toMatchObject({ stored: true, message: '' });
  });

  it('tries once more when the run is left', async () => {
    let tries = 0;
    const at = stage(() => Promise.resolve(++tries < 2 ? failure('full', 'Full.') : ok(null)));
    addAll(at.outbox, issuedEvents(0, 2));
    await at.outbox.flush();
    await at.outbox.close();
    expect(tries).toBe(2);
    expect(at.batches.at(-1)?.stored).toBe(true);
  });

  it('does not try again what can not come right, nor lose the run over a history that throws', async () => {
    let tries = 0;
    const at = stage(() => {
      tries++;
      return Promise.reject(new Error('broken'));
    });
    for (let i = 0; i < 3; i++) {
      addAll(at.outbox, issuedEvents(i, 1));
      await at.outbox.flush();
      at.time += 60_000;
    }
    expect(tries).toBe(1);
    expect(at.posted()).toBe(3);
    expect(at.batches.every((batch) => !batch.stored)).toBe(true);
  });

  it('lets a failure of the run speak before one of storage', async () => {
    const at = stage(() => Promise.resolve(failure('closed', 'Gone.')));
    at.activity = 'failed';
    at.message = 'It broke.';
    await at.outbox.flush();
    expect(at.batches[0]).toMatchObject({ activity: 'failed', message: 'It broke.', stored: false });
  });

  it('holds the engine back where storing is slow', async () => {
    let store: () => void = () => {};
    const at = stage(() => new Promise((resolve) => (store = () => resolve(ok(null)))));
    addAll(at.outbox, issuedEvents(0, MOST_WAITING));
    await at.outbox.room();
    void at.outbox.flush();
    await Promise.resolve();
    addAll(at.outbox, issuedEvents(0, MOST_WAITING + 1));
    let room = false;
    const waiting = at.outbox.room().then(() => (room = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(room).toBe(false);
    store();
    await new Promise((resolve) => setTimeout(resolve, 60));
    store();
    await new Promise((resolve) => setTimeout(resolve, 5));
    at.outbox.taken(Infinity);
    await waiting;
  });

  it('holds the engine back where the page falls behind, and lets go of it at the end', async () => {
    const at = stage(stores, 100);
    addAll(at.outbox, issuedEvents(0, MOST_UNTAKEN + 1));
    await at.outbox.flush();
    let room = false;
    void at.outbox.room().then(() => (room = true));
    at.outbox.taken(100);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(room).toBe(false);
    at.outbox.taken(101);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(room).toBe(true);
    addAll(at.outbox, issuedEvents(0, MOST_WAITING + 1));
    const last = at.outbox.room();
    await at.outbox.close();
    await last;
  });
});
