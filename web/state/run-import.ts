/** A run's log from outside as a run of this browser: a new one, under a number of its own. */
import type { RunEvent } from '../engine/events.ts';
import { reduce } from '../engine/reduce.ts';
import { emptyState } from '../engine/state.ts';
import { newRunId, type HistoryResult, type RunSummary } from '../history/index.ts';
import type { RunArchive } from './services.ts';

/** Events of one chunk. */
const CHUNK = 1_000;

/**
 * `events`: of `readLog`, which has checked that each can follow what is before it. Resolves with the run's number: of the one
 * that is here already where it is the same to the last event.
 */
export async function importRun(
  archive: RunArchive,
  events: readonly RunEvent[],
): Promise<HistoryResult<{ readonly runId: string; readonly added: boolean }>> {
  const first = events[0];
  if (first?.type !== 'run-started')
    return { type: 'failed', code: 'damaged', reason: 'The log does not begin with a run.' };
  const { experiment, seed } = first;
  const { label, unit, digits } = experiment.goal;
  const same = await sameRun(archive, experiment.name, seed, events);
  if (same !== null) return { type: 'ok', value: { runId: same, added: false } };
  const runId = newRunId(Date.now());
  const meta = { runId, name: experiment.name, title: experiment.title, seed, goal: { label, unit, digits } };
  const created = await archive.create(meta);
  if (created.type === 'failed') return created;
  const state = emptyState();
  try {
    for (let from = 0; from < events.length; from += CHUNK) {
      const chunk = events.slice(from, from + CHUNK);
      for (const event of chunk) reduce(state, event);
      const best = state.best === null ? null : (state.programs[state.best]?.evaluation ?? null);
      const summary: RunSummary = {
        evaluations: state.evaluations,
        programs: state.consumed,
        fitness: best?.fitness ?? null,
        value: best?.metrics[experiment.goal.metric] ?? null,
        elapsed: state.elapsed,
        finished: state.finished,
      };
      const appended = await archive.append(runId, from, chunk, summary);
      if (appended.type === 'ok') continue;
      await archive.remove(runId);
      return appended;
    }
    return { type: 'ok', value: { runId, added: true } };
  } catch (error) {
    // Half a run is none.
    await archive.remove(runId);
    return { type: 'failed', code: 'damaged', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    archive.release(runId);
  }
}

async function sameRun(
  archive: RunArchive,
  name: string,
  seed: number,
  events: readonly RunEvent[],
): Promise<string | null> {
  const runs = await archive.runs();
  if (runs.type === 'failed') return null;
  for (const run of runs.value) {
    if (run.name !== name || run.seed !== seed || run.events !== events.length) continue;
    const kept = await archive.events(run.runId);
    if (kept.type === 'ok' && kept.value.every((event, i) => JSON.stringify(event) === JSON.stringify(events[i])))
      return run.runId;
  }
  return null;
}
