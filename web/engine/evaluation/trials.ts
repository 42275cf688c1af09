/** Repeats of one evaluation under different seeds, made into one. */
import type { EvaluationOutcome } from '../ports.ts';
import type { Evaluation, ProgramStatus } from '../program.ts';
import { mean } from './mean.ts';

export interface Trial {
  readonly seed: number;
  readonly outcome: EvaluationOutcome | undefined;
}

export interface Scored {
  readonly status: ProgramStatus;
  readonly reason: string;
  readonly evaluation: Evaluation | null;
}

/** What one trial says by itself. */
export function judge({ outcome }: Trial): Scored {
  if (!outcome) return { status: 'crashed', reason: 'the sandbox gave no outcome', evaluation: null };
  if (outcome.type === 'failed') return { status: outcome.status, reason: outcome.reason, evaluation: null };
  const { evaluation } = outcome;
  if (evaluation.correct && evaluation.fitness !== null) return { status: 'correct', reason: '', evaluation };
  return { status: 'incorrect', reason: evaluation.feedback || 'the evaluator rejected it', evaluation };
}

/**
 * Figures are means over the trials that gave them, fuel is the most any took, feedback and artifacts are those of the first. The
 * first trial that failed or was incorrect speaks for all; its seed is named where there are several.
 */
export function aggregate(trials: readonly Trial[]): Scored {
  const evaluations: Evaluation[] = [];
  for (const trial of trials) {
    const judged = judge(trial);
    if (judged.status !== 'correct' || !judged.evaluation) {
      return trials.length > 1 ? { ...judged, reason: `seed ${trial.seed}: ${judged.reason}` } : judged;
    }
    evaluations.push(judged.evaluation);
  }
  const first = evaluations[0];
  if (!first) return judge({ seed: 0, outcome: undefined });
  if (evaluations.length === 1) return { status: 'correct', reason: '', evaluation: first };
  const evaluation: Evaluation = {
    ...first,
    fitness: mean(evaluations.map(({ fitness }) => fitness ?? 0)),
    metrics: means(evaluations.map(({ metrics }) => metrics)),
    hidden: means(evaluations.map(({ hidden }) => hidden)),
    features: means(evaluations.map(({ features }) => features)),
    scores: means(evaluations.map(({ scores }) => scores)),
    fuel: evaluations.reduce((most, { fuel }) => Math.max(most, fuel), 0),
  };
  return { status: 'correct', reason: '', evaluation };
}

function means(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const lists = new Map<string, number[]>();
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) {
      const list = lists.get(name);
      if (list) list.push(value);
      else lists.set(name, [value]);
    }
  }
  return Object.fromEntries([...lists].map(([name, list]) => [name, mean(list)]));
}
