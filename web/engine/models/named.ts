/** Which models a run may ask, and which of its operators do. */
import type { Strategy } from '../experiment.ts';

/** Operators that need no model, then those that do. */
export const OWN_OPERATORS: readonly string[] = ['brood', 'mutate', 'recreate', 'splice', 'merge', 'tune'];
export const MODEL_OPERATORS: readonly string[] = ['diff', 'rewrite', 'cross', 'fix'];

/** Names of all models that a run may ask, each once, in the order of its settings; those that make vectors last. */
export function modelsIn(strategy: Strategy): string[] {
  return [...new Set([...textModelsIn(strategy), ...vectorModelsIn(strategy)])];
}

export function vectorModelsIn({ novelty: { vectors, model } }: Strategy): string[] {
  return vectors === 'remote' && model !== null ? [model] : [];
}

export function textModelsIn({ models, islands, memory, novelty, evaluation }: Strategy): string[] {
  const judge = evaluation.judge === null ? [] : [evaluation.judge.model];
  const ensembles = [models.ensemble, ...islands.own.map((own) => own.models?.ensemble ?? {})];
  const named = ensembles.flatMap((ensemble) => Object.keys(ensemble).filter((name) => (ensemble[name] ?? 0) > 0));
  if (named.length === 0) return judge;
  const beside = [memory.every > 0 ? memory.model : null, novelty.vectors === 'none' ? null : novelty.judge];
  return [...new Set([...named, ...beside.filter((name) => name !== null), ...judge])];
}
