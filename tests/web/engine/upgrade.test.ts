import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../../web/engine/defaults.ts';
import { readLog, writeLog } from '../../../web/engine/log.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { replay } from '../../../web/engine/replay.ts';
import { createRun } from '../../../web/engine/run.ts';
import { emptyState, filesOf, fitnessOf } from '../../../web/engine/state.ts';
import { upgradeEvent } from '../../../web/engine/upgrade.ts';
import { clock, realSyntax, standIn, bumpy } from './stand-ins.ts';

/** A run of circle packing, written by the first version of the log. */
const text = readFileSync(new URL('../../fixtures/logs/run-v1.jsonl', import.meta.url), 'utf8');
const read = readLog(text);
if (read.type === 'failed') throw new Error(`line ${read.line}: ${read.reason}`);
const log = read.events;

const first = log[0];
if (first?.type !== 'run-started') throw new Error('no start');

describe('a log of version 1', () => {
  it('is read as if it had been written today', () => {
    expect(JSON.parse(text.split('\n', 1)[0] as string)).toEqual({ format: 'genesis-run', v: 1 });
    expect(log[0]).toMatchObject({ type: 'run-started', v: 2 });
    const again = readLog(writeLog(log));
    expect(again.type === 'ok' && again.events).toEqual(log);
    for (const event of log) expect(upgradeEvent(event)).toBe(event);
  });

  it('comes to the same programs and the same best', () => {
    const state = emptyState();
    for (const event of log) reduce(state, event);
    const bests = log.flatMap((event) => (event.type === 'added' && event.best ? [event.job] : []));
    expect(state.best).toBe(bests.at(-1));
    expect(fitnessOf(state, state.best as number)).toBeCloseTo(2.619, 3);
    expect(filesOf(state, state.best as number)['seed.js']).toContain('EVOLVE-BLOCK-START');
    expect(state.finished).toBe('evaluations');
    expect(state.experiment?.strategy.archive).toMatchObject({ type: 'fitness', criteria: { fitness: 1 } });
  });

  it('can be followed with its own choices', async () => {
    const result = await replay(log, { syntax: await realSyntax(), clock, choices: 'read' });
    // Rules for archives have words of their own today, so the first difference may be such a word, never a lost event.
    if (result.type === 'differs') expect(result.found?.type).toBe(result.expected?.type);
  });

  it('can be gone on with, from its end and from any cut', async () => {
    const syntax = await realSyntax();
    for (let cut = 1; cut <= log.length; cut++) {
      const ports = { evaluations: standIn(bumpy).port, syntax, clock, emit: () => {} };
      const run = createRun({
        experiment: first.experiment,
        seed: 5,
        ports,
        log: log.slice(0, cut),
      });
      expect(run.state.programs.length).toBeLessThanOrEqual(log.length);
      run.stop();
    }
  });
});

describe('a log from before models could search the web', () => {
  const { search, ...models } = DEFAULT_STRATEGY.models;
  const before = (own: object): unknown => ({
    ...DEFAULT_STRATEGY,
    models,
    islands: { ...DEFAULT_STRATEGY.islands, own: [{}, own] },
  });
  const now = {
    ...DEFAULT_STRATEGY,
    islands: { ...DEFAULT_STRATEGY.islands, own: [{}, { models: { ...models, search } }] },
  };
  const started = (strategy: unknown): unknown => ({ ...first, experiment: { ...first.experiment, strategy } });

  it('says of every strategy in it that none may', () => {
    expect(upgradeEvent(started(before({ models })))).toEqual(started(now));
    const changed = { type: 'strategy-changed', strategy: before({ models }) };
    expect(upgradeEvent(changed)).toEqual({ ...changed, strategy: now });
    const spawned = {
      type: 'island-spawned',
      island: 1,
      from: [0],
      own: { models, exploration: 1 },
      by: 'run',
      reason: '',
    };
    expect(upgradeEvent(spawned)).toEqual({ ...spawned, own: { models: { ...models, search }, exploration: 1 } });
  });

  it('is left alone where there is nothing to say, and where it is no log at all', () => {
    const whole = started(now);
    for (const event of [
      whole,
      { type: 'strategy-changed', strategy: now },
      { type: 'island-spawned', own: null },
      { type: 'strategy-changed' },
      { type: 'run-started', v: 2, experiment: { strategy: { models: 3, islands: { own: [null] } } } },
    ])
      expect(upgradeEvent(event)).toBe(event);
  });
});
