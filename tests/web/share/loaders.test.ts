/** The other engines' own code reads what we write. Needs `pip install shinka-evolve openevolve`; GENESIS_PYTHON names another Python. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { ForeignRun } from '../../../web/share/foreign.ts';
import { fromLog, toLog } from '../../../web/share/log.ts';
import { readOpenevolve } from '../../../web/share/openevolve.ts';
import { readShinka } from '../../../web/share/shinka.ts';
import { openevolveWrite } from '../../../web/share/write-openevolve.ts';
import { shinkaWrite } from '../../../web/share/write-shinka.ts';
import { folderOf, FOREIGN, ok, sqlite, stateOf } from './fixtures.ts';

const base = mkdtempSync(join(tmpdir(), 'loaders-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const script = fileURLToPath(new URL('load.py', import.meta.url));

interface Loaded {
  readonly programs: Record<string, [code: string, parent: string | null, score: number | null]>;
  readonly best: string;
  readonly sampled: boolean;
}

function load(kind: string, path: string): Loaded | string {
  const ran = spawnSync(process.env['GENESIS_PYTHON'] ?? 'python3', [script, kind, path], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (ran.error || ran.status === 3) return ran.error?.message ?? ran.stdout.trim();
  if (ran.status !== 0) throw new Error(ran.stderr.slice(-2_000));
  return JSON.parse(ran.stdout) as Loaded;
}

const SLOW = 90_000;

describe.each(['shinka', 'openevolve'])('the loader of %s', (kind) => {
  it(
    'reads what we write: texts, parents, scores, best; and goes on from it',
    async (context) => {
      const first = kind === 'shinka' ? await readShinka(sqlite()) : readOpenevolve(folderOf(`${FOREIGN}openevolve`));
      const run: ForeignRun = fromLog(stateOf(toLog(ok(first))));
      const path = join(base, kind);
      if (kind === 'shinka') writeFileSync(path, (await shinkaWrite(run)).bytes);
      else {
        for (const [name, text] of Object.entries(openevolveWrite(run).files)) {
          mkdirSync(dirname(join(path, name)), { recursive: true });
          writeFileSync(join(path, name), text);
        }
      }
      const loaded = load(kind, path);
      if (typeof loaded === 'string') return context.skip(loaded);
      const kept = run.programs.filter(({ files }) => files !== null);
      expect(Object.keys(loaded.programs).sort()).toEqual(kept.map(({ id }) => id).sort());
      for (const program of kept.filter(({ copyOf }) => copyOf === null)) {
        expect(loaded.programs[program.id]).toEqual([
          Object.values(program.files ?? {})[0],
          program.parent,
          program.status === 'correct' ? program.fitness : null,
        ]);
      }
      expect(loaded.best).toBe(run.best);
      expect(loaded.sampled).toBe(true);
    },
    SLOW,
  );
});
