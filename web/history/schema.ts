/** The database: one record a run, one record a chunk of its log. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Chunk } from './chunk.ts';
import type { RunRecord } from './history.ts';

export interface HistorySchema extends DBSchema {
  runs: { key: string; value: RunRecord; indexes: { updated: number } };
  events: { key: [string, number]; value: Chunk };
}

export type Database = IDBPDatabase<HistorySchema>;

export const VERSION = 1;

export type OpenDatabase =
  { readonly type: 'ok'; readonly database: Database } | { readonly type: 'failed'; readonly reason: string };

export interface DatabaseHooks {
  /** The connection is gone: closed by the browser, or given up for a newer version in another tab. */
  readonly lost: (reason: string) => void;
}

/** Settles within `limit` ms, whatever the browser does. */
export async function openDatabase(name: string, limit: number, hooks: DatabaseHooks): Promise<OpenDatabase> {
  let blocked = false;
  let late = false;
  let opened: Database | null = null;
  const open = async (): Promise<OpenDatabase> => {
    const database = await openDB<HistorySchema>(name, VERSION, {
      upgrade(database, from) {
        // One step a version, so that any old database arrives at the present one.
        if (from < 1) {
          const runs = database.createObjectStore('runs', { keyPath: 'runId' });
          runs.createIndex('updated', 'updated');
          database.createObjectStore('events', { keyPath: ['runId', 'from'] });
        }
      },
      blocked() {
        blocked = true;
      },
      blocking() {
        opened?.close();
        hooks.lost('A newer version of this page is open in another tab. Reload to go on storing runs.');
      },
      terminated() {
        hooks.lost('The browser closed the database.');
      },
    });
    if (!database.objectStoreNames.contains('runs') || !database.objectStoreNames.contains('events')) {
      database.close();
      return {
        type: 'failed',
        reason: 'The browser’s database is damaged. Clear this site’s data to store runs again.',
      };
    }
    opened = database;
    if (late) database.close();
    return { type: 'ok', database };
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting = new Promise<OpenDatabase>((resolve) => {
    timer = setTimeout(() => {
      late = true;
      resolve({
        type: 'failed',
        reason: blocked
          ? 'Another tab holds an older version of the history open. Close it and reload.'
          : 'The browser’s database does not answer.',
      });
    }, limit);
  });
  try {
    return await Promise.race([open(), waiting]);
  } catch (error) {
    return { type: 'failed', reason: whyNotOpened(error) };
  } finally {
    clearTimeout(timer);
  }
}

function whyNotOpened(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'VersionError') return 'The history was written by a newer version of this page. Reload to get it.';
  if (name === 'SecurityError') return 'The browser does not let this page store anything.';
  if (name === 'QuotaExceededError') return 'The disk is full.';
  return `The browser’s database can’t be opened (${error instanceof Error ? error.message : String(error)}).`;
}
