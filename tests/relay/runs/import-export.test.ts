import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseForeign } from '../../../relay/runs/foreign-options.ts';
import { importOrExport } from '../../../relay/runs/import-export.ts';
import { readLog } from '../../../web/engine/log.ts';

const FOREIGN = fileURLToPath(new URL('../../fixtures/foreign/', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function asked(...args: string[]): Promise<{ code: number; words: string }> {
  const lines: string[] = [];
  const code = await importOrExport(args, base, (line) => lines.push(line));
  return { code, words: lines.join('\n') };
}

describe('import and export in the terminal', () => {
  it.each(['shinka', 'openevolve'])('takes a run of %s there and back', async (kind) => {
    const log = `${kind}.jsonl`;
    const first = await asked('import', join(FOREIGN, kind), '--out', log);
    expect(first).toMatchObject({ code: 0, words: expect.stringContaining(`${kind}, python`) });
    expect(first.words).toContain("can't run here yet");
    expect(readLog(readFileSync(join(base, log), 'utf8')).type).toBe('ok');
    for (const as of ['shinka', 'openevolve', 'folder']) {
      const out = `${kind}-as-${as}`;
      expect(await asked('export', log, '--as', as, '--out', out)).toMatchObject({ code: 0 });
      expect(existsSync(join(base, out))).toBe(true);
      expect(await asked('export', log, '--as', as, '--out', out)).toMatchObject({
        code: 1,
        words: expect.stringContaining('already'),
      });
      expect(await asked('import', out)).toMatchObject({ code: 0, words: expect.stringContaining(as) });
    }
  });

  it('says what is wrong', async () => {
    expect((await asked('import', 'nowhere')).words).toContain("can't be read");
    mkdirSync(join(base, 'empty'));
    expect(await asked('import', 'empty')).toMatchObject({ code: 1, words: expect.stringContaining('no initial.*') });
    writeFileSync(join(base, 'bad.sqlite'), 'no');
    expect(await asked('import', 'bad.sqlite')).toMatchObject({
      code: 1,
      words: expect.stringContaining('not a SQLite file'),
    });
    expect(await asked('export', 'none.jsonl', '--as', 'shinka', '--out', 'x')).toMatchObject({ code: 1 });
    expect((await asked('export', 'a', '--as', 'zip', '--out', 'x')).code).toBe(2);
    expect((await asked('import')).code).toBe(2);
    expect((await asked('import', '--help')).words).toContain('Usage:');
  });

  it('tells of changes that still wait beside a database', async () => {
    mkdirSync(join(base, 'live'));
    writeFileSync(join(base, 'live/programs.sqlite'), readFileSync(join(FOREIGN, 'shinka/programs.sqlite')));
    writeFileSync(join(base, 'live/programs.sqlite-wal'), 'pending');
    expect((await asked('import', 'live')).words).toContain('were not read');
  });

  it('reads its flags', () => {
    expect(parseForeign(['export', 'a', '--as', 'folder', '--out', 'b'])).toEqual({
      type: 'export',
      path: 'a',
      as: 'folder',
      out: 'b',
    });
    expect(parseForeign(['import', 'a', '--as', 'folder']).type).toBe('failed');
    expect(parseForeign(['import', 'a', '--nope']).type).toBe('failed');
    expect(parseForeign(['export', 'a']).type).toBe('failed');
  });
});
