import { describe, expect, it } from 'vitest';
import { filesOf } from '../../../web/engine/state.ts';
import { fromLog, toLog } from '../../../web/share/log.ts';
import { readShinka } from '../../../web/share/shinka.ts';
import { loadSqlite } from '../../../web/share/sqlite.ts';
import { shinkaWrite } from '../../../web/share/write-shinka.ts';
import { folderOf, FOREIGN, ok, sqlite, stateOf } from './fixtures.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function changed(...commands: string[]): Promise<Uint8Array> {
  const { Database } = await loadSqlite();
  const database = new Database(plainMode(sqlite()));
  for (const command of commands) database.run(command);
  const bytes = database.export();
  database.close();
  return bytes;
}

function plainMode(bytes: Uint8Array): Uint8Array {
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
}

async function problems(bytes: Uint8Array): Promise<string> {
  const read = await readShinka(bytes);
  return (read.type === 'failed' ? read.problems : read.run.problems).join('\n');
}

describe('a run that ShinkaEvolve wrote', () => {
  it('is read with its programs, scores, failures and costs', async () => {
    const run = ok(await readShinka(sqlite(), folderOf(`${FOREIGN}shinka`)));
    const own = run.programs.filter(({ copyOf }) => copyOf === null);
    expect(own.map((program) => program.id)).toEqual([...Array.from({ length: 10 }, (_, i) => id(i)), 'attempt-1']);
    expect(own[0]).toMatchObject({ parent: null, operator: 'seed', status: 'correct', fitness: -20, generation: 0 });
    expect(own[0]?.hidden).toEqual({ secret: -21 });
    expect(own[2]).toMatchObject({ model: 'none-at-all', operator: 'crossover', seconds: 0.5 });
    expect(own[2]?.dollars).toBeCloseTo(0.0021, 12);
    expect(own[1]?.embedding).toEqual([0.25, -0.5, 1]);
    expect(own[4]).toMatchObject({ status: 'crashed', fitness: null, reason: expect.stringContaining('ZeroDivision') });
    expect(own[6]).toMatchObject({ metrics: {}, details: { note: 'text' } });
    expect(own[10]).toMatchObject({
      status: 'invalid-patch',
      files: null,
      fitness: null,
      reason: 'the text to replace was not found',
    });
    expect(run.programs.filter(({ copyOf }) => copyOf === id(0)).map(({ island }) => island)).toEqual([1]);
    expect(run.archive).toHaveLength(4);
    expect(run.ending).toBe('stopped generation budget exhausted ×1');
    expect(run.experiment).toMatchObject({
      language: 'python',
      entry: 'initial.py',
      evaluator: { entry: 'evaluate.py' },
    });
    expect(run.problems.join('\n')).toContain("can't run here yet");
    expect(run.problems.join('\n')).toContain('public_metrics: holds 1 numbers that are not finite');
  });

  it('becomes a log that our readers take, with the same texts, scores, best and archive', async () => {
    const run = ok(await readShinka(sqlite(), folderOf(`${FOREIGN}shinka`)));
    const state = stateOf(toLog(run));
    const own = run.programs.filter(({ copyOf }) => copyOf === null);
    expect(state.programs).toHaveLength(own.length);
    for (const [i, program] of own.entries()) {
      expect(state.programs[i]?.status).toBe(program.status);
      expect(state.programs[i]?.evaluation?.fitness ?? null).toBe(program.fitness);
      if (program.files) expect(filesOf(state, i)).toEqual(program.files);
    }
    expect(own[state.best as number]?.id).toBe(run.best);
    expect(state.finished).toBe('stopped');
    const archived = new Set(state.islands.flatMap(({ archive }) => [...archive]).map((i) => own[i]?.id));
    for (const each of run.archive) expect(archived).toContain(run.programs.find((p) => p.id === each)?.copyOf ?? each);
  });

  it('comes back the same after it was written again', async () => {
    const first = ok(await readShinka(sqlite()));
    const written = await shinkaWrite(fromLog(stateOf(toLog(first))));
    const second = ok(await readShinka(written.bytes));
    const facts = (run: typeof first): unknown[] =>
      run.programs
        .filter(({ copyOf, files }) => copyOf === null && files !== null)
        .map((p) => [p.id, p.status, p.fitness, p.files, p.hidden, p.feedback, p.model, p.island, p.time, p.dollars]);
    expect(facts(second)).toEqual(facts(first));
    expect(second.best).toBe(first.best);
    expect(second.programs.find(({ status }) => status === 'invalid-patch')?.reason).toBe(
      'the text to replace was not found',
    );
  });
});

