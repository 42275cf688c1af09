/** What stands in the rows of the SQLite store, as the port has it. */
import type { SQLInputValue } from 'node:sqlite';
import type { Account, Amount, Client, JoinCode, Share } from './store.ts';

export type Row = Record<string, SQLInputValue>;

export function shortOf({ caps, spent, held }: Account, wanted: Amount): { what: keyof Amount; left: number } | null {
  for (const what of ['calls', 'tokens', 'nano'] as const) {
    const cap = caps[what];
    if (cap === null) continue;
    const left = Math.max(0, cap - spent[what] - held[what]);
    if (wanted[what] > left) return { what, left };
  }
  return null;
}

export function amountOf(row: Row, ending: '' | '_spent' | '_held'): Amount {
  return {
    nano: row[`nano${ending}`] as number,
    tokens: row[`tokens${ending}`] as number,
    calls: row[`calls${ending}`] as number,
  };
}

export function accountOf(row: Row): Account {
  const caps = {
    nano: row['nano_cap'] as number | null,
    tokens: row['tokens_cap'] as number | null,
    calls: row['calls_cap'] as number | null,
  };
  return { id: row['id'] as string, caps, spent: amountOf(row, '_spent'), held: amountOf(row, '_held') };
}

export function clientOf(row: Row): Client {
  return {
    id: row['id'] as string,
    role: row['role'] as Client['role'],
    name: row['name'] as string,
    code: row['code'] as string | null,
    models: listOf(row['models']),
    created: row['created'] as number,
    expires: row['expires'] as number | null,
  };
}

export function codeOf(row: Row): JoinCode {
  return {
    id: row['id'] as string,
    label: row['label'] as string,
    created: row['created'] as number,
    expires: row['expires'] as number,
    seats: row['seats'] as number,
    joined: row['joined'] as number,
    models: listOf(row['models']),
    each: {
      nano: row['nano'] as number | null,
      tokens: row['tokens'] as number | null,
      calls: row['calls'] as number | null,
    },
  };
}

export function shareOf(row: Row): Share {
  return {
    id: row['id'] as string,
    owner: row['owner'] as string,
    bytes: row['bytes'] as number,
    created: row['created'] as number,
    sealed: row['sealed'] === 1,
  };
}

export function listText(list: readonly string[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}

export function listOf(text: SQLInputValue | undefined): readonly string[] | null {
  return typeof text === 'string' ? (JSON.parse(text) as string[]) : null;
}
