import { createClaims } from './claims.ts';
import type { History } from './history.ts';
import { createMemoryHistory } from './memory.ts';
import { openDatabase } from './schema.ts';
import { StoredHistory } from './stored.ts';

export interface OpenHistoryOptions {
  /** Database; a test takes one of its own. */
  readonly name?: string;
  /** Milliseconds after which the page goes on without a database. */
  readonly limit?: number;
  /** Milliseconds to wait for a run's holder to let go of it. */
  readonly patience?: number;
  readonly now?: () => number;
}

/** Never rejects and settles within `limit`: where storage is blocked it gives a history in memory that says why. */
export async function openHistory(options: OpenHistoryOptions = {}): Promise<History> {
  const { name = 'genesis', limit = 3_000, patience, now = Date.now } = options;
  if (!('indexedDB' in globalThis)) return createMemoryHistory('This browser has no database for pages.', now);
  let stored: StoredHistory | null = null;
  const opened = await openDatabase(name, limit, { lost: (reason) => stored?.lose(reason) });
  if (opened.type === 'failed') return createMemoryHistory(opened.reason, now);
  stored = new StoredHistory(opened.database, createClaims(name, globalThis.navigator?.locks, patience), now);
  return stored;
}
