/** What a person changes while a run is on, as the page asks for it. */
import 'fake-indexeddb/auto';
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_BUDGET, DEFAULT_STRATEGY } from '../../../web/engine/defaults.ts';
import { canonical } from '../../../web/engine/events.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { emptyState, filesOf, type RunState } from '../../../web/engine/state.ts';
import { createMemoryHistory } from '../../../web/history/memory.ts';
import type { Command } from '../../../web/worker/protocol.ts';
import { value } from '../history/contract.ts';
import { Stage, small, stored } from './stage.ts';

afterEach(() => vi.restoreAllMocks());

/** The run as the page sees it: what was posted, folded. */
function stateOf(stage: Stage, runId: string): RunState {
  return stage.log(runId).reduce(reduce, emptyState());
}

async function paused(evaluations: number | null = 60): Promise<{ stage: Stage; runId: string }> {
  const stage = new Stage(await stored());
  const runId = await stage.start(small(evaluations), true);
  for (let i = 0; i < 6; i++) await stage.desk.step();
  return { stage, runId };
}

describe('commands', () => {
  it('are events of the log, stored before they are answered', async () => {
    const { stage, runId } = await paused();
    const pin: Command = { type: 'pin', program: 0, pinned: true };
    expect(await stage.desk.command(pin)).toEqual({ type: 'ok', job: null });
    const log = value(await stage.history.events(runId));
    expect(log.findLast((event) => event.type === 'pinned')).toEqual({ type: 'pinned', program: 0, pinned: true });
    expect(stateOf(stage, runId).pinned.has(0)).toBe(true);
  });

  it('are refused in whole sentences', async () => {
    const { stage } = await paused();
    const merge: Command = { type: 'merge', from: 0, into: 0 };
    expect(await stage.desk.command(merge)).toEqual({
      type: 'refused',
      reason: 'An island can not be merged with itself.',
      problems: [],
    });
    const hint: Command = { type: 'hint', text: ' ', island: null };
    expect(await stage.desk.command(hint)).toMatchObject({ type: 'refused', reason: 'A hint needs words.' });
  });

  it('name each wrong setting by its path, and change nothing', async () => {
    const { stage, runId } = await paused();
    const length = stage.log(runId).length;
    const islands = { ...DEFAULT_STRATEGY.islands, migrateEvery: -1 };
    // As a form sends what a person typed.
    const exploration = 'lots' as unknown as number;
    const answer = await stage.desk.command({
      type: 'strategy',
      strategy: { ...DEFAULT_STRATEGY, islands, exploration, operators: { mutate: 0 } },
    });
    expect(answer.type === 'refused' && answer.problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'strategy.exploration',
      'strategy.islands.migrateEvery',
      'strategy.operators',
    ]);
    const budget = { ...DEFAULT_BUDGET, evaluations: 1.5 };
    expect(await stage.desk.command({ type: 'budget', budget })).toMatchObject({
      type: 'refused',
      problems: [expect.stringMatching(/^budget\.evaluations: must be a whole number/)],
    });
    expect(stage.log(runId)).toHaveLength(length);
  });

  it('take settings as they were meant', async () => {
    const { stage, runId } = await paused();
    const strategy = { ...stateOf(stage, runId).experiment!.strategy, selection: { type: 'beam', width: 3 } } as const;
    expect(await stage.desk.command({ type: 'strategy', strategy })).toMatchObject({ type: 'ok' });
    expect(stateOf(stage, runId).experiment?.strategy).toEqual(strategy);
  });

  it('give an injected program the next job', async () => {
    const { stage, runId } = await paused();
    const files = { 'seed.js': 'export const a = 400;\n' };
    const answer = await stage.desk.command({ type: 'inject', files, note: 'mine', parent: 0 });
    const job = answer.type === 'ok' ? answer.job : null;
    if (job === null) throw new Error('no job');
    await stage.desk.play();
    await stage.until(() => stage.last.activity === 'finished');
    const state = stateOf(stage, runId);
    expect(filesOf(state, job)).toEqual(files);
    expect(state.programs[job]).toMatchObject({ operator: 'inject', parent: 0, status: 'correct' });
    expect(state.best).toBe(job);
  });

  it('let an injected program wait for a budget', async () => {
    const stage = new Stage(await stored());
    const runId = await stage.start(small(20));
    await stage.until(() => stage.last.activity === 'finished');
    const files = { 'seed.js': 'export const a = 401;\n' };
    expect(await stage.desk.command({ type: 'inject', files, note: '', parent: 0 })).toEqual({ type: 'ok', job: null });
    await stage.desk.command({ type: 'budget', budget: { ...DEFAULT_BUDGET, evaluations: 21 } });
    await stage.desk.play();
    await stage.until(() => stage.last.activity === 'finished' && stateOf(stage, runId).evaluations === 21);
    expect(stateOf(stage, runId).programs.at(-1)).toMatchObject({ operator: 'inject' });
  });

  it('are refused by a run that an error has stopped', async () => {
    const { stage } = await paused();
    stage.desk.fail('Something broke.');
    const pin: Command = { type: 'pin', program: 0, pinned: true };
    expect(await stage.desk.command(pin)).toMatchObject({ reason: 'The run was stopped by an error.' });
    expect(await stage.desk.stepStage()).toBeNull();
  });
});

