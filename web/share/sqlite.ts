/** SQLite files through sql.js, loaded when the first one is opened. */
import type { Database, SqlJsStatic, SqlValue } from 'sql.js';

export type { Database, SqlValue };

/** Bytes; a database lies in memory twice while it is read. */
export const LARGEST_DATABASE = 1_000_000_000;

let loading: Promise<SqlJsStatic> | null = null;

/** `wasm` is the address of sql.js's module in a page; Node finds it by itself. A failed load can be tried again. */
export async function loadSqlite(wasm?: string): Promise<SqlJsStatic> {
  loading ??= import('sql.js').then(({ default: start }) =>
    start(wasm === undefined ? {} : { locateFile: () => wasm }),
  );
  try {
    return await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

export type Opened =
  { readonly type: 'ok'; readonly database: Database } | { readonly type: 'failed'; readonly problem: string };

/** Opens a copy of the bytes for reading. Close it when done. */
export async function openSqlite(bytes: Uint8Array, wasm?: string): Promise<Opened> {
  const magic = 'SQLite format 3\0';
  for (let i = 0; i < magic.length; i++) {
    if (bytes[i] !== magic.charCodeAt(i)) return { type: 'failed', problem: 'it is not a SQLite file' };
  }
  if (bytes.length > LARGEST_DATABASE) {
    return { type: 'failed', problem: `it is larger than ${LARGEST_DATABASE} bytes` };
  }
  const copy = bytes.slice();
  // A file in write-ahead mode can't be opened without shared memory; its main part reads the same in the plain mode.
  if (copy[18] === 2) copy[18] = 1;
  if (copy[19] === 2) copy[19] = 1;
  const { Database: Open } = await loadSqlite(wasm);
  const database = new Open(copy);
  try {
    database.run('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON;');
    database.exec('SELECT count(*) FROM sqlite_master');
    return { type: 'ok', database };
  } catch (error) {
    database.close();
    return { type: 'failed', problem: `SQLite can't read it: ${wordsOf(error)}` };
  }
}

/** Names of the plain columns of a plain table; null where there is no such table. Views and computed columns would run what a file says. */
export function columnsOf(database: Database, table: string): string[] | { readonly problem: string } | null {
  const found = rowsOf(database, 'SELECT type, sql FROM sqlite_master WHERE name = ?', [table]);
  const entry = found.next().value;
  found.return(undefined);
  if (!entry) return null;
  if (entry.type !== 'table') return { problem: `${table} is a ${String(entry.type)}, not a table` };
  if (typeof entry.sql !== 'string' || /^\s*create\s+virtual/i.test(entry.sql)) {
    return { problem: `${table} is a virtual table, which is not read` };
  }
  const names: string[] = [];
  for (const row of rowsOf(database, `SELECT name, hidden FROM pragma_table_xinfo('${table}')`)) {
    if (row.hidden === 0 && typeof row.name === 'string') names.push(row.name);
  }
  return names;
}

/** Rows one by one. Throws what SQLite throws, e.g. for a damaged page. */
export function* rowsOf(
  database: Database,
  query: string,
  values: SqlValue[] = [],
): Generator<Record<string, SqlValue>, undefined> {
  const statement = database.prepare(query);
  try {
    statement.bind(values);
    while (statement.step()) yield statement.getAsObject();
  } finally {
    statement.free();
  }
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
