/** Runs of ours as files of other engines. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { RunEvent } from '../../web/engine/events.ts';
import { reduce } from '../../web/engine/reduce.ts';
import { emptyState } from '../../web/engine/state.ts';
import { fromLog } from '../../web/share/log.ts';
import { folderWrite, openevolveWrite } from '../../web/share/write-openevolve.ts';
import { shinkaWrite } from '../../web/share/write-shinka.ts';
import type { Format } from './foreign-options.ts';

export type Exported =
  { readonly type: 'ok'; readonly problems: readonly string[] } | { readonly type: 'failed'; readonly problem: string };

/** `out` is a file for ShinkaEvolve, else a folder. What is there already is left alone. */
export async function exportRun(events: readonly RunEvent[], as: Format, out: string): Promise<Exported> {
  const target = resolve(out);
  if (existsSync(target)) return { type: 'failed', problem: `${target} is there already` };
  try {
    const run = fromLog(events.reduce(reduce, emptyState()));
    if (as === 'shinka') {
      const { bytes, problems } = await shinkaWrite(run);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes, { flag: 'wx' });
      return { type: 'ok', problems };
    }
    const { files, problems } = as === 'openevolve' ? openevolveWrite(run) : folderWrite(run);
    for (const [name, text] of Object.entries(files)) {
      const path = resolve(target, name);
      if (!path.startsWith(target + sep)) throw new Error(`${name} leads out of the folder`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { flag: 'wx' });
    }
    return { type: 'ok', problems };
  } catch (error) {
    return {
      type: 'failed',
      problem: `${join(target)} can't be written: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
