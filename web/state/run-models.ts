/** Which models a run may ask, and which of its operators do. */
import type { Experiment, Strategy } from '../engine/experiment.ts';

/** Operators that need no model, then those that do. */
export const OWN_OPERATORS: readonly string[] = ['brood', 'mutate', 'splice', 'merge', 'tune'];
export const MODEL_OPERATORS: readonly string[] = ['diff', 'rewrite', 'cross', 'fix'];

/** Names of all models that a run may ask, each once, in the order of its settings. */
export function modelsIn({ models, islands, memory, novelty }: Strategy): string[] {
  const ensembles = [models.ensemble, ...islands.own.map((own) => own.models?.ensemble ?? {})];
  const named = ensembles.flatMap((ensemble) => Object.keys(ensemble).filter((name) => (ensemble[name] ?? 0) > 0));
  if (named.length === 0) return [];
  const beside = [memory.every > 0 ? memory.model : null, novelty.vectors === 'none' ? null : novelty.judge];
  return [...new Set([...named, ...beside.filter((name) => name !== null)])];
}

/** Whether any operator of the run may ask a model. */
export function hasModels(experiment: Experiment | null): boolean {
  return experiment !== null && modelsIn(experiment.strategy).length > 0;
}
