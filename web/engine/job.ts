/**
 * What one job does, from its issue to its result: propose → check → compare → evaluate → refine. A function of the issue, of the log
 * before it and of what models and the evaluator answer.
 */
import type { Evaluated, Issued, Trials } from './events.ts';
import type { Experiment } from './experiment.ts';
import type { Asking } from './asking.ts';
import { askJudge, withVerdict } from './evaluation/judge.ts';
import { bestTold, evaluateByPolicy, type EvaluationInput } from './evaluation/policy.ts';
import type { Judged, Novelty } from './novelty/novelty.ts';
import type { Attempt, ModelContext, Operator, OperatorContext, Proposal, Specimen } from './operators/operator.ts';
import { applyEdits, diffFiles } from './patches/edits.ts';
import type { EvaluationSession, Ports } from './ports.ts';
import type { Change, Edit, Evaluation, Files, ProgramStatus } from './program.ts';
import type { Random } from './rng.ts';
import type { SearchSummary } from './search-summary.ts';
import type { Injection } from './state.ts';
import { checkCandidate, hashProgram } from './syntax/check.ts';
import { arm } from './syntax/fuel.ts';

export type JobResult = Omit<Evaluated, 'type' | 'job' | 'timing'>;

/** All that a job may look at. `seen` and `novelty` answer as of the issue, whatever has been consumed since. */
export interface JobInput {
  readonly issued: Issued;
  /** With the island's own settings. */
  readonly experiment: Experiment;
  readonly operator: Operator | null;
  /** Asks for one improvement after the evaluation; null where none is wanted. */
  readonly refiner: Operator | null;
  readonly parent: Specimen | null;
  /** Repeats behind the parent's score, for a race on the same seeds. */
  readonly parentTrials: Trials | null;
  readonly inspirations: readonly Specimen[];
  readonly ancestor: () => Specimen | null;
  readonly random: Random;
  readonly bestFitness: number;
  /** Text of the best program; null where there is none. */
  readonly bestFiles: () => Files | null;
  readonly injection: Injection | null;
  readonly asking: Asking;
  readonly model: (() => ModelContext) | null;
  readonly novelty: Novelty | null;
  readonly seen: (hash: string) => boolean;
}

export const STAGES = ['propose', 'check', 'novelty', 'evaluate'] as const;
export type Stage = (typeof STAGES)[number];

/** Runs each stage in its lane and takes its time. */
export interface Pipeline {
  run<T>(stage: Stage, work: () => Promise<T> | T): Promise<T> | T;
}

/** A text that passed the checks, on its way to evaluation. */
interface Draft {
  readonly files: Files;
  readonly change: Change;
  readonly hash: string;
  readonly note: string;
  readonly spent: number;
  readonly burst: SearchSummary | null;
  readonly nearest: Judged['nearest'];
  readonly vector: string | null;
  readonly reply: string;
}

type Drafted =
  | { readonly type: 'draft'; readonly draft: Draft }
  | { readonly type: 'rejected'; readonly result: JobResult; readonly reply: string; readonly final: boolean };

/** Seed of the first evaluation of every program: one for all runs, so that a program scores the same wherever it is scored. */
export { EVALUATION_SEED } from './evaluation/policy.ts';

export async function runJob(
  input: JobInput,
  ports: Ports,
  pipeline: Pipeline,
  signal: AbortSignal,
): Promise<JobResult> {
  const drafted = await draft(input, ports, pipeline, signal);
  if (drafted.type === 'rejected') return withSpending(drafted.result, input);
  const first = await pipeline.run('evaluate', () => score(drafted.draft, input, ports, signal));
  const best = await refine(drafted.draft, first, input, ports, pipeline, signal);
  return withSpending(await judge(best, input, pipeline), input);
}

function withSpending(result: JobResult, { asking }: JobInput): JobResult {
  const { spent, worth } = asking;
  return { ...result, spent, ...(worth === spent.dollars ? {} : { worth }) };
}

// --- text ------------------------------------------------------------------------------------------------------------

