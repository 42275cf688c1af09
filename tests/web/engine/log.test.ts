import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import { LONGEST_LINE, logHeader, readLog, writeLog, type LogRead } from '../../../web/engine/log.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { emptyState, filesOf } from '../../../web/engine/state.ts';
import { experiment, finish, harness, walk } from './stand-ins.ts';

let log: RunEvent[] = [];
let text = '';

beforeAll(async () => {
  const strategy = { islands: { count: 3, migrateEvery: 7, restartAfter: 8 }, operators: { mutate: 1 } };
  const run = await harness({
    experiment: experiment(strategy, { budget: { ...DEFAULT_BUDGET, evaluations: 200 } }),
    operators: [{ ...walk, id: 'mutate' }],
  });
  run.run.setBudget({ ...DEFAULT_BUDGET, evaluations: 150 });
  await finish(run);
  log = run.log;
  text = writeLog(log);
});

function read(input: string): Extract<LogRead, { type: 'ok' }> {
  const result = readLog(input);
  if (result.type === 'failed') throw new Error(`line ${result.line}: ${result.reason}`);
  return result;
}

/** The reading of the log with the first event of that type changed. */
function readChanged(type: RunEvent['type'], change: (event: Record<string, unknown>) => void): LogRead {
  const at = log.findIndex((event) => event.type === type && !('parent' in event && event.parent === null));
  expect(at).toBeGreaterThanOrEqual(0);
  const copy = structuredClone(log) as unknown as Record<string, unknown>[];
  change(copy[at] as Record<string, unknown>);
  const result = readLog(writeLog(copy as unknown as RunEvent[]));
  if (result.type === 'failed') expect(result.line).toBeGreaterThanOrEqual(at + 2);
  return result;
}

