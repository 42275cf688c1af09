import { afterEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../web/engine/events.ts';
import { canonical } from '../../../web/engine/events.ts';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { Budget } from '../../../web/engine/experiment.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { emptyState, type RunState } from '../../../web/engine/state.ts';
import { openHistory } from '../../../web/history/index.ts';
import type { EventBatch, StartOptions } from '../../../web/worker/protocol.ts';
import { RunClient } from '../../../web/worker/run-client.ts';
import { parabola } from './experiments.ts';

class Page {
  readonly client: RunClient;
  readonly batches: EventBatch[] = [];
  readonly log: RunEvent[] = [];
  state: RunState = emptyState();
  runId = '';
  #waiting: { test: () => boolean; done: () => void }[] = [];

  constructor(client: RunClient) {
    this.client = client;
    client.subscribe((batch) => {
      this.batches.push(batch);
      if (batch.runId !== this.runId) {
        this.runId = batch.runId;
        this.log.length = 0;
        this.state = emptyState();
      }
      for (const event of batch.events) {
        this.log.push(event);
        reduce(this.state, event);
      }
      this.#waiting = this.#waiting.filter(({ test, done }) => !test() || done());
    });
  }

  get last(): EventBatch {
    return this.batches.at(-1) as EventBatch;
  }

  async start(options: Partial<StartOptions> = {}): Promise<string> {
    const result = await this.client.commands.start({ experiment: parabola(), seed: 1, paused: false, ...options });
    if (result.type !== 'ok') throw new Error(result.type === 'failed' ? result.reason : 'it asks for a download');
    return result.runId;
  }

  until(test: () => boolean): Promise<void> {
    return test() ? Promise.resolve() : new Promise((done) => this.#waiting.push({ test, done }));
  }
}

const pages: Page[] = [];

async function open(): Promise<Page> {
  const page = new Page(await RunClient.create(document));
  pages.push(page);
  return page;
}

afterEach(() => {
  for (const page of pages.splice(0)) page.client.dispose();
});

const budget = (evaluations: number): Budget => ({ ...DEFAULT_BUDGET, evaluations });

describe('a run in the worker', () => {
  it('runs to its end, in whole batches that are stored before they are shown', async () => {
    const page = await open();
    const runId = await page.start({ experiment: parabola({ budget: { evaluations: 80 } }) });
    await page.until(() => page.last.activity === 'finished');
    expect(page.state.finished).toBe('evaluations');
    expect(page.state.evaluations).toBe(80);
    expect(page.state.bests.length).toBeGreaterThan(1);
    expect(page.batches[0]).toMatchObject({ activity: 'starting', from: 0, events: [] });
    let next = 0;
    for (const batch of page.batches) {
      expect(batch).toMatchObject({ runId, from: next, stored: true, message: '' });
      next += batch.events.length;
    }
    const history = await openHistory();
    const stored = await history.events(runId);
    expect(stored.type === 'ok' && stored.value).toEqual(page.log);
    const runs = await history.runs();
    expect(runs.type === 'ok' && runs.value.find((run) => run.runId === runId)).toMatchObject({
      name: 'parabola',
      seed: 1,
      evaluations: 80,
      finished: 'evaluations',
      events: page.log.length,
    });
    history.close();
  });

  it('gives the same log for the same seed', async () => {
    const logs: string[] = [];
    for (let i = 0; i < 2; i++) {
      const page = await open();
      await page.start({ experiment: parabola({ budget: { evaluations: 50 } }), seed: 7 });
      await page.until(() => page.last.activity === 'finished');
      logs.push(JSON.stringify(page.log.map(canonical)));
    }
    expect(logs[0]).toBe(logs[1]);
  });

  it('starts paused, steps one result at a time, plays and pauses', async () => {
    const page = await open();
    await page.start({ paused: true });
    expect(page.last.activity).toBe('paused');
    expect(page.state.consumed).toBe(0);
    for (let i = 1; i <= 3; i++) {
      await page.client.commands.step();
      await page.until(() => page.state.consumed >= i);
      expect(page.state.consumed).toBe(i);
      expect(page.last.activity).toBe('paused');
    }
    await page.client.commands.play();
    await page.until(() => page.state.consumed > 20);
    await page.client.commands.pause();
    await page.until(() => page.last.activity === 'paused');
    const { consumed } = page.state;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(page.state.consumed).toBe(consumed);
  });

  it('keeps to a speed limit and drops it again', async () => {
    const page = await open();
    await page.client.commands.setSpeed(10);
    const began = performance.now();
    await page.start();
    await page.until(() => page.state.consumed >= 5);
    // The fifth result comes no sooner than four intervals after the first.
    expect(performance.now() - began).toBeGreaterThan(390);
    expect(page.last.activity).toBe('running');
    await page.client.commands.setSpeed(null);
    await page.until(() => page.state.consumed >= 60);
  });

  it('goes on after its budget is raised', async () => {
    const page = await open();
    await page.start({ experiment: parabola({ budget: { evaluations: 20 } }) });
    await page.until(() => page.last.activity === 'finished');
    await page.client.commands.command({ type: 'budget', budget: budget(40) });
    await page.until(() => page.last.activity === 'paused');
    await page.client.commands.play();
    await page.until(() => page.last.activity === 'finished');
    expect(page.state.evaluations).toBe(40);
  });

  it('draws a picture on request and has one of each best', async () => {
    const page = await open();
    await page.start({ experiment: parabola({ budget: { evaluations: 60 } }) });
    await page.until(() => page.last.activity === 'finished');
    for (const id of page.state.bests) expect(page.state.programs[id]?.evaluation?.artifacts['picture']).toBeDefined();
    const plain = page.state.programs.find(
      (program) => program?.evaluation && !program.evaluation.artifacts['picture'],
    );
    const drawn = await page.client.commands.picture(plain?.id ?? -1);
    expect(drawn).toMatchObject({ type: 'ok', picture: { summary: expect.stringContaining('error') as string } });
    expect(await page.client.commands.picture(99_999)).toMatchObject({ type: 'failed' });
    expect(page.log.at(-1)?.type).toBe('run-finished');
  });

  it('replaces a run that is going, and stores it to its last event', async () => {
    const page = await open();
    const first = await page.start();
    await page.until(() => page.state.consumed > 10);
    const second = await page.start({ seed: 2 });
    expect(second).not.toBe(first);
    await page.until(() => page.runId === second && page.state.consumed > 10);
    const shown = page.batches.filter((batch) => batch.runId === first).flatMap((batch) => batch.events);
    const history = await openHistory();
    const stored = await history.events(first);
    expect(stored.type === 'ok' && stored.value).toEqual(shown);
    history.close();
  });

  it('goes on with a stored run as if it had never been left', async () => {
    const experiment = parabola({ budget: { evaluations: 60 } });
    const whole = await open();
    await whole.start({ experiment, seed: 3 });
    await whole.until(() => whole.last.activity === 'finished');

    const first = await open();
    const runId = await first.start({ experiment, seed: 3 });
    await first.until(() => first.state.consumed > 20);
    first.client.dispose();

    const second = await open();
    const history = await openHistory();
    expect(await second.client.commands.reopen(runId)).toEqual({ type: 'ok', runId });
    const stored = await history.events(runId);
    const log = stored.type === 'ok' ? [...stored.value] : [];
    expect(second.last).toMatchObject({ runId, from: log.length, activity: 'paused' });
    await second.client.commands.play();
    await second.until(() => second.last.activity === 'finished');
    log.push(...second.log);
    expect(log.map(canonical)).toEqual(whole.log.map(canonical));
    history.close();
  });

  it('lets two tabs have one run only one after the other', async () => {
    const first = await open();
    await first.client.commands.setSpeed(20);
    const runId = await first.start();
    await first.until(() => first.state.consumed > 5);
    const second = await open();
    expect(await second.client.commands.reopen(runId)).toMatchObject({
      type: 'failed',
      reason: expect.stringContaining('another tab') as string,
    });
    await first.client.commands.stop();
    expect(await second.client.commands.reopen(runId)).toMatchObject({ type: 'ok' });
    expect(await second.client.commands.reopen('no such run')).toMatchObject({ type: 'failed' });
  });

  it('says when the seed does not run', async () => {
    const page = await open();
    const experiment = parabola({ files: { 'seed.js': 'export function height() { throw new Error("no"); }' } });
    await page.start({ experiment });
    await page.until(() => page.last.activity === 'finished');
    expect(page.state.finished).toBe('seed-failed');
    expect(page.state.detail).toContain('no');
  });

  it('survives the death of its sandbox', async () => {
    const page = await open();
    await page.start();
    await page.until(() => page.state.consumed > 10);
    const frame = document.querySelector('iframe[title="Sandbox"]');
    expect(frame).not.toBeNull();
    frame?.remove();
    const { consumed } = page.state;
    await page.until(() => page.state.consumed > consumed + 30);
    for (const program of page.state.programs) {
      if (program?.status === 'crashed') expect(program.reason).not.toMatch(/sandbox|frame/);
    }
  });
});
