/** What one job does, from its issue to its result. A pure function of the issue and of the log before it. */
import type { Evaluated } from './events.ts';
import type { Experiment } from './experiment.ts';
import type { Operator, OperatorContext, Specimen } from './operators/operator.ts';
import { applyEdits } from './patches/edits.ts';
import type { EvaluationOutcome, Ports } from './ports.ts';
import type { Change, Evaluation, Files, ProgramStatus } from './program.ts';
import type { Random } from './rng.ts';
import type { SearchSummary } from './search-summary.ts';
import { checkCandidate, hashProgram } from './syntax/check.ts';
import { arm } from './syntax/fuel.ts';

export type JobResult = Omit<Evaluated, 'type' | 'job' | 'timing'>;

/** All that a job may look at. `seen` answers as of the issue, whatever has been consumed since. */
export interface JobInput {
  readonly experiment: Experiment;
  readonly operator: Operator | null;
  readonly parent: Specimen | null;
  readonly inspirations: readonly Specimen[];
  readonly ancestor: () => Specimen | null;
  readonly random: Random;
  readonly reserved: number;
  readonly bestFitness: number;
  readonly seen: (hash: string) => boolean;
}

/** A text that passed the checks, on its way to evaluation. */
export interface Draft {
  readonly files: Files;
  readonly change: Change;
  readonly hash: string;
  readonly note: string;
  readonly spent: number;
  readonly burst: SearchSummary | null;
}

export type Proposed =
  { readonly type: 'draft'; readonly draft: Draft } | { readonly type: 'result'; readonly result: JobResult };

/** Seed of every evaluation: one for all runs, so that a program scores the same wherever it is scored. */
export const EVALUATION_SEED = 1;

/** First half: parent → checked text. A burst does its search here, in an open session. */
export async function propose(input: JobInput, ports: Ports, signal: AbortSignal): Promise<Proposed> {
  const { experiment, operator, parent } = input;
  if (!parent) {
    const checked = hashProgram(ports.syntax, experiment, experiment.files);
    if (checked.type === 'rejected') return failed('rejected', checked.reason);
    const change: Change = { type: 'files', files: experiment.files };
    return {
      type: 'draft',
      draft: { files: experiment.files, change, hash: checked.hash, note: 'seed', spent: 0, burst: null },
    };
  }
  if (!operator) return failed('invalid-patch', 'no operator applies here');
  let last: Proposed = failed('invalid-patch', 'no attempt was made');
  for (let attempt = 0; attempt < experiment.strategy.attempts; attempt++) {
    const context = operatorContext(input, parent, ports, attempt);
    const proposal = await operator.propose(context);
    if (proposal.type === 'none') {
      last = failed('invalid-patch', proposal.reason);
    } else if (proposal.type === 'edits') {
      last = inspect(input, parent, ports, proposal.edits, proposal.note, 0, null);
    } else {
      return await search(input, parent, ports, proposal.search, signal);
    }
    if (last.type === 'draft') return last;
  }
  return last;
}

function operatorContext(input: JobInput, parent: Specimen, ports: Ports, attempt: number): OperatorContext {
  return {
    experiment: input.experiment,
    syntax: ports.syntax,
    parent,
    inspirations: input.inspirations,
    get ancestor() {
      return input.ancestor();
    },
    random: input.random.split(attempt),
    evaluations: input.reserved - 1,
  };
}

type SearchProposal = Extract<Awaited<ReturnType<Operator['propose']>>, { type: 'search' }>['search'];

async function search(
  input: JobInput,
  parent: Specimen,
  ports: Ports,
  { source, note, run }: SearchProposal,
  signal: AbortSignal,
): Promise<Proposed> {
  const armed = arm(ports.syntax, input.experiment, source.files);
  if (armed.type === 'failed') return failed('rejected', armed.reason, note);
  const opened = await ports.evaluations.open({ ...source, files: armed.files }, signal);
  if (opened.type === 'failed') return failed(opened.status, opened.reason, note);
  try {
    const { edits, evaluations, summary } = await run(opened.session, signal);
    if (edits.length === 0) return failed('rejected', 'the search found nothing better', note, evaluations, summary);
    return inspect(input, parent, ports, edits, note, evaluations, summary);
  } finally {
    opened.session.close();
  }
}

