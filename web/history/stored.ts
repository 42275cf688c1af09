/** History in IndexedDB. */
import type { RunEvent } from '../engine/events.ts';
import { decodeChunks, encodeChunk, EXPORT_HEADER, grown, misplaced, placeOf, type Chunk } from './chunk.ts';
import type { Claims } from './claims.ts';
import { EMPTY_SUMMARY, failure, ok } from './history.ts';
import type { History, HistoryFailure, HistoryResult, RunMeta, RunRecord, RunSummary } from './history.ts';
import type { Database } from './schema.ts';

/** Chunks read at once: some megabytes, so that a long run does not need all of its text in memory twice. */
const PAGE = 512;
/** Milliseconds after which a write is given up; it is rolled back, so trying again later is safe. */
const WRITE_LIMIT = 10_000;

export class StoredHistory implements History {
  readonly mode = 'stored';
  readonly reason = '';
  readonly #database: Database;
  readonly #claims: Claims;
  readonly #now: () => number;
  #lost = '';

  constructor(database: Database, claims: Claims, now: () => number) {
    this.#database = database;
    this.#claims = claims;
    this.#now = now;
  }

  /** From now on everything fails with `closed` and this reason. */
  lose(reason: string): void {
    this.#lost = reason;
  }

  runs(): Promise<HistoryResult<readonly RunRecord[]>> {
    return this.#try(async () => ok((await this.#database.getAllFromIndex('runs', 'updated')).reverse()));
  }

  lastRun(): Promise<HistoryResult<RunRecord | null>> {
    return this.#try(async () => {
      const cursor = await this.#database.transaction('runs').store.index('updated').openCursor(null, 'prev');
      return ok(cursor?.value ?? null);
    });
  }

  events(runId: string, from = 0, to = Infinity): Promise<HistoryResult<readonly RunEvent[]>> {
    return this.#try(async () => {
      if (!(await this.#database.get('runs', runId))) return notFound(runId);
      const chunks: Chunk[] = [];
      for await (const page of this.#pages(runId, from, to)) chunks.push(...page);
      return decodeChunks(chunks, from, to);
    });
  }

  async create(meta: RunMeta): Promise<HistoryResult<RunRecord>> {
    const { runId } = meta;
    const created = this.#now();
    const record: RunRecord = { v: 1, ...meta, ...EMPTY_SUMMARY, created, updated: created, events: 0, size: 0 };
    const added = await this.#try(async () => {
      if (await this.#database.get('runs', runId)) return failure('exists', `There is a run ${runId} already.`);
      if (!(await this.#claims.claim(runId))) return claimed();
      await this.#database.add('runs', record);
      return ok(record);
    });
    if (added.type === 'failed' && added.code !== 'exists') this.#claims.release(runId);
    return added;
  }

  claim(runId: string): Promise<HistoryResult<RunRecord>> {
    return this.#try(async () => {
      if (!(await this.#database.get('runs', runId))) return notFound(runId);
      if (!(await this.#claims.claim(runId))) return claimed();
      // Read again: the holder before may have written its last words meanwhile, or removed the run.
      const record = await this.#database.get('runs', runId);
      if (record) return ok(record);
      this.#claims.release(runId);
      return notFound(runId);
    });
  }

  release(runId: string): void {
    this.#claims.release(runId);
  }

  async append(
    runId: string,
    from: number,
    events: readonly RunEvent[],
    summary: RunSummary,
  ): Promise<HistoryResult<RunRecord>> {
    if (!this.#claims.holds(runId)) return failure('not-claimed', 'This tab does not own the run.');
    const chunk = encodeChunk(runId, from, events);
    return this.#try(async () => {
      const transaction = this.#database.transaction(['runs', 'events'], 'readwrite');
      // Its failure also arrives through the requests awaited below, or through the last await.
      transaction.done.catch(() => {});
      const timer = setTimeout(() => abort(transaction), WRITE_LIMIT);
      try {
        const runs = transaction.objectStore('runs');
        const chunks = transaction.objectStore('events');
        const record = await runs.get(runId);
        if (!record) return notFound(runId);
        const stored = from < record.events ? (await chunks.get([runId, from]))?.count : undefined;
        const place = placeOf(record, from, chunk.count, stored);
        if (place.type === 'no') return misplaced(place.why, record, from);
        if (place.type === 'there') return ok(record);
        const next = grown(record, chunk, summary, this.#now());
        // One after another, so that no request is left whose failure nobody hears.
        if (chunk.count > 0) await chunks.add(chunk);
        await runs.put(next);
        await transaction.done;
        return ok(next);
      } catch (error) {
        abort(transaction);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    });
  }

  remove(runId: string): Promise<HistoryResult<null>> {
    return this.#try(async () => {
      if (!(await this.#database.get('runs', runId))) return notFound(runId);
      if (!(await this.#claims.claim(runId))) return claimed();
      try {
        const transaction = this.#database.transaction(['runs', 'events'], 'readwrite');
        transaction.done.catch(() => {});
        await transaction.objectStore('runs').delete(runId);
        await transaction.objectStore('events').delete(range(runId, 0));
        await transaction.done;
        return ok(null);
      } finally {
        this.#claims.release(runId);
      }
    });
  }

  exportJsonl(runId: string): Promise<HistoryResult<Blob>> {
    return this.#try(async () => {
      if (!(await this.#database.get('runs', runId))) return notFound(runId);
      const parts: BlobPart[] = [EXPORT_HEADER];
      // A Blob per page lets the browser move the text out of this process's memory.
      for await (const page of this.#pages(runId, 0)) parts.push(new Blob(page.map((chunk) => chunk.text)));
      return ok(new Blob(parts, { type: 'application/x-ndjson' }));
    });
  }

  close(): void {
    this.lose('The history has been closed.');
    this.#claims.releaseAll();
    this.#database.close();
  }

  /** The chunks that hold events from number `from` up to and without `to`, in order. */
  async *#pages(runId: string, from: number, to = Infinity): AsyncGenerator<Chunk[]> {
    const first = await this.#database
      .transaction('events')
      .store.openCursor(IDBKeyRange.bound([runId, 0], [runId, from]), 'prev');
    for (let next = first?.value.from ?? from; next < to;) {
      const page = await this.#database.getAll('events', range(runId, next, to), PAGE);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      next = last.from + 1;
    }
  }

  /** The boundary where the browser's exceptions become values. */
  async #try<T>(work: () => Promise<HistoryResult<T>>): Promise<HistoryResult<T>> {
    if (this.#lost) return failure('closed', this.#lost);
    try {
      return await work();
    } catch (error) {
      if (this.#lost) return failure('closed', this.#lost);
      const name = error instanceof Error || error instanceof DOMException ? error.name : '';
      if (name === 'QuotaExceededError') return failure('full', 'The disk, or this site’s share of it, is full.');
      if (name === 'AbortError') return failure('closed', 'The browser’s database does not answer.');
      return failure('closed', `The browser’s database failed (${name || String(error)}).`);
    }
  }
}

/** Chunks that begin at `from` or behind it, and before `to`. */
function range(runId: string, from: number, to = Infinity): IDBKeyRange {
  return IDBKeyRange.bound([runId, from], [runId, to], false, to !== Infinity);
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

function notFound(runId: string): HistoryFailure {
  return failure('not-found', `There is no run ${runId}.`);
}

function claimed(): HistoryFailure {
  return failure('claimed', 'This run is going on in another tab.');
}
