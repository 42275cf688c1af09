/** The family of operators: each makes one proposal out of a parent. */
import type { Experiment } from '../experiment.ts';
import type { EvaluationSession, CandidateSource } from '../ports.ts';
import type { Edit, Evaluation, Files } from '../program.ts';
import type { Random } from '../rng.ts';
import type { SearchSummary } from '../search-summary.ts';
import type { Syntax } from '../syntax/tree.ts';

export interface Operator {
  readonly id: string;
  /** Evaluations a search of its may spend, to be reserved before it starts; absent for operators that don't search. */
  readonly evaluations?: (experiment: Experiment) => number;
  /** Whether it has anything to work with here (e.g. merge needs two lines of descent). Must be cheap. */
  applies(context: OperatorContext): boolean;
  /**
   * Makes one proposal, or says why it can't. The caller checks that the result parses, respects the evolve blocks and differs
   * from the parent and from what was seen, and asks again with a fresh stream where it does not.
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
  /** Evaluations the operator may spend if it searches. */
  readonly evaluations: number;
}

/** A program as operators see it: its text and its public score. */
export interface Specimen {
  readonly id: number;
  readonly files: Files;
  readonly evaluation: Evaluation | null;
}

export type Proposal =
  | { readonly type: 'edits'; readonly edits: readonly Edit[]; readonly note: string }
  | { readonly type: 'search'; readonly search: Search }
  | { readonly type: 'none'; readonly reason: string };

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
