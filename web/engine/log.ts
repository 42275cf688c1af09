/**
 * A run's log as text: a line with the format, then one event a line. `readLog` takes text from anywhere: each event's shape is
 * checked, and that it can follow what is before it, so that `reduce` and the engine may trust what comes out.
 */
import type { RunEvent } from './events.ts';
import { checkEvent } from './log-events.ts';
import { LogOrder } from './log-order.ts';

export const LOG_FORMAT = 'genesis-run';
export const LOG_VERSION = 2;
/** Characters; a `run-started` holds the whole experiment. */
export const LONGEST_LINE = 64_000_000;
const DEEPEST = 500;

export type LogRead =
  | {
      readonly type: 'ok';
      readonly events: RunEvent[];
      /** Number of a last line that was cut while being written and left out; null when all is whole. */
      readonly torn: number | null;
      /** Characters of the text that hold what was read. What follows is the torn line. */
      readonly length: number;
    }
  | { readonly type: 'failed'; readonly line: number; readonly reason: string };

/** The first line of a log, ended. */
export function logHeader(): string {
  return `${JSON.stringify({ format: LOG_FORMAT, v: LOG_VERSION })}\n`;
}

/** One event as a line, ended. */
export function logLine(event: RunEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A whole log. */
export function writeLog(events: readonly RunEvent[]): string {
  return logHeader() + events.map(logLine).join('');
}

/** Lines are counted from 1; reasons name the field. Blank lines are let pass. */
export function readLog(text: string): LogRead {
  const events: RunEvent[] = [];
  const order = new LogOrder();
  let header = false;
  let length = 0;
  for (let line = 1, start = 0; start < text.length; line++) {
    const end = text.indexOf('\n', start);
    const ended = end >= 0;
    const stop = ended ? end : text.length;
    const fail = (reason: string): LogRead => ({ type: 'failed', line, reason });
    if (stop - start > LONGEST_LINE) return fail(`the line is longer than ${LONGEST_LINE} characters`);
    const content = text.slice(start, stop);
    start = stop + 1;
    if (content.trim() !== '') {
      const parsed = parse(content);
      if (parsed.type === 'failed') {
        // Only the last line can have been cut by a crash, and then it has no end.
        if (!ended && header) return { type: 'ok', events, torn: line, length };
        return fail(parsed.reason);
      }
      if (!header) {
        const problem = checkHeader(parsed.value);
        if (problem) return fail(problem);
        header = true;
      } else {
        const checked = checkEvent(parsed.value);
        if (checked.type === 'failed') return fail(checked.reason);
        const problem = order.take(checked.event);
        if (problem) return fail(problem);
        events.push(checked.event);
      }
    }
    length = Math.min(start, text.length);
  }
  if (!header) return { type: 'failed', line: 1, reason: 'the file is empty' };
  return { type: 'ok', events, torn: null, length };
}

type Parsed = { readonly type: 'ok'; readonly value: unknown } | { readonly type: 'failed'; readonly reason: string };

function parse(line: string): Parsed {
  try {
    const value: unknown = JSON.parse(line);
    // A level takes two signs at least. What copies and writes values goes down by calls, and would run out of them.
    if (line.length > 2 * DEEPEST && isDeeper(value, DEEPEST))
      return { type: 'failed', reason: `nested more than ${DEEPEST} levels deep` };
    return { type: 'ok', value };
  } catch (error) {
    return { type: 'failed', reason: `not JSON (${error instanceof Error ? error.message : String(error)})` };
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

function checkHeader(value: unknown): string | null {
  const from = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  if (from.format !== LOG_FORMAT) return `not a run: the first line must be ${logHeader().trimEnd()}`;
  if (typeof from.v === 'number' && Number.isInteger(from.v) && from.v >= 1 && from.v <= LOG_VERSION) return null;
  const known = `this version reads up to ${LOG_VERSION}`;
  return typeof from.v === 'number' && from.v > LOG_VERSION
    ? `v: the run was written by a newer version (${from.v}); ${known}`
    : `v: must be a version number; ${known}`;
}
