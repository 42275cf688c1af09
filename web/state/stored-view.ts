/** A stored run as views see it, before anything goes on with it; and what giving it as much again means. */
import type { Budget, Experiment } from '../engine/experiment.ts';
import type { RunEvent } from '../engine/events.ts';
import { bestFitness } from '../engine/state.ts';
import { RunView } from './run-view.svelte.ts';
import type { RunArchive } from './services.ts';

/** None where the log can't be read. */
export async function eventsOf(archive: RunArchive, id: string): Promise<readonly RunEvent[]> {
  const events = await archive.events(id);
  return events.type === 'ok' ? events.value : [];
}

/** null where it is no log of a run. */
export function viewOf(id: string, events: readonly RunEvent[]): RunView | null {
  const first = events[0];
  if (first?.type !== 'run-started') return null;
  const run = new RunView(first.experiment);
  run.runId = id;
  run.load(events);
  run.activity = run.state.finished === null ? 'paused' : 'finished';
  return run;
}

/** As much again of what a finished run was given; a run that was given little gets more. */
export function budgetAgain({ budget }: Experiment, { state, evaluations }: RunView): Budget {
  const more = (cap: number | null, spent: number, least: number): number | null =>
    cap === null ? null : spent + Math.max(cap, least);
  const { target } = budget;
  // What models cost is given again by a person who names the sum, never by a button that means "go on".
  return {
    ...budget,
    evaluations: more(budget.evaluations, evaluations, 1000),
    milliseconds: more(budget.milliseconds, state.elapsed, 60_000),
    workMilliseconds: more(budget.workMilliseconds, state.work, 60_000),
    // A target that is reached would end it again at once; patience begins anew by itself.
    target: target !== null && bestFitness(state) >= target ? null : target,
  };
}