describe('readLog', () => {
  it('reads what a run writes, whole', () => {
    expect(new Set(log.map((event) => event.type)).size).toBe(8);
    expect(read(text)).toEqual({ type: 'ok', events: log, torn: null, length: text.length });
  });

  it('reads a log without a last line end, with blank lines and with \\r', () => {
    expect(read(text.trimEnd()).events).toEqual(log);
    expect(read(text.trimEnd()).torn).toBeNull();
    expect(read(text.replaceAll('\n', '\r\n\r\n')).events).toEqual(log);
  });

  it('leaves out a torn last line, wherever it was cut', () => {
    const lines = text.split('\n').slice(0, 40);
    const whole = `${lines.slice(0, -1).join('\n')}\n`;
    const last = lines.at(-1) as string;
    for (let cut = 1; cut < last.length; cut++) {
      expect(read(whole + last.slice(0, cut))).toEqual({
        type: 'ok',
        events: log.slice(0, 38),
        torn: 40,
        length: whole.length,
      });
    }
  });

  it('names the line of what is damaged in the middle', () => {
    const lines = text.split('\n');
    lines[20] = (lines[20] as string).slice(0, -5);
    expect(readLog(lines.join('\n'))).toMatchObject({ type: 'failed', line: 21 });
    lines.splice(20, 1);
    expect(readLog(lines.join('\n'))).toMatchObject({ type: 'failed', line: expect.any(Number) as number });
  });

  it.each([
    ['', 'empty'],
    ['\n\n', 'empty'],
    ['hello', 'not JSON'],
    ['{"format":"something"}\n', 'not a run'],
    ['[]\n', 'not a run'],
    ['null\n', 'not a run'],
    ['{"format":"genesis-run","v":3}\n', 'newer version'],
    ['{"format":"genesis-run"}\n', 'v: must be'],
  ])('says what is wrong with the header of %j', (input, words) => {
    const result = readLog(input);
    expect(result.type === 'failed' && result.reason).toContain(words);
  });

  it.each([600, 100_000])(
    'refuses what is nested %i levels deep, where a copy of it would run out of calls',
    (levels) => {
      const lines = text.split('\n');
      const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
      lines[3] = `${(lines[3] as string).slice(0, -1)},"more":${deep}}`;
      expect(readLog(lines.join('\n'))).toMatchObject({
        type: 'failed',
        line: 4,
        reason: expect.stringContaining('levels deep') as string,
      });
    },
  );

  it.each<[RunEvent['type'], string, (event: Record<string, unknown>) => void, string]>([
    ['run-started', 'version', (e) => (e.v = 9), 'run-started: v: must be 2'],
    ['run-started', 'seed', (e) => (e.seed = '1'), 'seed: must be a number'],
    ['run-started', 'random', (e) => (e.random = [1, 2, 3]), 'random: must hold four'],
    ['run-started', 'experiment', (e) => (e.experiment = { v: 1 }), 'experiment.'],
    ['issued', 'unknown type', (e) => (e.type = 'boom'), 'type: must be one of'],
    ['issued', 'no type', (e) => delete e.type, 'type: must be one of'],
    ['issued', 'job', (e) => (e.job = 1e9), 'job: must be'],
    ['issued', 'negative job', (e) => (e.job = -1), 'job: must be a whole number from 0'],
    ['issued', 'island', (e) => (e.island = 3), 'island: there are 3 islands'],
    ['issued', 'parent', (e) => (e.parent = 77), 'parent: there is no program 77'],
    ['issued', 'itself as parent', (e) => (e.parent = e.job), 'parent: there is no program'],
    ['issued', 'inspirations', (e) => (e.inspirations = { length: 9 }), 'inspirations: must be a list'],
    ['evaluated', 'job', (e) => (e.job = 500), 'job: 500 is not in flight'],
    ['evaluated', 'status', (e) => (e.status = 'great'), 'status: must be one of'],
    ['evaluated', 'change', (e) => (e.change = { type: 'code' }), 'change.type: must be one of'],
    ['evaluated', 'no change', (e) => (e.change = null), 'there is no program 0'],
    [
      'evaluated',
      'fitness',
      (e) => ((e.evaluation as { fitness: unknown }).fitness = '9'),
      'evaluation.fitness: must be',
    ],
    [
      'evaluated',
      'metric',
      (e) => ((e.evaluation as { metrics: unknown }).metrics = { a: {} }),
      'evaluation.metrics.a',
    ],
    ['evaluated', 'timing', (e) => delete e.timing, 'timing: must be an object'],
    ['evaluated', 'evaluations', (e) => (e.evaluations = 0.5), 'evaluations: must be a whole number'],
    ['added', 'job', (e) => (e.job = 1), 'job: 1 has no result to add'],
    ['added', 'best', (e) => (e.best = 'yes'), 'best: must be true or false'],
    ['migrated', 'program', (e) => (e.program = 9_999), 'program: there is no program 9999'],
    ['migrated', 'to', (e) => (e.to = 12), 'to: there are 3 islands'],
    ['island-restarted', 'from', (e) => (e.from = null), 'from: must be a whole number'],
    ['budget-changed', 'budget', (e) => (e.budget = { evaluations: -4 }), 'budget.evaluations: must be'],
    ['run-finished', 'reason', (e) => (e.reason = 'bored'), 'reason: must be one of'],
  ])('refuses %s with a wrong %s', (type, _what, change, words) => {
    const result = readChanged(type, change);
    expect(result.type === 'failed' && result.reason).toContain(words);
  });

  it('refuses edits out of order, out of range or of a file that is not there', () => {
    const at = log.findIndex((event) => event.type === 'evaluated' && event.change?.type === 'edits');
    const withEdits = (edits: unknown): LogRead => {
      const copy = structuredClone(log) as unknown as { change?: unknown }[];
      (copy[at] as { change: unknown }).change = { type: 'edits', edits };
      return readLog(writeLog(copy as unknown as RunEvent[]));
    };
    const edit = { file: 'seed.js', start: 0, end: 1, text: 'x' };
    expect(withEdits([edit, edit])).toMatchObject({ type: 'failed', line: at + 2 });
    expect(withEdits([{ ...edit, end: 9_999 }])).toMatchObject({
      reason: 'change: an edit reaches beyond the end of seed.js',
    });
    expect(withEdits([{ ...edit, start: 1, end: 0 }])).toMatchObject({ type: 'failed' });
    expect(withEdits([{ ...edit, file: 'toString' }])).toMatchObject({
      reason: 'change: the parent has no file toString',
    });
  });

  it('refuses a line that is too long, and one that is nested too deep, in bounded time', () => {
    expect(readLog(`${logHeader()}${' '.repeat(LONGEST_LINE + 1)}`)).toMatchObject({ type: 'failed', line: 2 });
    const deep = `${logHeader()}{"type":"issued","job":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`;
    expect(readLog(deep)).toMatchObject({ type: 'failed', line: 2 });
  });

  it('never lets through what reduce or the texts choke on', () => {
    const lines = text.trimEnd().split('\n');
    const values = [null, -1, 1e9, 0.5, '', 'x', [], {}, true, [1], { a: 1 }, '__proto__'];
    const pick = fc.record({
      line: fc.integer({ min: 1, max: lines.length - 1 }),
      key: fc.nat(),
      value: fc.constantFrom(...values),
      drop: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(pick, { minLength: 1, maxLength: 2 }), (changes) => {
        const copy = [...lines];
        for (const { line, key, value, drop } of changes) {
          const event = JSON.parse(copy[line] as string) as Record<string, unknown>;
          const keys = Object.keys(event);
          const name = keys[key % keys.length] as string;
          if (drop) delete event[name];
          else event[name] = value;
          copy[line] = JSON.stringify(event);
        }
        const result = readLog(copy.join('\n'));
        if (result.type === 'failed') return result.line >= 2 && result.reason.length > 0;
        const state = emptyState();
        for (const event of result.events) reduce(state, event);
        for (const program of state.programs) if (program?.change) filesOf(state, program.id);
        return true;
      }),
      { numRuns: 300 },
    );
  });
});
