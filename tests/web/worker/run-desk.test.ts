import 'fake-indexeddb/auto';
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import { canonical, type RunEvent } from '../../../web/engine/events.ts';
import { createMemoryHistory } from '../../../web/history/memory.ts';
import { value } from '../history/contract.ts';
import { Stage, small, stored } from './stage.ts';

afterEach(() => vi.restoreAllMocks());

describe('RunDesk', () => {
  it('runs, stores and tells', async () => {
    const history = await stored();
    const stage = new Stage(history);
    const runId = await stage.start();
    await stage.until(() => stage.last.activity === 'finished');
    expect(stage.batches[0]).toMatchObject({ runId, activity: 'starting', events: [] });
    expect(value(await history.events(runId))).toEqual(stage.log(runId));
    expect(value(await history.lastRun())).toMatchObject({ runId, evaluations: 60, finished: 'evaluations' });
  });

  it('evaluates nothing again that this tab has evaluated: the same run once more has the same log', async () => {
    const stage = new Stage(await stored());
    const canonicalLog = (id: string): string[] => stage.log(id).map((event) => JSON.stringify(canonical(event)));
    const first = await stage.start();
    await stage.until(() => stage.last.activity === 'finished');
    const again = await stage.start();
    await stage.until(() => stage.last.runId === again && stage.last.activity === 'finished');
    expect(canonicalLog(again)).toEqual(canonicalLog(first));
    const [before, after] = stage.sandboxes;
    expect(before?.opened).toBeGreaterThan(20);
    // Pictures are made anew, and what crashed may have done so by the machine's fault.
    expect(after?.opened).toBeLessThan((before?.opened ?? 0) / 3);
  });

  it('goes on in memory where nothing can be stored, and says why', async () => {
    const stage = new Stage(createMemoryHistory('The browser does not let this page store anything.'));
    await stage.start();
    await stage.until(() => stage.last.activity === 'finished');
    expect(stage.last).toMatchObject({
      stored: false,
      message: 'This run is not being stored. The browser does not let this page store anything.',
    });
  });

  it('goes on where the disk is full, and stores all of it when there is room', async () => {
    const history = await stored();
    const stage = new Stage(history);
    const full = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const runId = await stage.start();
    await stage.until(() => stage.last.activity === 'finished');
    expect(stage.last).toMatchObject({ stored: false, message: expect.stringContaining('full') as string });
    full.mockRestore();
    await stage.desk.stop();
    expect(value(await history.events(runId))).toEqual(stage.log(runId));
  });

  it('carries out starts one after another, each with a sandbox of its own', async () => {
    const history = await stored();
    const stage = new Stage(history);
    const unlimited = small(null);
    const ids = await Promise.all([stage.start(unlimited), stage.start(unlimited), stage.start(unlimited)]);
    expect(new Set(ids).size).toBe(3);
    await stage.until(() => stage.log(ids[2] as string).length > 100);
    await stage.desk.stop();
    expect(stage.sandboxes).toHaveLength(3);
    for (const id of ids) expect(value(await history.events(id))).toEqual(stage.log(id));
  });

  it('goes on with a run as if it had not been left', async () => {
    const whole = new Stage(await stored());
    const wholeId = await whole.start(small(200));
    await whole.until(() => whole.last.activity === 'finished');
    const history = await stored();
    // Slow enough that a busy machine stops it before it ends.
    const first = new Stage(history, () => 50);
    const runId = await first.start(small(200));
    await first.until(() => first.log(runId).length > 60);
    await first.desk.stop();
    const second = new Stage(history);
    expect(await second.desk.reopen(runId)).toEqual({ type: 'ok', runId });
    expect(second.last).toMatchObject({ activity: 'paused', from: first.log(runId).length, events: [] });
    await second.desk.play();
    await second.until(() => second.last.activity === 'finished');
    const log = [...first.log(runId), ...second.log(runId)];
    expect(log.map(canonical)).toEqual(whole.log(wholeId).map(canonical));
    expect(value(await history.events(runId))).toEqual(log);
  });

  it('reopens the run it has, and one that is finished', async () => {
    const stage = new Stage(await stored());
    const runId = await stage.start(small(40));
    expect(await stage.desk.reopen(runId)).toEqual({ type: 'ok', runId });
    await stage.desk.play();
    await stage.until(() => stage.last.activity === 'finished');
    await stage.desk.stop();
    expect(await stage.desk.reopen(runId)).toEqual({ type: 'ok', runId });
    expect(stage.last).toMatchObject({ activity: 'finished', events: [] });
    const more = { type: 'budget', budget: { ...DEFAULT_BUDGET, evaluations: 50 } } as const;
    expect(await stage.desk.command(more)).toEqual({ type: 'ok', job: null });
    await stage.desk.play();
    await stage.until(() => stage.last.activity === 'finished' && stage.last.events.length > 0);
    const evaluated = stage.log(runId).filter((event) => event.type === 'evaluated');
    expect(evaluated.reduce((sum, event) => sum + event.evaluations, 0)).toBe(50);
  });

  it('lets what is asked of a run wait until it is open, and the last of play and pause count', async () => {
    const stage = new Stage(await stored());
    const runId = await stage.start(small(400));
    await stage.until(() => stage.log(runId).length > 10);
    await stage.desk.pause();
    await stage.desk.stop();
    const opened = stage.desk.reopen(runId);
    const pinned = stage.desk.command({ type: 'pin', program: 0, pinned: true });
    const played = stage.desk.play();
    await stage.desk.pause();
    expect(await opened).toEqual({ type: 'ok', runId });
    expect(await pinned).toEqual({ type: 'ok', job: null });
    await played;
    expect(stage.last.activity).toBe('paused');
    await stage.desk.stop();
    void stage.desk.reopen(runId);
    await stage.desk.play();
    await stage.until(() => stage.last.activity === 'finished');
  });

  it('refuses what is not there, is damaged, or is going on elsewhere', async () => {
    const history = await stored();
    const stage = new Stage(history);
    expect(await stage.desk.reopen('none')).toMatchObject({ type: 'failed', reason: 'There is no run none.' });
    const goal = { label: 'x', unit: '', digits: 1 };
    value(await history.create({ runId: 'empty', name: 'a', title: 'A', seed: 1, goal }));
    history.release('empty');
    expect(await stage.desk.reopen('empty')).toMatchObject({ type: 'failed', reason: 'The stored run is empty.' });
    const runId = await stage.start();
    await stage.until(() => stage.last.activity === 'finished');
    await stage.desk.stop();
    const log = value(await history.events(runId));
    value(await history.create({ runId: 'cut', name: 'a', title: 'A', seed: 1, goal }));
    const at = log.findIndex((event) => event.type === 'evaluated' && event.job > 3);
    const wrong = [...log.slice(0, at + 1), ...Array.from({ length: 20 }, () => log[at + 1] as RunEvent)];
    const summary = { evaluations: 1, programs: 1, fitness: null, value: null, elapsed: 0, finished: null };
    value(await history.append('cut', 0, wrong, summary));
    history.release('cut');
    const result = await stage.desk.reopen('cut');
    expect(result.type).toBe('failed');
    value(await history.claim('cut'));
  });

  it('fails with a message, keeps what it has, and can start again', async () => {
    const history = await stored();
    const stage = new Stage(history);
    const runId = await stage.start(small(null));
    await stage.until(() => stage.log(runId).length > 30);
    stage.desk.fail('Something broke.');
    await stage.until(() => stage.last.activity === 'failed');
    expect(stage.last.message).toBe('Something broke.');
    await stage.desk.play();
    await stage.desk.step();
    expect(stage.last.activity).toBe('failed');
    await stage.desk.stop();
    expect(value(await history.events(runId))).toEqual(stage.log(runId));
    await stage.start();
    await stage.until(() => stage.last.activity === 'finished');
    const broken = await stage.start(small(null));
    stage.breakSandbox('no process');
    await stage.until(() => stage.last.runId === broken && stage.last.activity === 'failed');
    expect(stage.last.message).toContain('no process');
  });

  it('does nothing where there is no run', async () => {
    const stage = new Stage(await stored());
    await stage.desk.play();
    await stage.desk.pause();
    await stage.desk.step();
    await stage.desk.stop();
    expect(await stage.desk.stepStage()).toBeNull();
    const pin = { type: 'pin', program: 0, pinned: true } as const;
    expect(await stage.desk.command(pin)).toMatchObject({ type: 'refused', reason: 'There is no run.' });
    const fork = { runId: 'none', at: { event: 0 }, seed: 1 };
    expect(await stage.desk.fork(fork)).toEqual({ type: 'failed', reason: 'There is no run none.' });
    expect(await stage.desk.picture(0)).toMatchObject({ type: 'failed' });
    expect(stage.batches).toEqual([]);
  });

  it('evaluates for a picture outside the run, and lets old requests give way', async () => {
    const stage = new Stage(await stored(), () => 2);
    await stage.start(small(30));
    await stage.until(() => stage.last.activity === 'finished');
    const length = stage.batches.flatMap((batch) => batch.events).length;
    const asked = await Promise.all(Array.from({ length: 20 }, () => stage.desk.picture(0)));
    expect(asked.filter((result) => result.type === 'ok').length).toBeGreaterThanOrEqual(8);
    expect(asked.filter((result) => result.type === 'failed').length).toBeGreaterThan(0);
    expect(asked.at(-1)).toEqual({ type: 'ok', picture: null });
    expect(stage.batches.flatMap((batch) => batch.events)).toHaveLength(length);
  });
});