async function draft(input: JobInput, ports: Ports, pipeline: Pipeline, signal: AbortSignal): Promise<Drafted> {
  const { experiment, operator, parent, injection } = input;
  if (injection && parent) return await pipeline.run('check', () => byHand(input, ports, parent, injection));
  if (!parent) return await pipeline.run('check', () => seed(experiment, ports));
  if (!operator) return rejected('invalid-patch', 'no operator applies here', { final: true });
  const most = operator.asks ? experiment.strategy.models.attempts : experiment.strategy.attempts;
  const attempts: Attempt[] = [];
  let spent = 0;
  let last: Drafted = rejected('invalid-patch', 'no attempt was made');
  for (let attempt = 0; attempt < most; attempt++) {
    if (operator.asks && attempt > 0 && input.asking.callsLeft === 0) break;
    const context = operatorContext(input, parent, ports, attempt, attempts);
    const proposal = await pipeline.run('propose', () => operator.propose(context));
    if (proposal.type === 'search') return await search(input, parent, ports, pipeline, proposal.search, signal);
    last = await take(input, parent, ports, pipeline, proposal);
    if (last.type === 'draft') return last;
    spent += last.result.evaluations;
    if (last.final) break;
    attempts.push({ reply: last.reply, problem: last.result.reason });
  }
  return last.type === 'rejected' ? { ...last, result: { ...last.result, evaluations: spent } } : last;
}

function seed(experiment: Experiment, ports: Ports): Drafted {
  const checked = hashProgram(ports.syntax, experiment, experiment.files);
  const change: Change = { type: 'files', files: experiment.files };
  if (checked.type === 'rejected') return rejected('rejected', checked.reason, { note: 'seed', change, final: true });
  return {
    type: 'draft',
    draft: { files: experiment.files, change, hash: checked.hash, note: 'seed', ...UNSPENT },
  };
}

/** Of a draft that nothing was spent on: no search, no vector, no reply. */
const UNSPENT = { spent: 0, burst: null, nearest: null, vector: null, reply: '' } as const;

/** A person may change what no operator may: only syntax, reserved names and repetition are checked. */
function byHand({ experiment, seen }: JobInput, ports: Ports, parent: Specimen, { files, note }: Injection): Drafted {
  const checked = hashProgram(ports.syntax, experiment, files);
  const change = changeBetween(parent.files, files);
  if (checked.type === 'rejected') return rejected('rejected', checked.reason, { note, change, final: true });
  const { hash } = checked;
  if (seen(hash)) return rejected('duplicate', 'the same program has been seen before', { note, hash, final: true });
  return { type: 'draft', draft: { files, change, hash, note, ...UNSPENT } };
}

function changeBetween(before: Files, after: Files): Change {
  const paths = Object.keys(before);
  const same = paths.length === Object.keys(after).length && paths.every((path) => Object.hasOwn(after, path));
  return same ? { type: 'edits', edits: diffFiles(before, after) } : { type: 'files', files: after };
}

function operatorContext(
  input: JobInput,
  parent: Specimen,
  ports: Ports,
  attempt: number,
  attempts: readonly Attempt[],
): OperatorContext {
  return {
    experiment: input.experiment,
    syntax: ports.syntax,
    parent,
    inspirations: input.inspirations,
    get ancestor() {
      return input.ancestor();
    },
    random: input.random.split(attempt),
    conversation: input.random.split('conversation'),
    evaluations: input.issued.reserved.evaluations - 1,
    model: input.model?.() ?? null,
    attempts,
  };
}

async function take(
  input: JobInput,
  parent: Specimen,
  ports: Ports,
  pipeline: Pipeline,
  proposal: Exclude<Proposal, { type: 'search' }>,
): Promise<Drafted> {
  const reply = proposal.reply ?? '';
  if (proposal.type === 'none') {
    return rejected('invalid-patch', proposal.reason, { reply, final: proposal.final ?? false });
  }
  const { note } = proposal;
  const files =
    proposal.type === 'edits' ? applyEdits(parent.files, proposal.edits) : { ...parent.files, ...proposal.files };
  const edits = proposal.type === 'edits' ? proposal.edits : null;
  return await inspect(input, parent, ports, pipeline, { files, edits, note, reply, spent: 0, burst: null });
}

type SearchProposal = Extract<Proposal, { type: 'search' }>['search'];