describe('a hostile or damaged SQLite file', () => {
  it('is refused in words', async () => {
    expect(await problems(new Uint8Array(0))).toContain('not a SQLite file');
    expect(await problems(new TextEncoder().encode('hello, this is no database at all'))).toContain(
      'not a SQLite file',
    );
    expect(await problems(await changed('DROP TABLE programs'))).toContain('no table "programs"');
    expect(await problems(await changed('ALTER TABLE programs RENAME COLUMN code TO text'))).toContain(
      'no column code',
    );
    expect(await problems(await changed('DELETE FROM archive', 'DELETE FROM programs'))).toContain('holds no program');
  });

  it('settles for any cut and any flipped byte', async () => {
    const whole = sqlite();
    for (let i = 0; i < 60; i++) {
      const bytes = i % 2 ? whole.slice(0, Math.floor((whole.length * (i + 1)) / 61)) : whole.slice();
      for (let k = 0; k < 40; k++)
        bytes[(100 + ((i * 7919 + k * 104_729) % (bytes.length - 100))) | 0] = (i * 31 + k) & 255;
      expect(['ok', 'failed']).toContain((await readShinka(bytes)).type);
    }
  });

  it('runs nothing: no view, no computed column, no trigger', async () => {
    const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, x AS code FROM n';
    expect(
      await problems(await changed('DROP TABLE archive', 'DROP TABLE programs', `CREATE VIEW programs AS ${endless}`)),
    ).toContain('programs is a view, not a table');
    const computed = await changed(
      'DROP TABLE archive',
      'DROP TABLE programs',
      'CREATE TABLE programs (id TEXT, code TEXT AS (upper(id)))',
      "INSERT INTO programs (id) VALUES ('a')",
    );
    expect(await problems(computed)).toContain('no column code');
    expect(
      await problems(await changed(`CREATE TRIGGER t AFTER INSERT ON archive BEGIN DELETE FROM programs; END`)),
    ).not.toContain('damaged');
  });

  it('names table, row and field, and goes on with the rest', async () => {
    const words = await problems(
      await changed(
        `UPDATE programs SET code = x'00ff' WHERE id = '${id(2)}'`,
        `UPDATE programs SET public_metrics = '[1,2' WHERE id = '${id(3)}'`,
        `UPDATE programs SET combined_score = 9e999 WHERE id = '${id(5)}'`,
        `UPDATE programs SET private_metrics = '${'['.repeat(100_000)}' WHERE id = '${id(7)}'`,
        `UPDATE programs SET parent_id = '${id(8)}' WHERE id = '${id(8)}'`,
        `UPDATE programs SET metadata = '{"__proto__":{"polluted":1},"patch_type":5}' WHERE id = '${id(9)}'`,
      ),
    );
    expect(words).toMatch(/programs row \d+, code: must be a text/);
    expect(words).toMatch(/programs row \d+, public_metrics: is not JSON/);
    expect(words).toMatch(/programs row \d+, combined_score: must be a finite number/);
    expect(words).toMatch(/programs row \d+, private_metrics: is nested more than 100 levels deep/);
    expect(words).toContain('1 programs are their own ancestors');
    expect(words).toContain('name a parent that is not among them');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
