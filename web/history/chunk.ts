/** How a stretch of the log lies in storage: JSON lines. A text is cheaper to write and read than a tree of small objects. */
import type { RunEvent } from '../engine/events.ts';
import { upgradeEvent } from '../engine/upgrade.ts';
import { failure, ok, type HistoryResult, type RunRecord, type RunSummary } from './history.ts';

export interface Chunk {
  readonly runId: string;
  /** Number of its first event. */
  readonly from: number;
  readonly count: number;
  /** One event a line, each line ended. */
  readonly text: string;
}

/** First line of an exported log. */
export const EXPORT_HEADER = '{"format":"genesis-run","v":2}\n';

export function encodeChunk(runId: string, from: number, events: readonly RunEvent[]): Chunk {
  let text = '';
  for (const event of events) text += `${JSON.stringify(event)}\n`;
  return { runId, from, count: events.length, text };
}

/** The events from number `from` up to and without `to`; the chunks must be in order and leave no gap. */
export function decodeChunks(
  chunks: readonly Chunk[],
  from: number,
  to = Infinity,
): HistoryResult<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  let expected = chunks[0]?.from ?? from;
  for (const chunk of chunks) {
    if (chunk.from !== expected) {
      return failure('damaged', `The stored run has a gap: event ${expected} is missing.`);
    }
    expected += chunk.count;
    try {
      const read = JSON.parse(`[${chunk.text.trimEnd().replaceAll('\n', ',')}]`) as unknown[];
      if (read.length !== chunk.count) throw new Error('wrong length');
      const skip = Math.max(0, from - chunk.from);
      const end = Math.min(read.length, to - chunk.from);
      for (let i = skip; i < end; i++) events.push(upgradeEvent(read[i]) as RunEvent);
    } catch {
      return failure('damaged', `The stored run can't be read at event ${chunk.from}.`);
    }
  }
  return ok(events);
}

/** Whether a chunk may be written where the run stands. */
export type Place =
  { readonly type: 'write' } | { readonly type: 'there' } | { readonly type: 'no'; readonly why: 'gap' | 'conflict' };

/** `stored` is the count of the chunk at `from`, if there is one. */
export function placeOf(record: RunRecord, from: number, count: number, stored: number | undefined): Place {
  if (from === record.events) return { type: 'write' };
  if (from > record.events) return { type: 'no', why: 'gap' };
  return stored === count ? { type: 'there' } : { type: 'no', why: 'conflict' };
}

export function grown(record: RunRecord, chunk: Chunk, summary: RunSummary, now: number): RunRecord {
  return {
    ...record,
    ...summary,
    updated: Math.max(now, record.updated),
    events: record.events + chunk.count,
    size: record.size + chunk.text.length,
  };
}

export function misplaced(why: 'gap' | 'conflict', record: RunRecord, from: number): HistoryResult<never> {
  return why === 'gap'
    ? failure('gap', `Events ${record.events} to ${from - 1} of the run are missing in storage.`)
    : failure('conflict', `Other events are stored at ${from}: the run has been continued elsewhere.`);
}