function inspect(
  input: JobInput,
  parent: Specimen,
  ports: Ports,
  edits: Extract<Change, { type: 'edits' }>['edits'],
  note: string,
  spent: number,
  burst: SearchSummary | null,
): Proposed {
  const files = applyEdits(parent.files, edits);
  const length = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  if (length > input.experiment.strategy.longest) {
    const reason = `longer than ${input.experiment.strategy.longest} characters`;
    return failed('invalid-patch', reason, note, spent, burst);
  }
  const checked = checkCandidate({ syntax: ports.syntax, experiment: input.experiment, parent: parent.files, files });
  if (checked.type === 'rejected') return failed('invalid-patch', checked.reason, note, spent, burst);
  if (input.seen(checked.hash)) {
    return failed('duplicate', 'the same program has been seen before', note, spent, burst, checked.hash);
  }
  return { type: 'draft', draft: { files, change: { type: 'edits', edits }, hash: checked.hash, note, spent, burst } };
}

function failed(
  status: ProgramStatus,
  reason: string,
  note = '',
  evaluations = 0,
  burst: SearchSummary | null = null,
  hash: string | null = null,
): Proposed {
  return { type: 'result', result: { status, reason, note, change: null, evaluation: null, evaluations, burst, hash } };
}

/** Second half: text → score in a fresh realm. What beats the best of the time is scored once more for its picture. */
export async function evaluate(draft: Draft, input: JobInput, ports: Ports, signal: AbortSignal): Promise<JobResult> {
  const { experiment } = input;
  const result = (
    status: ProgramStatus,
    reason: string,
    evaluation: Evaluation | null,
    evaluations: number,
  ): JobResult => ({
    status,
    reason,
    note: draft.note,
    change: draft.change,
    evaluation,
    evaluations: draft.spent + evaluations,
    burst: draft.burst,
    hash: draft.hash,
  });
  const armed = arm(ports.syntax, experiment, draft.files);
  if (armed.type === 'failed') return result('rejected', armed.reason, null, 0);
  const source = { language: experiment.language, files: armed.files, entry: experiment.entry };
  const opened = await ports.evaluations.open(source, signal);
  if (opened.type === 'failed') return result(opened.status, opened.reason, null, 1);
  try {
    const request = { parameters: [], seed: EVALUATION_SEED, picture: false };
    const [outcome] = await opened.session.evaluate([request]);
    if (!outcome) return result('crashed', 'the sandbox gave no outcome', null, 1);
    if (outcome.type === 'failed') return result(outcome.status, outcome.reason, null, 1);
    const { evaluation } = outcome;
    if (!evaluation.correct || evaluation.fitness === null) {
      return result('incorrect', evaluation.feedback || 'the evaluator rejected it', evaluation, 1);
    }
    if (evaluation.fitness <= input.bestFitness) return result('correct', '', evaluation, 1);
    const [pictured] = await opened.session.evaluate([{ ...request, picture: true }]);
    return result('correct', '', withPicture(evaluation, pictured), 1);
  } finally {
    opened.session.close();
  }
}

/** Takes picture and held-out figures of the second look; the score stays that of the first. */
function withPicture(evaluation: Evaluation, pictured: EvaluationOutcome | undefined): Evaluation {
  if (pictured?.type !== 'scored' || pictured.evaluation.fitness !== evaluation.fitness) return evaluation;
  const { artifacts, hidden } = pictured.evaluation;
  return {
    ...evaluation,
    artifacts: { ...evaluation.artifacts, ...artifacts },
    hidden: { ...evaluation.hidden, ...hidden },
  };
}
