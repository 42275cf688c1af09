/** The family of operators: each makes one proposal out of a parent. */
import type { Experiment } from '../experiment.ts';
import type { Message, ModelReply, Purpose } from '../models/model.ts';
import type { EvaluationSession, CandidateSource } from '../ports.ts';
import type { Edit, Evaluation, Files, ProgramStatus } from '../program.ts';
import type { Random } from '../rng.ts';
import type { SearchSummary } from '../search-summary.ts';
import type { InspirationKind } from '../strategy.ts';
import type { Syntax } from '../syntax/tree.ts';

export interface Operator {
  readonly id: string;
  /** It asks a model: each model × prompt is an arm of its own, and calls are reserved before it starts. */
  readonly asks?: true;
  /** It takes a program that failed for its parent. */
  readonly mends?: true;
  /** Evaluations a search of its may spend, to be reserved before it starts; absent for operators that don't search. */
  readonly evaluations?: (experiment: Experiment) => number;
  /** Whether it has anything to work with here (e.g. merge needs two lines of descent). Must be cheap. */
  applies(context: OperatorContext): boolean;
  /**
   * Makes one proposal, or says why it can't. The caller checks that the result parses, respects the evolve blocks and differs
   * from the parent and from what was seen, and asks again with a fresh stream where it does not; `context.attempts` then
   * says what was wrong, so that a model can be told in the same conversation.
   */
  propose(context: OperatorContext): Proposal | Promise<Proposal>;
}

export interface OperatorContext {
  readonly experiment: Experiment;
  readonly syntax: Syntax;
  readonly parent: Specimen;
  readonly inspirations: readonly Specimen[];
  /** Youngest common ancestor of the parent and the first inspiration, where there is one. */
  readonly ancestor: Specimen | null;
  /** This job's own stream. */
  readonly random: Random;
  /** The same for all attempts of the job, for what a conversation must not change half-way. */
  readonly conversation?: Random;
  /** Evaluations the operator may spend if it searches. */
  readonly evaluations: number;
  /** null where the job has no model: operators that ask then don't apply. */
  readonly model: ModelContext | null;
  /** What was proposed before in this job from this parent, oldest first, and why it would not do. */
  readonly attempts: readonly Attempt[];
}

/** Everything a prompt may be made of, and the way to ask. */
export interface ModelContext {
  /** The task in words: the experiment's, the island's own, or an evolved one. */
  readonly task: string;
  /** Kind of each of `inspirations`, in their order. */
  readonly kinds: readonly InspirationKind[];
  /** Best program of the run, for distances. */
  readonly best: Specimen | null;
  readonly failures: readonly Failure[];
  readonly recommendation: string | null;
  readonly scratchpad: string;
  /** Words of the person who watches, newest last. */
  readonly hints: readonly string[];
  /** Nearest ancestors of the parent with their texts, oldest first: for a program that is to be mended. */
  readonly lineage: readonly Specimen[];
  /** What the parent came of: its ancestors and itself, oldest first, without texts. */
  readonly steps: readonly Step[];
  /** Longest prompt, tokens. */
  readonly promptTokens: number;
  /** Searches of the web that a call for a proposal may make; absent or 0: none. */
  readonly searches?: number;
  /** Calls that are left of what was reserved. */
  readonly callsLeft: () => number;
  /** Asks the job's model with the job's temperature and effort. A call beyond the reservation fails without being made. */
  ask(messages: readonly Message[], purpose: Purpose): Promise<ModelReply>;
}

export interface Attempt {
  /** What the model had replied; empty where no model was asked. */
  readonly reply: string;
  /** Why it would not do, in words for the model. */
  readonly problem: string;
}

/** A program of a line, as far as it is told in a sentence. */
export interface Step {
  readonly id: number;
  /** What its operator had to say. */
  readonly note: string;
  readonly status: ProgramStatus;
  /** null where it failed. */
  readonly fitness: number | null;
}

export interface Failure {
  readonly id: number;
  readonly status: ProgramStatus;
  readonly reason: string;
  readonly note: string;
}

/** A program as operators see it: its text and its public score. */
export interface Specimen {
  readonly id: number;
  readonly files: Files;
  readonly evaluation: Evaluation | null;
  readonly status: ProgramStatus;
  /** Why it has a status other than correct. */
  readonly reason: string;
  /** What its operator had to say. */
  readonly note: string;
}

export type Proposal =
  | { readonly type: 'edits'; readonly edits: readonly Edit[]; readonly note: string; readonly reply?: string }
  /** Whole files; files that are not named stay as they are in the parent. */
  | { readonly type: 'files'; readonly files: Files; readonly note: string; readonly reply?: string }
  | { readonly type: 'search'; readonly search: Search }
  /** `final`: asking again would not help (no budget, provider down). */
  | { readonly type: 'none'; readonly reason: string; readonly reply?: string; readonly final?: true };

/** A search inside one open session: many scored variants, one program in the end. */
export interface Search {
  /** The parent with lifted literals (`$p[i]`), not yet armed with fuel. */
  readonly source: CandidateSource;
  readonly note: string;
  run(session: EvaluationSession, signal: AbortSignal): Promise<SearchResult>;
}

export interface SearchResult {
  /** Edits on the parent that write the best vector back as literals; empty when nothing better was found. */
  readonly edits: readonly Edit[];
  readonly evaluations: number;
  readonly summary: SearchSummary;
}
