/** What history keeps beside a run's log. */
import type { Experiment } from '../engine/experiment.ts';
import type { RunState } from '../engine/state.ts';
import type { RunMeta, RunSummary } from '../history/history.ts';

export function metaOf(runId: string, experiment: Experiment, seed: number): RunMeta {
  const { label, unit, digits } = experiment.goal;
  return { runId, name: experiment.name, title: experiment.title, seed, goal: { label, unit, digits } };
}

export function summaryOf(state: RunState): RunSummary {
  const best = state.best === null ? null : (state.programs[state.best]?.evaluation ?? null);
  const metric = state.experiment?.goal.metric ?? '';
  return {
    evaluations: state.evaluations,
    programs: state.consumed,
    fitness: best?.fitness ?? null,
    value: best?.metrics[metric] ?? null,
    elapsed: state.elapsed,
    finished: state.finished,
  };
}
