/** Forks a stored run: its log up to an event is stored again under a new id, with the event that keys new random streams. */
import type { RunEvent } from '../engine/events.ts';
import { eventOfProgram, forkLog } from '../engine/fork.ts';
import { reduce } from '../engine/reduce.ts';
import { emptyState } from '../engine/state.ts';
import { newRunId, type History, type RunMeta } from '../history/history.ts';
import type { ForkOptions, MadeResult } from './protocol.ts';
import { metaOf, summaryOf } from './stored-run.ts';

/** Events written at once: some megabytes, so that a long log does not lie in memory as text twice. */
const CHUNK = 2_000;

/** The new run is complete when this resolves, and nobody's; where it fails nothing is left of it. */
export async function forkStored(history: History, options: ForkOptions, now: number): Promise<MadeResult> {
  if (history.mode === 'memory') return failed(`Runs can't be forked where they can't be stored. ${history.reason}`);
  const read = await history.events(options.runId);
  if (read.type === 'failed') return failed(read.reason);
  const log = read.value;
  const at = 'event' in options.at ? options.at.event : eventOfProgram(log, options.at.program);
  if (!Number.isInteger(at) || at < 0 || at >= log.length) {
    return failed('event' in options.at ? `The run has no event ${at}.` : 'That program is not in the stored run.');
  }
  const first = log[0];
  if (first?.type !== 'run-started') return failed('The stored run does not begin with its start.');
  const forked = forkLog(log, at, options.seed);
  const runId = newRunId(now);
  const origin = { runId: options.runId, at: forked.length - 2 };
  return store(history, { ...metaOf(runId, first.experiment, options.seed), origin }, forked);
}

async function store(history: History, meta: RunMeta, log: readonly RunEvent[]): Promise<MadeResult> {
  const { runId } = meta;
  const made = await history.create(meta);
  if (made.type === 'failed') return failed(made.reason);
  const state = emptyState();
  try {
    for (let from = 0; from < log.length; from += CHUNK) {
      const events = log.slice(from, from + CHUNK);
      for (const event of events) reduce(state, event);
      const result = await history.append(runId, from, events, summaryOf(state));
      if (result.type === 'ok') continue;
      await history.remove(runId);
      return failed(result.reason);
    }
    return { type: 'ok', runId };
  } finally {
    history.release(runId);
  }
}

function failed(reason: string): MadeResult {
  return { type: 'failed', reason };
}
