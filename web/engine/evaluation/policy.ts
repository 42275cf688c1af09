import type { Trials } from '../events.ts';
import type { EvaluationSession } from '../ports.ts';
import type { Evaluation, ProgramStatus } from '../program.ts';
import type { Random } from '../rng.ts';
import type { EvaluationSettings } from '../strategy.ts';
export const EVALUATION_SEED = 1;
export interface EvaluationInput {
  readonly settings: EvaluationSettings;
  readonly parent: Evaluation | null;
  readonly bestFitness: number;
  readonly evaluations: number;
  readonly random: Random;
}
export function evaluationsAtMost(settings: EvaluationSettings): number {
  return Math.max(1, settings.stages.length) - 1 + settings.repeats;
}
export async function evaluateByPolicy(session: EvaluationSession, input: EvaluationInput): Promise<{status: ProgramStatus; reason: string; evaluation: Evaluation | null; evaluations: number; trials: Trials | null}> {
  const request = { parameters: [], seed: EVALUATION_SEED, picture: false };
  const [outcome] = await session.evaluate([request]);
  const r = (status: ProgramStatus, reason: string, evaluation: Evaluation | null) => ({ status, reason, evaluation, evaluations: 1, trials: null });
  if (!outcome) return r('crashed', 'x', null);
  if (outcome.type === 'failed') return r(outcome.status, outcome.reason, null);
  const { evaluation } = outcome;
  if (!evaluation.correct || evaluation.fitness === null) return r('incorrect', evaluation.feedback || 'the evaluator rejected it', evaluation);
  if (evaluation.fitness <= input.bestFitness) return r('correct', '', evaluation);
  const [p] = await session.evaluate([{ ...request, picture: true }]);
  return r('correct', '', p?.type === 'scored' ? { ...evaluation, artifacts: p.evaluation.artifacts } : evaluation);
}