async function search(
  input: JobInput,
  parent: Specimen,
  ports: Ports,
  pipeline: Pipeline,
  { source, note, run }: SearchProposal,
  signal: AbortSignal,
): Promise<Drafted> {
  const found = await pipeline.run('propose', async () => {
    const armed = arm(ports.syntax, input.experiment, source.files);
    if (armed.type === 'failed') return rejected('rejected', armed.reason, { note });
    const opened = await ports.evaluations.open({ ...source, files: armed.files }, signal);
    if (opened.type === 'failed') return rejected(opened.status, opened.reason, { note });
    try {
      return await run(inLastStage(opened.session, input), signal);
    } finally {
      opened.session.close();
    }
  });
  if ('type' in found) return found;
  const { edits, evaluations: spent, summary: burst } = found;
  if (edits.length === 0) return rejected('rejected', 'the search found nothing better', { note, spent, burst });
  const files = applyEdits(parent.files, edits);
  return await inspect(input, parent, ports, pipeline, { files, edits, note, reply: '', spent, burst });
}

/** A search scores on the scale on which its winner will be scored. */
function inLastStage(session: EvaluationSession, input: JobInput): EvaluationSession {
  const settings = input.experiment.strategy.evaluation;
  const stage = settings.stages.at(-1)?.name;
  const more = { ...bestTold({ ...input, settings }), ...(stage === undefined ? {} : { stage }) };
  if (Object.keys(more).length === 0) return session;
  return {
    evaluate: (requests) => session.evaluate(requests.map((request) => ({ ...request, ...more }))),
    close: () => session.close(),
  };
}

interface Proposed {
  readonly files: Files;
  readonly edits: readonly Edit[] | null;
  readonly note: string;
  readonly reply: string;
  readonly spent: number;
  readonly burst: SearchSummary | null;
}

async function inspect(
  input: JobInput,
  parent: Specimen,
  ports: Ports,
  pipeline: Pipeline,
  proposed: Proposed,
): Promise<Drafted> {
  const checked = await pipeline.run('check', () => check(input, parent, ports, proposed));
  if (checked.type === 'rejected' || !input.novelty) return checked;
  const { novelty } = input;
  const { files } = checked.draft;
  const judged = await pipeline.run('novelty', () => novelty.judge(files, input.asking));
  const { nearest, vector } = judged;
  const note = judged.remark === '' ? proposed.note : `${proposed.note}; ${judged.remark}`;
  if (judged.novel) return { type: 'draft', draft: { ...checked.draft, note, nearest, vector } };
  const { spent, burst, reply } = proposed;
  return rejected('not-novel', judged.reason, { note, spent, burst, reply, nearest, hash: checked.draft.hash });
}

function check(input: JobInput, parent: Specimen, ports: Ports, proposed: Proposed): Drafted {
  const { experiment } = input;
  const { files, note, spent, burst, reply } = proposed;
  const more = { note, spent, burst, reply };
  const length = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  if (length > experiment.strategy.longest) {
    return rejected('invalid-patch', `longer than ${experiment.strategy.longest} characters`, more);
  }
  const checked = checkCandidate({ syntax: ports.syntax, experiment, parent: parent.files, files });
  if (checked.type === 'rejected') return rejected('invalid-patch', checked.reason, more);
  const { hash } = checked;
  if (input.seen(hash)) return rejected('duplicate', 'the same program has been seen before', { ...more, hash });
  const edits = proposed.edits ?? diffFiles(parent.files, files);
  return {
    type: 'draft',
    draft: { files, change: { type: 'edits', edits }, hash, nearest: null, vector: null, ...more },
  };
}

interface More {
  readonly note?: string;
  readonly spent?: number;
  readonly burst?: SearchSummary | null;
  readonly hash?: string | null;
  readonly nearest?: Judged['nearest'];
  readonly change?: Change | null;
  readonly reply?: string;
  readonly final?: boolean;
}

function rejected(status: ProgramStatus, reason: string, more: More = {}): Drafted & { type: 'rejected' } {
  const { note = '', spent = 0, burst = null, hash = null, nearest = null, change = null, reply = '' } = more;
  const result: JobResult = {
    ...{ status, reason, note, change, evaluation: null, trials: null, evaluations: spent },
    ...{ spent: { calls: 0, tokens: 0, dollars: 0 }, burst, hash, nearest, vector: null },
  };
  return { type: 'rejected', result, reply, final: more.final ?? false };
}

// --- score -----------------------------------------------------------------------------------------------------------

