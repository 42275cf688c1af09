/** The store in one SQLite file through Node's own module: nothing to install. `:memory:` is the twin for tests. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { ModelReply } from '../../web/engine/models/model.ts';
import type {
  Account,
  Amount,
  CallRecord,
  Caps,
  Client,
  Held,
  Hold,
  JoinCode,
  Joined,
  Settlement,
  Share,
  Store,
} from './store.ts';

const VERSION = 2;

const SCHEMA = `
create table client (id text primary key, token text not null unique, role text not null, name text not null, code text,
  models text, created integer not null, expires integer) strict;
create table code (id text primary key, hash text not null unique, label text not null, created integer not null,
  expires integer not null, seats integer not null, joined integer not null, models text, nano integer, tokens integer,
  calls integer) strict;
create table account (id text primary key, nano_cap integer, tokens_cap integer, calls_cap integer,
  nano_spent integer not null default 0, tokens_spent integer not null default 0, calls_spent integer not null default 0,
  nano_held integer not null default 0, tokens_held integer not null default 0, calls_held integer not null default 0) strict;
create table call (id integer primary key, client text not null, key text not null, digest text not null, model text not null,
  purpose text not null, accounts text not null, nano integer not null, tokens integer not null, calls integer not null,
  state text not null, reply text, at integer not null, lease integer not null) strict;
create unique index call_key on call (client, key) where key <> '';
create index call_open on call (lease) where state = 'held';
create index call_digest on call (digest) where reply is not null;
create table share (id text not null, owner text not null, bytes integer not null, created integer not null,
  sealed integer not null, content blob not null, primary key (id, owner)) strict;
create index share_owner on share (owner);
`;

/** From version 1, which had an index that nothing asked for and that every call had to write. */
const UPGRADE = 'drop index if exists call_at;';

export type Opened =
  { readonly type: 'ok'; readonly store: Store } | { readonly type: 'failed'; readonly reason: string };

