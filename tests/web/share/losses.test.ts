import { describe, expect, it } from 'vitest';
import type { ForeignProgram, ForeignRun } from '../../../web/share/foreign.ts';
import { readOpenevolve } from '../../../web/share/openevolve.ts';
import { readShinka } from '../../../web/share/shinka.ts';
import { loadSqlite } from '../../../web/share/sqlite.ts';
import { openevolveWrite } from '../../../web/share/write-openevolve.ts';
import { shinkaWrite } from '../../../web/share/write-shinka.ts';
import { ok } from './fixtures.ts';

const program: ForeignProgram = {
  ...{ id: 'a', parent: null, copyOf: null, inspirations: [], island: 0, generation: 0, status: 'correct', reason: '' },
  ...{ fitness: -3, metrics: { m: 1 }, hidden: { h: 2 }, feedback: 'words', operator: 'seed', note: '', model: null },
  ...{ dollars: 0.5, time: 7, seconds: 0, embedding: [1, 2], details: {}, files: { 'a.js': 'main', 'b.js': 'other' } },
};
const failed: ForeignProgram = {
  ...program,
  id: 'b',
  parent: 'a',
  status: 'timed-out',
  reason: 'too slow',
  fitness: null,
};
const run: ForeignRun = {
  source: 'genesis',
  version: null,
  experiment: {
    name: 'x',
    language: 'javascript',
    entry: 'a.js',
    files: program.files ?? {},
    evaluator: null,
    summary: '',
  },
  programs: [program, failed],
  archive: ['a'],
  best: 'a',
  ending: '',
  problems: [],
};

describe('what is lost and what is kept on the way out', () => {
  it('to ShinkaEvolve', async () => {
    const { bytes, problems } = await shinkaWrite(run);
    expect(problems.join('\n')).toContain('ShinkaEvolve has no javascript');
    expect(problems.join('\n')).toContain('one file a program: a.js was written');
    const back = ok(await readShinka(bytes));
    expect(back.programs[0]).toMatchObject({ fitness: -3, hidden: { h: 2 }, dollars: 0.5, embedding: [1, 2] });
    expect(Object.values(back.programs[0]?.files ?? {})).toEqual(['main']);
    expect(back.programs[1]).toMatchObject({ status: 'timed-out', reason: 'too slow', fitness: null });
  });

  it('to OpenEvolve, where hidden figures stay out of the metrics', () => {
    const { files, problems } = openevolveWrite(run);
    expect(problems.join('\n')).toContain('one file a program: a.js was written');
    const written = JSON.parse(files['programs/a.json'] ?? '') as { metrics: object; metadata: { genesis: object } };
    expect(written.metrics).toEqual({ m: 1, combined_score: -3 });
    expect(written.metadata.genesis).toMatchObject({ hidden: { h: 2 } });
    const back = ok(readOpenevolve(files));
    expect(back.programs[0]).toMatchObject({ hidden: { h: 2 }, feedback: expect.stringContaining('words') });
    expect(back.programs[1]).toMatchObject({ status: 'timed-out', fitness: null });
    expect((JSON.parse(files['programs/b.json'] ?? '') as { metrics: object }).metrics).toEqual({
      m: 1,
      error: 'too slow',
    });
  });
});

describe('what ShinkaEvolve says of failures', () => {
  it.each([
    [{ stderr_log: 'Traceback …\nZeroDivisionError: x' }, 'crashed'],
    [{ stderr_log: 'the job timed out after 60 s' }, 'timed-out'],
    [{ stderr_log: 'MemoryError' }, 'out-of-memory'],
    [{ results_missing: true }, 'crashed'],
    [{ node_kind: 'failed_proposal', failure_class: 'novelty_rejected' }, 'not-novel'],
    [{ node_kind: 'failed_proposal', failure_class: 'patch_failed' }, 'invalid-patch'],
    [{}, 'incorrect'],
  ])('in %j is told: %s', async (metadata, status) => {
    const { Database } = await loadSqlite();
    const database = new Database((await shinkaWrite(run)).bytes);
    database.run('UPDATE programs SET metadata = ? WHERE id = ?', [JSON.stringify(metadata), 'b']);
    const bytes = database.export();
    database.close();
    expect(ok(await readShinka(bytes)).programs[1]?.status).toBe(status);
  });
});
