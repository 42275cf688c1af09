/** Stores in a folder that goes with the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../relay/store/sqlite.ts';
import type { Store } from '../../relay/store/store.ts';

export interface Stores {
  readonly folder: string;
  open(name: string): Store;
  remove(): void;
}

export function storesOf(test: string): Stores {
  const folder = mkdtempSync(join(tmpdir(), `genesis-${test}-`));
  return {
    folder,
    open(name) {
      const opened = openSqlite(join(folder, name));
      if (opened.type === 'failed') throw new Error(opened.reason);
      return opened.store;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