/** Text → score in a fresh realm, by the run's evaluation policy. */
async function score(draft: Draft, input: JobInput, ports: Ports, signal: AbortSignal): Promise<JobResult> {
  const { experiment } = input;
  const result = (
    status: ProgramStatus,
    reason: string,
    evaluation: Evaluation | null,
    evaluations: number,
    trials: Trials | null = null,
  ): JobResult => ({
    ...{ status, reason, note: draft.note, change: draft.change, evaluation, trials },
    ...{ evaluations: draft.spent + evaluations, spent: { calls: 0, tokens: 0, dollars: 0 }, burst: draft.burst },
    ...{ hash: draft.hash, nearest: draft.nearest, vector: draft.vector },
  });
  const armed = arm(ports.syntax, experiment, draft.files);
  if (armed.type === 'failed') return result('rejected', armed.reason, null, 0);
  const source = { language: experiment.language, files: armed.files, entry: experiment.entry };
  const opened = await ports.evaluations.open(source, signal);
  if (opened.type === 'failed') return result(opened.status, opened.reason, null, 1);
  try {
    const policy: EvaluationInput = {
      settings: experiment.strategy.evaluation,
      parent: input.parent?.evaluation ?? null,
      parentTrials: input.parentTrials,
      bestFitness: input.bestFitness,
      bestFiles: input.bestFiles,
      evaluations: input.issued.reserved.evaluations - draft.spent,
      random: input.random.split('evaluate'),
    };
    const scored = await evaluateByPolicy(opened.session, policy);
    return result(scored.status, scored.reason, scored.evaluation, scored.evaluations, scored.trials);
  } finally {
    opened.session.close();
  }
}

interface Scored {
  readonly draft: Draft;
  readonly result: JobResult;
}

/** Asks for improvements of what was just scored, as long as calls and evaluations last; the best of all is the result. */
async function refine(
  start: Draft,
  first: JobResult,
  input: JobInput,
  ports: Ports,
  pipeline: Pipeline,
  signal: AbortSignal,
): Promise<Scored> {
  const { refiner, parent, experiment } = input;
  let best: Scored = { draft: start, result: first };
  if (!refiner || !parent) return best;
  let evaluations = first.evaluations;
  for (let i = 0; i < experiment.strategy.models.refinements; i++) {
    if (input.asking.callsLeft === 0 || evaluations >= input.issued.reserved.evaluations) break;
    const { evaluation, status, reason } = best.result;
    const specimen = {
      id: input.issued.job,
      files: best.draft.files,
      evaluation,
      status,
      reason,
      note: best.draft.note,
    };
    const context = { ...operatorContext(input, specimen, ports, 1_000 + i, []), parent: specimen };
    if (!refiner.applies(context)) break;
    const proposal = await pipeline.run('propose', () => refiner.propose(context));
    if (proposal.type === 'search' || proposal.type === 'none') break;
    const taken = await take(input, specimen, ports, pipeline, proposal);
    if (taken.type === 'rejected') continue;
    const change: Change = { type: 'edits', edits: diffFiles(parent.files, taken.draft.files) };
    const note = `${start.note}; refined: ${taken.draft.note}`;
    const next: Draft = { ...taken.draft, change, note, spent: evaluations };
    const result = await pipeline.run('evaluate', () => score(next, input, ports, signal));
    evaluations = result.evaluations;
    if (fitnessIn(result) > fitnessIn(best.result)) best = { draft: next, result };
  }
  return { ...best, result: { ...best.result, evaluations } };
}

/** What the judge says of a correct program stands beside its figures. Waiting for it takes no place from evaluations. */
async function judge({ draft, result }: Scored, input: JobInput, pipeline: Pipeline): Promise<JobResult> {
  const { experiment, asking } = input;
  const { evaluation } = experiment.strategy;
  if (evaluation.judge === null || result.status !== 'correct' || result.evaluation === null) return result;
  const { model, rubric } = evaluation.judge;
  const program = {
    ...{ experiment, rubric, task: experiment.strategy.prompts.task },
    ...{ files: draft.files, evaluation: result.evaluation },
  };
  const verdict = await pipeline.run('novelty', () => askJudge(program, asking));
  return { ...result, evaluation: withVerdict(result.evaluation, model, verdict) };
}

function fitnessIn({ status, evaluation }: JobResult): number {
  return status === 'correct' ? (evaluation?.fitness ?? -Infinity) : -Infinity;
}
