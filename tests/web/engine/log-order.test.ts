import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import { readLog, writeLog } from '../../../web/engine/log.ts';
import { experiment, harness, walk } from './stand-ins.ts';
import { validateExperiment } from '../../../web/engine/validation.ts';

let log: RunEvent[] = [];
let failed = -1;

beforeAll(async () => {
  const settings = experiment(
    { operators: { mutate: 1 }, islands: { count: 3 } },
    { budget: { ...DEFAULT_BUDGET, evaluations: 60 } },
  );
  const made = await harness({ experiment: settings, operators: [{ ...walk, id: 'mutate' }] });
  for (let i = 0; i < 50; i++) await made.run.step();
  log = made.log;
  failed = made.run.state.programs.findIndex((each) => each?.change && each.status !== 'correct');
});

function refusal(...more: RunEvent[]): string {
  const result = readLog(writeLog([...log, ...more]));
  return result.type === 'failed' ? result.reason : '';
}

const merged = (from: number, into: number | null): RunEvent => ({
  ...{ type: 'island-merged', from, into, moved: [], evicted: [], by: 'person', reason: '' },
});

describe('a log from anywhere', () => {
  it('puts no program into an archive that has no score', () => {
    expect(failed).toBeGreaterThan(0);
    const words = `there is no program ${failed} with a score yet`;
    const place = { evicted: [], cell: null, threshold: null };
    const all: RunEvent[] = [
      { type: 'migrated', program: failed, from: 0, to: 1, ...place },
      { type: 'island-restarted', island: 0, from: failed, reason: '' },
      { type: 'island-spawned', island: 3, from: [failed], own: null, by: 'run', reason: '' },
      { type: 'island-split', island: 0, into: 3, moved: [failed] },
      { ...(merged(0, 1) as Extract<RunEvent, { type: 'island-merged' }>), moved: [failed] },
    ];
    for (const event of all) expect(refusal(event)).toContain(words);
    const at = log.findIndex((event) => event.type === 'added' && event.job === failed);
    const lied = log.with(at, { ...(log[at] as Extract<RunEvent, { type: 'added' }>), status: 'new' });
    expect(readLog(writeLog(lied))).toMatchObject({ reason: `job: ${words}` });
  });

  it('neither merges an island with itself nor brings back a retired one', () => {
    expect(refusal(merged(1, 1))).toContain('can not be merged with itself');
    expect(refusal(merged(0, 1), merged(1, 2))).toBe('');
    expect(refusal(merged(0, 1), merged(0, 2))).toContain('island 0 has been retired');
    expect(refusal(merged(0, 1), merged(2, 0))).toContain('island 0 has been retired');
    const again: RunEvent = { type: 'island-restarted', island: 0, from: 0, reason: '' };
    expect(refusal(merged(0, 1), again)).toContain('island 0 has been retired');
  });

  it('fills in what settings of an island leave out, and a command does', async () => {
    const spawned = { type: 'island-spawned', island: 3, from: [0], by: 'person', reason: '' } as const;
    const own = { models: { ensemble: { m: 1 } } } as never;
    const read = readLog(writeLog([...log, { ...spawned, own }]));
    const filled = { models: { ensemble: { m: 1 }, temperatures: [0.7], attempts: 2 } };
    expect(read.type === 'ok' && read.events.at(-1)).toMatchObject({ own: filled });
    const made = await harness();
    await made.run.step();
    expect(made.run.command({ type: 'spawn', from: [0], own })).toMatchObject({ event: { own: filled } });
    const wrong = { selection: { type: 'fate' } } as never;
    expect(made.run.command({ type: 'spawn', from: [0], own: wrong })).toMatchObject({
      ...{ type: 'refused', reason: expect.stringContaining('own.selection.type') as string },
    });
  });
});

describe('an experiment from anywhere', () => {
  it('does not exhaust the stack with mixes of mixes', () => {
    let selection: object = { type: 'uniform' };
    for (let i = 0; i < 50_000; i++) selection = { type: 'mix', of: [selection, { type: 'uniform' }] };
    const { strategy, ...rest } = experiment({ operators: { mutate: 1 } });
    const validated = validateExperiment({ ...rest, strategy: { ...strategy, selection } });
    expect(validated).toMatchObject({ type: 'failed' });
    expect(JSON.stringify(validated)).toContain('a mix can not hold a mix');
  });
});
