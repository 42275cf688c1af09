/** The store in one SQLite file through Node's own module: nothing to install. `:memory:` is the twin for tests. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { ModelReply } from '../../web/engine/models/model.ts';
import { accountOf, amountOf, clientOf, codeOf, listText, shareOf, shortOf, type Row } from './rows.ts';
import { SCHEMA, UPGRADE, VERSION } from './schema.ts';
import type {
  Account,
  Amount,
  CallRecord,
  Caps,
  Client,
  DayTotal,
  Held,
  Hold,
  JoinCode,
  Joined,
  Oldest,
  Settlement,
  Share,
  Store,
} from './store.ts';

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

  async tidy({ calls, clients }: Oldest, most: number): Promise<number> {
    return this.#atomically(() => {
      const ended = calls === null ? 0 : this.#countByDay(calls, most);
      return ended + (clients === null ? 0 : this.#forgetClients(clients, most));
    });
  }

  async days(): Promise<readonly DayTotal[]> {
    return this.#all('select * from day order by day, client, model').map((row) => ({
      day: row['day'] as string,
      client: row['client'] as string,
      model: row['model'] as string,
      amount: amountOf(row, ''),
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

  /** The oldest calls have the lowest numbers, so nothing young is looked at, and no index is needed. */
  #countByDay(oldest: number, most: number): number {
    let ended = 0;
    const rows = this.#all(
      'select id, client, model, nano, tokens, calls, state, at from call order by id limit ?',
      most,
    );
    for (const row of rows) {
      const at = row['at'] as number;
      if (at >= oldest) break;
      if (row['state'] === 'held') continue;
      this.#run(
        'insert into day values (?, ?, ?, ?, ?, ?) on conflict (day, client, model) do update set ' +
          'nano = nano + excluded.nano, tokens = tokens + excluded.tokens, calls = calls + excluded.calls',
        ...[new Date(at).toISOString().slice(0, 10), row['client'] as string, row['model'] as string],
        ...[row['nano'] as number, row['tokens'] as number, row['calls'] as number],
      );
      this.#run('delete from call where id = ?', row['id'] as number);
      ended++;
    }
    return ended;
  }

  #forgetClients(oldest: number, most: number): number {
    // `key <> ''` lets the index of keys be used; pages give every call a key.
    const clients = this.#run(
      'delete from client where id in (select client.id from client left join code on code.id = client.code ' +
        'where (client.expires < ?1 or code.expires < ?1) ' +
        "and not exists (select 1 from call where call.client = client.id and call.key <> '') " +
        'and not exists (select 1 from share where share.owner = client.id) limit ?2)',
      ...[oldest, most],
    );
    const codes = this.#run(
      'delete from code where id in (select id from code where expires < ?1 ' +
        'and not exists (select 1 from client where client.code = code.id) limit ?2)',
      ...[oldest, most],
    );
    return clients + codes;
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