/** Makes the file where there is none. Never throws. */
export function openSqlite(path: string): Opened {
  try {
    // Replies and hashes of tokens stand in it: for this user alone.
    if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
    const db = new DatabaseSync(path, { timeout: 5_000 });
    db.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;');
    // The log goes into the file, with a wait for the disk, once in some 400 calls; at SQLite's own 1,000 pages it was one call in a hundred.
    db.exec('pragma wal_autocheckpoint = 4000;');
    const { user_version: version } = db.prepare('pragma user_version').get() as { user_version: number };
    if (version > VERSION) {
      db.close();
      return {
        type: 'failed',
        reason: `${path} was written by a newer relay (version ${version}, this one knows ${VERSION})`,
      };
    }
    if (version < VERSION) {
      db.exec(`begin immediate; ${version === 0 ? SCHEMA : UPGRADE} pragma user_version = ${VERSION}; commit;`);
    }
    return { type: 'ok', store: new SqliteStore(db) };
  } catch (error) {
    return { type: 'failed', reason: `${path}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

type Row = Record<string, SQLInputValue>;

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  async addClient(client: Client, tokenHash: string, caps: Caps): Promise<void> {
    this.#atomically(() => this.#insertClient(client, tokenHash, caps));
  }

  async clientByToken(tokenHash: string): Promise<Client | null> {
    const row = this.#get('select * from client where token = ?', tokenHash);
    return row ? clientOf(row) : null;
  }

  async clients(): Promise<readonly Client[]> {
    return this.#all('select * from client order by created, id').map(clientOf);
  }

  async removeClient(id: string): Promise<boolean> {
    return this.#run('delete from client where id = ?', id) > 0;
  }

  async addCode(code: JoinCode, codeHash: string, caps: Caps): Promise<void> {
    this.#atomically(() => {
      const { id, label, created, expires, seats, joined, each } = code;
      this.#run(
        'insert into code values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[id, codeHash, label, created, expires, seats, joined, listText(code.models)],
        ...[each.nano, each.tokens, each.calls],
      );
      this.#setCaps(`code:${id}`, caps);
    });
  }

  async codes(): Promise<readonly JoinCode[]> {
    return this.#all('select * from code order by created, id').map(codeOf);
  }

  async removeCode(id: string): Promise<boolean> {
    return this.#run('delete from code where id = ?', id) > 0;
  }

  async join(codeHash: string, client: Omit<Client, 'code' | 'models'>, tokenHash: string): Promise<Joined> {
    return this.#atomically((): Joined => {
      const row = this.#get('select * from code where hash = ?', codeHash);
      if (!row) return { type: 'refused', reason: 'unknown' };
      const code = codeOf(row);
      if (code.expires <= client.created) return { type: 'refused', reason: 'expired' };
      if (code.joined >= code.seats) return { type: 'refused', reason: 'full' };
      this.#run('update code set joined = joined + 1 where id = ?', code.id);
      const joined: Client = { ...client, code: code.id, models: code.models };
      this.#insertClient(joined, tokenHash, code.each);
      return { type: 'joined', client: joined };
    });
  }

  async account(id: string): Promise<Account | null> {
    const row = this.#get('select * from account where id = ?', id);
    return row ? accountOf(row) : null;
  }

  async setCaps(id: string, caps: Caps): Promise<void> {
    this.#setCaps(id, caps);
  }

  async hold(hold: Hold): Promise<Held> {
    return this.#atomically((): Held => {
      if (hold.key !== '') {
        // `key <> ''` repeats what stands in the index' own words: without it SQLite may not use it, and reads all calls of the client.
        const known = this.#get(
          "select id, digest, state, reply from call where client = ? and key = ? and key <> ''",
          ...[hold.client, hold.key],
        );
        if (known) {
          if (known['digest'] !== hold.digest) return { type: 'other-request' };
          if (known['state'] === 'held') return { type: 'under-way', call: known['id'] as number };
          if (known['reply'] !== null)
            return { type: 'answered', reply: JSON.parse(known['reply'] as string) as ModelReply };
          // It came to nothing: what it cost stays in the books, and its key is free again.
          this.#run("update call set key = '' where id = ?", known['id'] as number);
        }
      }
      if (hold.reuse) {
        const same = this.#get('select reply from call where digest = ? and reply is not null limit 1', hold.digest);
        if (same) return { type: 'answered', reply: JSON.parse(same['reply'] as string) as ModelReply };
      }
      for (const id of hold.accounts) {
        const row = this.#get('select * from account where id = ?', id);
        if (!row) return { type: 'no-account', account: id };
        const short = shortOf(accountOf(row), hold.amount);
        if (short) return { type: 'short', account: id, ...short };
      }
      for (const id of hold.accounts) this.#move(id, hold.amount, { nano: 0, tokens: 0, calls: 0 });
      const { client, key, digest, model, purpose, accounts, amount, now, lease } = hold;
      const { lastInsertRowid } = this.#statement(
        "insert into call values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'held', null, ?, ?)",
      ).run(
        ...[client, key, digest, model, purpose, JSON.stringify(accounts)],
        ...[amount.nano, amount.tokens, amount.calls, now, lease],
      );
      return { type: 'held', call: Number(lastInsertRowid) };
    });
  }

  async settle({ call, amount, reply }: Settlement): Promise<boolean> {
    return this.#atomically(() => {
      const row = this.#get("select id, accounts, nano, tokens, calls from call where id = ? and state = 'held'", call);
      if (!row) return false;
      this.#close(row, amount, 'settled', reply === null ? null : JSON.stringify(reply));
      return true;
    });
  }

  async extend(calls: readonly number[], lease: number): Promise<void> {
    this.#atomically(() => {
      for (const call of calls) this.#run("update call set lease = ? where id = ? and state = 'held'", lease, call);
    });
  }

  async outcome(call: number): ReturnType<Store['outcome']> {
    const row = this.#get('select state, reply from call where id = ?', call);
    if (row?.['state'] === 'held') return { type: 'open' };
    const reply = row?.['reply'] ?? null;
    return { type: 'settled', reply: reply === null ? null : (JSON.parse(reply as string) as ModelReply) };
  }

  async sweep(now: number): Promise<number> {
    return this.#atomically(() => {
      const rows = this.#all("select * from call where state = 'held' and lease < ?", now);
      for (const row of rows) this.#close(row, amountOf(row, ''), 'lost', null);
      return rows.length;
    });
  }

  async calls(client: string | null, limit: number): Promise<readonly CallRecord[]> {
    const rows =
      client === null
        ? this.#all('select * from call order by id desc limit ?', limit)
        : this.#all('select * from call where client = ? order by id desc limit ?', client, limit);
    return rows.map((row) => ({
      client: row['client'] as string,
      model: row['model'] as string,
      purpose: row['purpose'] as string,
      amount: amountOf(row, ''),
      state: row['state'] as CallRecord['state'],
      at: row['at'] as number,
    }));
  }

  async addShare(share: Share, content: Uint8Array, most: number): Promise<'added' | 'known' | 'full'> {
    const { id, owner, bytes, created, sealed } = share;
    return this.#atomically(() => {
      if (this.#get('select 1 from share where id = ? and owner = ?', id, owner)) return 'known';
      const { count } = this.#get('select count(*) as count from share where owner = ?', owner) as { count: number };
      if (count >= most) return 'full';
      this.#run('insert into share values (?, ?, ?, ?, ?, ?)', id, owner, bytes, created, sealed ? 1 : 0, content);
      return 'added';
    });
  }

  async share(id: string): Promise<{ readonly share: Share; readonly content: Uint8Array } | null> {
    const row = this.#get('select * from share where id = ? order by created limit 1', id);
    return row ? { share: shareOf(row), content: row['content'] as Uint8Array } : null;
  }

  async sharesOf(owner: string): Promise<readonly Share[]> {
    const sql = 'select id, owner, bytes, created, sealed from share where owner = ? order by created, id';
    return this.#all(sql, owner).map(shareOf);
  }

  async removeShare(id: string, owner: string): Promise<boolean> {
    return this.#run('delete from share where id = ? and owner = ?', id, owner) > 0;
  }

  close(): void {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #insertClient(client: Client, tokenHash: string, caps: Caps): void {
    const { id, role, name, code, models, created, expires } = client;
    this.#run(
      'insert into client values (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[id, tokenHash, role, name, code, listText(models), created, expires],
    );
    this.#setCaps(`client:${id}`, caps);
  }

  #setCaps(id: string, { nano, tokens, calls }: Caps): void {
    this.#run(
      'insert into account (id, nano_cap, tokens_cap, calls_cap) values (?, ?, ?, ?) on conflict (id) do update set ' +
        'nano_cap = excluded.nano_cap, tokens_cap = excluded.tokens_cap, calls_cap = excluded.calls_cap',
      ...[id, nano, tokens, calls],
    );
  }

  /** Ends a call: what was set aside for it is free again, and what it cost is spent. */
  #close(row: Row, spent: Amount, state: 'settled' | 'lost', reply: string | null): void {
    const held = amountOf(row, '');
    const released = { nano: -held.nano, tokens: -held.tokens, calls: -held.calls };
    for (const id of JSON.parse(row['accounts'] as string) as string[]) this.#move(id, released, spent);
    this.#run(
      'update call set state = ?, reply = ?, nano = ?, tokens = ?, calls = ? where id = ?',
      ...[state, reply, spent.nano, spent.tokens, spent.calls, row['id'] as number],
    );
  }

  #move(account: string, held: Amount, spent: Amount): void {
    this.#run(
      'update account set nano_held = nano_held + ?, tokens_held = tokens_held + ?, calls_held = calls_held + ?, ' +
        'nano_spent = nano_spent + ?, tokens_spent = tokens_spent + ?, calls_spent = calls_spent + ? where id = ?',
      ...[held.nano, held.tokens, held.calls, spent.nano, spent.tokens, spent.calls, account],
    );
  }

  /** `immediate`: the right to write is taken before anything is read, so nothing read can be out of date. */
  #atomically<T>(work: () => T): T {
    this.#run('begin immediate');
    try {
      const result = work();
      this.#run('commit');
      return result;
    } catch (error) {
      this.#run('rollback');
      throw error;
    }
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }
}

function shortOf({ caps, spent, held }: Account, wanted: Amount): { what: keyof Amount; left: number } | null {
  for (const what of ['calls', 'tokens', 'nano'] as const) {
    const cap = caps[what];
    if (cap === null) continue;
    const left = Math.max(0, cap - spent[what] - held[what]);
    if (wanted[what] > left) return { what, left };
  }
  return null;
}

function amountOf(row: Row, ending: '' | '_spent' | '_held'): Amount {
  return {
    nano: row[`nano${ending}`] as number,
    tokens: row[`tokens${ending}`] as number,
    calls: row[`calls${ending}`] as number,
  };
}

function accountOf(row: Row): Account {
  const caps = {
    nano: row['nano_cap'] as number | null,
    tokens: row['tokens_cap'] as number | null,
    calls: row['calls_cap'] as number | null,
  };
  return { id: row['id'] as string, caps, spent: amountOf(row, '_spent'), held: amountOf(row, '_held') };
}

function clientOf(row: Row): Client {
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

function codeOf(row: Row): JoinCode {
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

function shareOf(row: Row): Share {
  return {
    id: row['id'] as string,
    owner: row['owner'] as string,
    bytes: row['bytes'] as number,
    created: row['created'] as number,
    sealed: row['sealed'] === 1,
  };
}

function listText(list: readonly string[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}

function listOf(text: SQLInputValue | undefined): readonly string[] | null {
  return typeof text === 'string' ? (JSON.parse(text) as string[]) : null;
}
