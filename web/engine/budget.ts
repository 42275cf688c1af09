import type { FinishReason } from './events.ts';
import { bestFitness, type RunState } from './state.ts';

/** Evaluations that may still be reserved; Infinity without a cap. What is in flight counts as spent, so a cap is never passed. */
export function evaluationsLeft(state: RunState): number {
  const cap = state.experiment?.budget.evaluations ?? null;
  return cap === null ? Infinity : Math.max(0, cap - state.evaluations - state.reserved);
}

/** Why the run must end now, or null. A cap on models ends a run only where nothing can go on without them; see models/. */
export function exhausted(state: RunState, elapsed = state.elapsed): FinishReason | null {
  const budget = state.experiment?.budget;
  if (!budget) return null;
  if (budget.target !== null && bestFitness(state) >= budget.target) return 'target';
  if (budget.milliseconds !== null && elapsed >= budget.milliseconds) return 'time';
  if (budget.workMilliseconds !== null && state.work >= budget.workMilliseconds) return 'work';
  if (budget.evaluations !== null && state.evaluations >= budget.evaluations) return 'evaluations';
  if (budget.patience !== null && state.evaluations - state.quietSince >= budget.patience) return 'patience';
  return null;
}
