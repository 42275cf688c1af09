import { describe, expect, it } from 'vitest';
import { filesOf } from '../../../web/engine/state.ts';
import { readFolder } from '../../../web/share/folder.ts';
import { experimentOf, fromLog, toLog } from '../../../web/share/log.ts';
import { readOpenevolve } from '../../../web/share/openevolve.ts';
import { folderWrite, openevolveWrite } from '../../../web/share/write-openevolve.ts';
import { folderOf, FOREIGN, ok, stateOf } from './fixtures.ts';

const folder = folderOf(`${FOREIGN}openevolve`);
const id = (n: number): string => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const program = (fields: object): Record<string, string> => ({
  'metadata.json': '{}',
  'programs/a.json': JSON.stringify({ id: 'a', code: 'x', metrics: { combined_score: 1 }, ...fields }),
});

describe('a checkpoint that OpenEvolve wrote', () => {
  it('is read; failures and timeouts have no score', () => {
    const run = ok(readOpenevolve(folder));
    const by = new Map(run.programs.map((each) => [each.id, each]));
    expect(run.programs).toHaveLength(13);
    expect(run.programs.filter(({ copyOf }) => copyOf !== null)).toHaveLength(4);
    for (const each of run.programs) {
      expect(each.status === 'correct').toBe(each.fitness !== null);
      if (each.fitness !== null) expect(each.fitness).toBeLessThan(0);
    }
    expect(by.get(id(3))).toMatchObject({ status: 'crashed', fitness: null, metrics: {} });
    expect(by.get(id(5))).toMatchObject({ status: 'timed-out', fitness: null });
    expect(run.best).toBe(id(3));
    expect(run.problems.join('\n')).toContain('a failure counts as fitness 0 there');
    expect(run.experiment).toMatchObject({
      language: 'python',
      entry: 'initial_program.py',
      evaluator: { entry: 'evaluator.py' },
    });
  });

  it('becomes a log whose best is a program that works', () => {
    const run = ok(readOpenevolve(folder));
    const state = stateOf(toLog(run));
    const own = run.programs.filter(({ copyOf }) => copyOf === null);
    const top = Math.max(...own.map(({ fitness }) => fitness ?? -Infinity));
    expect(state.programs[state.best as number]?.evaluation).toMatchObject({ correct: true, fitness: top });
    for (const [i, each] of own.entries()) expect(filesOf(state, i)).toEqual(each.files);
  });

  it('comes back the same after it was written again', () => {
    const first = ok(readOpenevolve(folder));
    const second = ok(readOpenevolve(openevolveWrite(fromLog(stateOf(toLog(first)))).files));
    const facts = (run: typeof first): unknown[] =>
      run.programs
        .filter(({ copyOf }) => copyOf === null)
        .map((p) => [p.id, p.parent, p.status, p.fitness, Object.values(p.files ?? {}), p.island, p.time] as const)
        .sort((a, b) => (a[0] < b[0] ? -1 : 1));
    expect(facts(second)).toEqual(facts(first));
  });

  it('is found above its folder, the latest one first', () => {
    const older = { ...folder, 'checkpoints/checkpoint_2/programs/z.json': '{"id":"z","code":"","metrics":{}}' };
    expect(ok(readOpenevolve(older)).programs).toHaveLength(13);
  });
});

describe('what marks a failure', () => {
  it.each([
    [{ error: 0 }, 'crashed'],
    [{ error: 0, timeout: true }, 'timed-out'],
    [{ stage1_passed: 0, error: 0 }, 'crashed'],
    [{ accuracy: 0.9, stage2_passed: 0 }, 'crashed'],
    [{ combined_score: 0, error: 'division by zero' }, 'crashed'],
    [{ combined_score: 2, error: 0 }, 'correct'],
    [{ error: 0.25, size: 3 }, 'correct'],
    [{}, 'incorrect'],
  ] as const)('of %j is told: %s', (metrics, status) => {
    expect(ok(readOpenevolve(program({ metrics }))).programs[0]).toMatchObject({ status });
  });

  it('leaves NaN out of a mean and takes no flag for a number', () => {
    const files = program({});
    files['programs/a.json'] = '{"id":"a","code":"x","metrics":{"a":1,"b":3,"c":NaN,"d":true,"complexity":900}}';
    const run = ok(readOpenevolve(files));
    expect(run.programs[0]).toMatchObject({ fitness: 2, details: { d: true } });
    expect(run.problems.join('\n')).toContain('1 numbers that are not finite');
  });
});

describe('hostile checkpoints', () => {
  it.each([
    ['no programs', { 'metadata.json': '{}' }, 'there is no checkpoint'],
    ['broken JSON', { 'programs/a.json': '{"id": ' }, 'is not JSON'],
    ['depth', { 'programs/a.json': '['.repeat(1e6) }, 'nested more than 100'],
    ['a list', { 'programs/a.json': '[]' }, 'must hold an object'],
    ['a wrong id', program({ id: 7 }), 'id: must be a text'],
    ['wrong code', program({ code: null }), 'code: must be a text'],
    ['wrong metrics', program({ metrics: 'good' }), 'metrics: must be an object'],
    ['wrong artifacts', program({ artifacts_json: '{{' }), 'artifacts_json: is not JSON'],
  ])('with %s are told in words', (_, files, words) => {
    const read = readOpenevolve(files);
    expect((read.type === 'failed' ? read.problems : read.run.problems).join('\n')).toContain(words);
  });

  it('never name a file outside, nor reach a prototype', () => {
    const files = program({ id: '../../etc/passwd', metadata: { island: 1e9 }, parent_id: '__proto__' });
    files['programs/b.json'] =
      '{"id":"__proto__","code":"y","metrics":{"__proto__":1,"combined_score":2},"metadata":[]}';
    const run = ok(readOpenevolve(files));
    const written = openevolveWrite({ ...run, best: 'a' });
    expect(Object.keys(written.files).filter((path) => path.includes('..') || path.includes('__proto__'))).toEqual([]);
    expect(written.problems.join('\n')).toContain("2 programs have ids that can't be file names");
    expect(() => stateOf(toLog(run))).not.toThrow();
  });
});

describe('task folders', () => {
  it('are read and written, with a word on what can not run', () => {
    const run = ok(readFolder(folderOf(`${FOREIGN}shinka`), 'Find a factor'));
    expect(run.problems.join('\n')).toContain('evaluate.py is Python');
    expect(experimentOf(run)).toMatchObject({
      name: 'find-a-factor',
      title: 'find-a-factor (python)',
      entry: 'initial.py',
    });
    expect(stateOf(toLog(run)).programs).toEqual([]);
    const written = folderWrite(run).files;
    expect(Object.keys(written)).toEqual(['initial.py', 'evaluate.py']);
    expect(ok(readFolder(written)).experiment.evaluator).toEqual(run.experiment.evaluator);
    expect(readFolder({ 'readme.md': '' }).type).toBe('failed');
  });

  it('in JavaScript hold nothing back', () => {
    expect(ok(readFolder({ 'initial.js': 'a', 'evaluate.js': 'b' })).problems).toEqual([]);
  });
});
