/** What every test of a host needs: a way to make it, and short words for opening and evaluating. */
import type {
  EvaluationHost,
  EvaluationOutcome,
  EvaluationRequest,
  FailedStatus,
  Files,
  HostOptions,
  Limits,
} from '../../sandboxes/contract.ts';

export interface Place {
  readonly name: string;
  create(options: HostOptions): Promise<EvaluationHost>;
  dispose(): void;
}

export const LIMITS: Limits = {
  milliseconds: 1500,
  megabytes: 64,
  outputBytes: 100_000,
  messages: 500,
  fuel: 1_000_000,
};

/** Returns what the candidate's `f(3)` returned as fitness where that is a number, and as an artifact. */
export const PLAIN_EVALUATOR = `
export async function evaluate(candidate, context) {
  const value = await candidate.call('f', 3);
  return { fitness: typeof value === 'number' ? value : 0, correct: true, artifacts: { value } };
}`;

export function options(evaluator: string = PLAIN_EVALUATOR, limits: Partial<Limits> = {}, slots = 2): HostOptions {
  return {
    evaluator: { entry: 'evaluate.js', files: { 'evaluate.js': evaluator } },
    limits: { ...LIMITS, ...limits },
    slots,
  };
}

export const REQUEST: EvaluationRequest = { parameters: [], seed: 1, picture: false };

/** One outcome of a program given as the text of `main.ts`, or as files. */
export async function evaluate(
  host: EvaluationHost,
  program: string | Files,
  request: Partial<EvaluationRequest> = {},
): Promise<EvaluationOutcome> {
  const files = typeof program === 'string' ? { 'main.ts': program } : program;
  const opened = await host.open({ language: 'typescript', files, entry: 'main.ts' }, new AbortController().signal);
  if (opened.type === 'failed') return { ...opened, milliseconds: 0 };
  const [outcome] = await opened.session.evaluate([{ ...REQUEST, ...request }]);
  opened.session.close();
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

/** `scored`, or the status and the reason it failed with. */
export function told(outcome: EvaluationOutcome): { status: 'scored' | FailedStatus; reason: string; value: unknown } {
  return outcome.type === 'scored'
    ? { status: 'scored', reason: '', value: outcome.evaluation.artifacts['value'] }
    : { status: outcome.status, reason: outcome.reason, value: undefined };
}