describe('stages', () => {
  it('are gone through one at a time, and come to the same run', async () => {
    const stage = new Stage(await stored());
    const runId = await stage.start(small(40), true);
    const whole = new Stage(await stored());
    const wholeId = await whole.start(small(40));
    await whole.until(() => whole.last.activity === 'finished');
    const seen: string[] = [];
    for (let report = await stage.desk.stepStage(); report; report = await stage.desk.stepStage()) {
      seen.push(`${report.job} ${report.stage}`);
      expect(stage.last.activity === 'paused' || stage.last.activity === 'finished').toBe(true);
    }
    expect(seen.slice(0, 6)).toEqual(['0 check', '0 evaluate', '0 add', '1 propose', '1 check', '1 evaluate']);
    expect(seen.filter((each) => each.endsWith(' add'))).toHaveLength(stateOf(stage, runId).consumed);
    expect(stage.log(runId).map(canonical)).toEqual(whole.log(wholeId).map(canonical));
  });
});

describe('forks', () => {
  it('share the log up to a program, and go on by themselves', async () => {
    const { stage, runId } = await paused(80);
    const at = { program: 3 };
    const fork = await stage.desk.fork({ runId, at, seed: 9 });
    if (fork.type === 'failed') throw new Error(fork.reason);
    expect(fork.runId).not.toBe(runId);
    const parent = value(await stage.history.events(runId));
    const log = value(await stage.history.events(fork.runId));
    expect(log.at(-1)).toEqual({ type: 'forked', seed: 9 });
    expect(log.slice(0, -1)).toEqual(parent.slice(0, log.length - 1));
    expect(log.findLast((event) => event.type === 'added')).toMatchObject({ job: 3 });
    const record = value(await stage.history.runs()).find((run) => run.runId === fork.runId);
    expect(record).toMatchObject({ seed: 9, events: log.length, origin: { runId, at: log.length - 2 }, programs: 4 });

    expect(await stage.desk.reopen(fork.runId)).toEqual(fork);
    await stage.desk.play();
    await stage.until(() => stage.last.activity === 'finished' && stage.last.runId === fork.runId);
    await stage.desk.stop();
    const ended = value(await stage.history.events(fork.runId));
    expect(ended.slice(0, log.length)).toEqual(log);
    expect(ended.reduce(reduce, emptyState())).toMatchObject({ seed: 9, evaluations: 80, finished: 'evaluations' });
    expect(value(await stage.history.events(runId))).toEqual(parent);
  });

  it('take an event, also of a run that has ended and is not open', async () => {
    const stage = new Stage(await stored());
    const runId = await stage.start(small(30));
    await stage.until(() => stage.last.activity === 'finished');
    await stage.desk.stop();
    const fork = await stage.desk.fork({ runId, at: { event: stage.log(runId).length - 1 }, seed: 2 });
    if (fork.type === 'failed') throw new Error(fork.reason);
    const log = value(await stage.history.events(fork.runId));
    expect(log).toEqual([...stage.log(runId), { type: 'forked', seed: 2 }]);
    // Nobody's: another tab may open it.
    value(await stage.history.claim(fork.runId));
  });

  it('say what is not there, and leave nothing where the disk is full', async () => {
    const { stage, runId } = await paused();
    expect(await stage.desk.fork({ runId, at: { program: 999 }, seed: 1 })).toMatchObject({
      reason: 'That program is not in the stored run.',
    });
    expect(await stage.desk.fork({ runId, at: { event: 1e6 }, seed: 1 })).toMatchObject({
      reason: 'The run has no event 1000000.',
    });
    vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore, each: unknown) {
      if (this.name === 'events') throw new DOMException('full', 'QuotaExceededError');
      return this.put(each);
    });
    expect(await stage.desk.fork({ runId, at: { program: 1 }, seed: 1 })).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('full') as string,
    });
    expect(value(await stage.history.runs()).map((run) => run.runId)).toEqual([runId]);
  });

  it('need storage', async () => {
    const stage = new Stage(createMemoryHistory('Private window.'));
    const runId = await stage.start(small(30));
    await stage.until(() => stage.last.activity === 'finished');
    expect(await stage.desk.fork({ runId, at: { program: 1 }, seed: 1 })).toMatchObject({
      type: 'failed',
      reason: "Runs can't be forked where they can't be stored. Private window.",
    });
  });
});
