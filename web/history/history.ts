/**
 * What is kept of runs: each run's log, append-only, in chunks, and a summary of it. Two members: IndexedDB (stored.ts) and
 * memory (memory.ts), which pass the same contract test. Expected failures are values.
 */
import type { FinishReason, RunEvent } from '../engine/events.ts';

export interface History {
  /** `memory`: nothing outlives this tab, and `reason` says why. */
  readonly mode: 'stored' | 'memory';
  /** For people; empty when stored. */
  readonly reason: string;
  /** Newest first. */
  runs(): Promise<HistoryResult<readonly RunRecord[]>>;
  /** The run that was written to last, if any. */
  lastRun(): Promise<HistoryResult<RunRecord | null>>;
  /** The log from event number `from`, 0 by default, up to and without `to`, its end by default. */
  events(runId: string, from?: number, to?: number): Promise<HistoryResult<readonly RunEvent[]>>;
  /** A new run with an empty log, claimed by the caller. */
  create(meta: RunMeta): Promise<HistoryResult<RunRecord>>;
  /** The right to append. One holder at a time over all tabs; it ends with the holder's tab. */
  claim(runId: string): Promise<HistoryResult<RunRecord>>;
  release(runId: string): void;
  /**
   * Appends one chunk and its summary in one transaction; needs the claim. `from` must be the number of events the run has: a
   * chunk that is there already (same `from`, same length) is let pass, anything else is a `gap` or a `conflict`.
   */
  append(
    runId: string,
    from: number,
    events: readonly RunEvent[],
    summary: RunSummary,
  ): Promise<HistoryResult<RunRecord>>;
  /** `claimed` while another tab writes to it. Ends the caller's own claim. */
  remove(runId: string): Promise<HistoryResult<null>>;
  /** The log as text, one event a line behind a line with the format (web/engine/log.ts reads it). */
  exportJsonl(runId: string): Promise<HistoryResult<Blob>>;
  close(): void;
}

/** What is known of a run before its first event. */
export interface RunMeta {
  /** Unique; `newRunId` makes one. */
  readonly runId: string;
  /** Experiment's name and title. */
  readonly name: string;
  readonly title: string;
  readonly seed: number;
  /** For people who look at a list: the figure the experiment is known by. */
  readonly goal: { readonly label: string; readonly unit: string; readonly digits: number };
  /** The run this one was forked from, and the number of the event it shares last. */
  readonly origin?: RunOrigin;
}

export interface RunOrigin {
  readonly runId: string;
  readonly at: number;
}

/** What changes as the run goes on. */
export interface RunSummary {
  readonly evaluations: number;
  readonly programs: number;
  /** Best fitness; null before the first correct program. */
  readonly fitness: number | null;
  /** The goal's metric of the best program; null where there is none. */
  readonly value: number | null;
  /** Run time in ms. */
  readonly elapsed: number;
  readonly finished: FinishReason | null;
}

export interface RunRecord extends RunMeta, RunSummary {
  readonly v: 1;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly updated: number;
  /** Length of the log. */
  readonly events: number;
  /** Characters of the log as text, about its size in bytes. */
  readonly size: number;
}

export type HistoryResult<T> = { readonly type: 'ok'; readonly value: T } | HistoryFailure;

export interface HistoryFailure {
  readonly type: 'failed';
  readonly code: HistoryFailureCode;
  /** One sentence for people. */
  readonly reason: string;
}

export type HistoryFailureCode =
  /** No run of that id. */
  | 'not-found'
  /** A run of that id is there already. */
  | 'exists'
  /** Another tab holds the claim. */
  | 'claimed'
  /** The caller does not hold the claim. */
  | 'not-claimed'
  /** Events between the stored ones and these are missing. */
  | 'gap'
  /** Other events are stored in this place. */
  | 'conflict'
  /** What is stored can't be read. */
  | 'damaged'
  /** The disk or the site's share of it is full. */
  | 'full'
  /** The database was closed by the browser or for a newer version of the page, or does not answer. */
  | 'closed';

export const EMPTY_SUMMARY: RunSummary = {
  evaluations: 0,
  programs: 0,
  fitness: null,
  value: null,
  elapsed: 0,
  finished: null,
};

export function ok<T>(value: T): HistoryResult<T> {
  return { type: 'ok', value };
}

export function failure(code: HistoryFailureCode, reason: string): HistoryFailure {
  return { type: 'failed', code, reason };
}

/** Sorts by time, and is hard to guess. `random`: 32 bits; plain HTTP from another machine has no `randomUUID`. */
export function newRunId(
  now: number,
  random: () => number = () => crypto.getRandomValues(new Uint32Array(1))[0] as number,
): string {
  const hex = random().toString(16).padStart(8, '0');
  return `${new Date(now).toISOString().replace(/\D/g, '').slice(0, 14)}-${hex}`;
}
