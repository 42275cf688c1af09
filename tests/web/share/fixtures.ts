import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '../../../web/engine/events.ts';
import { readLog, writeLog } from '../../../web/engine/log.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { emptyState, type RunState } from '../../../web/engine/state.ts';
import type { ForeignRead, ForeignRun } from '../../../web/share/foreign.ts';

export const FOREIGN = fileURLToPath(new URL('../../fixtures/foreign/', import.meta.url));

export const sqlite = (): Uint8Array => new Uint8Array(readFileSync(join(FOREIGN, 'shinka/programs.sqlite')));

export function folderOf(path: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const full = join(path, name);
    if (statSync(full).isFile() && !name.endsWith('.sqlite'))
      files[name.replaceAll('\\', '/')] = readFileSync(full, 'utf8');
  }
  return files;
}

export function ok(read: ForeignRead): ForeignRun {
  if (read.type === 'failed') throw new Error(read.problems.join('\n'));
  return read.run;
}

/** Through the readers that take logs from anywhere. */
export function stateOf(events: readonly RunEvent[]): RunState {
  const read = readLog(writeLog(events));
  if (read.type === 'failed') throw new Error(`line ${read.line}: ${read.reason}`);
  return read.events.reduce(reduce, emptyState());
}
