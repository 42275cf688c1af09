/** History that ends with the tab: where storage is blocked, and in tests. */
import type { RunEvent } from '../engine/events.ts';
import { decodeChunks, encodeChunk, EXPORT_HEADER, grown, misplaced, placeOf, type Chunk } from './chunk.ts';
import { createClaims, type Claims } from './claims.ts';
import { EMPTY_SUMMARY, failure, ok } from './history.ts';
import type { History, HistoryFailure, HistoryResult, RunMeta, RunRecord, RunSummary } from './history.ts';

export function createMemoryHistory(reason: string, now: () => number = Date.now): History {
  return new MemoryHistory(reason, now);
}

interface Kept {
  record: RunRecord;
  readonly chunks: Chunk[];
}

class MemoryHistory implements History {
  readonly mode = 'memory';
  readonly reason: string;
  readonly #now: () => number;
  readonly #runs = new Map<string, Kept>();
  /** Nobody else can see this history, so claims need no locks. */
  readonly #claims: Claims = createClaims('memory', undefined);

  constructor(reason: string, now: () => number) {
    this.reason = reason;
    this.#now = now;
  }

  async runs(): Promise<HistoryResult<readonly RunRecord[]>> {
    return ok([...this.#runs.values()].map((kept) => kept.record).sort((a, b) => b.updated - a.updated));
  }

  async lastRun(): Promise<HistoryResult<RunRecord | null>> {
    const runs = await this.runs();
    return runs.type === 'ok' ? ok(runs.value[0] ?? null) : runs;
  }

  async events(runId: string, from = 0, to = Infinity): Promise<HistoryResult<readonly RunEvent[]>> {
    const kept = this.#runs.get(runId);
    if (!kept) return notFound(runId);
    return decodeChunks(
      kept.chunks.filter((chunk) => chunk.from + chunk.count > from && chunk.from < to),
      from,
      to,
    );
  }

  async create(meta: RunMeta): Promise<HistoryResult<RunRecord>> {
    if (this.#runs.has(meta.runId)) return failure('exists', `There is a run ${meta.runId} already.`);
    await this.#claims.claim(meta.runId);
    const created = this.#now();
    const record: RunRecord = { v: 1, ...meta, ...EMPTY_SUMMARY, created, updated: created, events: 0, size: 0 };
    this.#runs.set(meta.runId, { record, chunks: [] });
    return ok(record);
  }

  async claim(runId: string): Promise<HistoryResult<RunRecord>> {
    const kept = this.#runs.get(runId);
    if (!kept) return notFound(runId);
    await this.#claims.claim(runId);
    return ok(kept.record);
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
    const kept = this.#runs.get(runId);
    if (!kept) return notFound(runId);
    const stored = kept.chunks.find((chunk) => chunk.from === from)?.count;
    const place = placeOf(kept.record, from, events.length, stored);
    if (place.type === 'no') return misplaced(place.why, kept.record, from);
    if (place.type === 'write') {
      const chunk = encodeChunk(runId, from, events);
      if (chunk.count > 0) kept.chunks.push(chunk);
      kept.record = grown(kept.record, chunk, summary, this.#now());
    }
    return ok(kept.record);
  }

  async remove(runId: string): Promise<HistoryResult<null>> {
    if (!this.#runs.delete(runId)) return notFound(runId);
    this.#claims.release(runId);
    return ok(null);
  }

  async exportJsonl(runId: string): Promise<HistoryResult<Blob>> {
    const kept = this.#runs.get(runId);
    if (!kept) return notFound(runId);
    return ok(new Blob([EXPORT_HEADER, ...kept.chunks.map((chunk) => chunk.text)], { type: 'application/x-ndjson' }));
  }

  close(): void {
    this.#claims.releaseAll();
    this.#runs.clear();
  }
}

function notFound(runId: string): HistoryFailure {
  return failure('not-found', `There is no run ${runId}.`);
}
