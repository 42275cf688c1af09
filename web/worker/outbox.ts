/**
 * Between the engine and the page: gathers events, stores each batch, and only then posts it. So what a person has seen is
 * safe; where storing fails that is said, and the run goes on.
 */
import type { RunEvent } from '../engine/events.ts';
import { failure, type HistoryFailure, type HistoryResult, type RunSummary } from '../history/history.ts';
import type { Activity, EventBatch } from './protocol.ts';

/** Where a run is stored; null where it is not, with the reason. */
export type Store = { readonly type: 'ok'; readonly append: Append } | HistoryFailure;
export type Append = (
  from: number,
  events: readonly RunEvent[],
  summary: RunSummary,
) => Promise<HistoryResult<unknown>>;

export interface OutboxOptions {
  readonly runId: string;
  /** Events that are stored and with the page already. */
  readonly from: number;
  readonly store: Promise<Store>;
  readonly post: (batch: EventBatch) => void;
  /** As of now. */
  readonly look: () => { readonly activity: Activity; readonly message: string; readonly summary: RunSummary };
  /** Milliseconds on a monotonic scale. */
  readonly now: () => number;
}

/** Milliseconds between batches. */
export const BATCH_MS = 50;
/** Events that may wait to be posted, and to be taken by the page, before the engine has to wait. */
export const MOST_WAITING = 4_096;
export const MOST_UNTAKEN = 16_384;
/** Milliseconds after which a full disk is tried again. */
const RETRY_MS = 10_000;

export class Outbox {
  readonly #options: OutboxOptions;
  #waiting: RunEvent[] = [];
  /** Posted, but not stored: kept while storing may still succeed. */
  #unstored: RunEvent[] = [];
  #storedTo: number;
  #postedTo: number;
  #takenTo: number;
  #failure: HistoryFailure | null = null;
  #retryAt = Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #pumping: Promise<void> | null = null;
  #again = false;
  #roomWanted: (() => void)[] = [];
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#storedTo = this.#postedTo = this.#takenTo = options.from;
  }

  add(event: RunEvent): void {
    if (this.#closed) return;
    this.#waiting.push(event);
    this.#timer ??= setTimeout(() => void this.flush(), BATCH_MS);
  }

  /** Posts what there is, and the activity, as soon as the batch before is through. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#again = true;
    this.#pumping ??= this.#pump();
    return this.#pumping;
  }

  /** Resolves when the engine may go on. */
  room(): Promise<void> {
    if (this.#hasRoom()) return Promise.resolve();
    return new Promise((resolve) => this.#roomWanted.push(resolve));
  }

  taken(through: number): void {
    this.#takenTo = Math.max(this.#takenTo, Math.min(through, this.#postedTo));
    this.#makeRoom();
  }

  /** Stores and posts the rest, with a last try where storing had failed. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#retryAt = Math.min(this.#retryAt, this.#options.now());
    await this.flush();
    this.#closed = true;
    for (const resolve of this.#roomWanted.splice(0)) resolve();
  }

  /** For a run that did not come about: forgets everything. */
  discard(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#closed = true;
  }

  async #pump(): Promise<void> {
    const { runId, post, look, store: storing } = this.#options;
    const store = await storing;
    while (this.#again) {
      this.#again = false;
      const events = this.#waiting;
      this.#waiting = [];
      const from = this.#postedTo;
      const { activity, message, summary } = look();
      await this.#store(store, events, summary);
      const stored = this.#failure === null;
      this.#postedTo += events.length;
      post({ runId, from, events, activity, message: message || this.#words(), stored });
      this.#makeRoom();
    }
    // In the same turn as the last look at `again`: a flush right behind must start a pump of its own.
    this.#pumping = null;
  }

  async #store(store: Store, events: readonly RunEvent[], summary: RunSummary): Promise<void> {
    if (store.type === 'failed') {
      this.#failure = store;
      return;
    }
    if (this.#failure) {
      if (this.#retryAt === Infinity) return;
      for (const event of events) this.#unstored.push(event);
      if (this.#options.now() < this.#retryAt) return;
    }
    const all = this.#failure ? this.#unstored : events;
    const result = await store
      .append(this.#storedTo, all, summary)
      .catch((error: unknown): HistoryFailure =>
        failure('closed', error instanceof Error ? error.message : String(error)),
      );
    if (result.type === 'ok') {
      this.#storedTo += all.length;
      this.#failure = null;
      this.#unstored = [];
      this.#retryAt = Infinity;
      return;
    }
    if (!this.#failure) this.#unstored = [...events];
    this.#failure = result;
    this.#retryAt = result.code === 'full' ? this.#options.now() + RETRY_MS : Infinity;
    if (this.#retryAt === Infinity) this.#unstored = [];
  }

  #words(): string {
    return this.#failure ? `This run is not being stored. ${this.#failure.reason}` : '';
  }

  #hasRoom(): boolean {
    if (this.#closed) return true;
    return this.#waiting.length <= MOST_WAITING && this.#postedTo - this.#takenTo <= MOST_UNTAKEN;
  }

  #makeRoom(): void {
    if (!this.#hasRoom()) return;
    for (const resolve of this.#roomWanted.splice(0)) resolve();
  }
}
