/** A program under evolution: a map of files, where it came from, and what became of it. */

/** Path (forward slashes, relative) → text. */
export type Files = Readonly<Record<string, string>>;

/**
 * Replace `[start, end)` of `file` in the base text by `text`. Offsets count UTF-16 code units of the base text.
 * A list of edits is ordered by file, then start, and its ranges do not overlap.
 */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The seed is 0; every other program has the number of the job that proposed it. */
export type ProgramId = number;

export const STATUSES = [
  'proposed',
  'invalid-patch',
  'duplicate',
  'not-novel',
  'rejected',
  'build-failed',
  'crashed',
  'timed-out',
  'out-of-memory',
  'incorrect',
  'correct',
] as const;

export type ProgramStatus = (typeof STATUSES)[number];

/** Plain data that survives structured clone and JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What an evaluator says of one program. `fitness` is maximised; `correct` gates parents, best and archive. */
export interface Evaluation {
  readonly fitness: number | null;
  readonly correct: boolean;
  /** Shown to people and to operators. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Held-out figures: shown to people, never to operators or models. */
  readonly hidden: Readonly<Record<string, number>>;
  readonly feedback: string;
  /** Behaviour coordinates. */
  readonly features: Readonly<Record<string, number>>;
  /** Score by instance, maximised like fitness, for Pareto fronts and races; empty where the evaluator gives none. */
  readonly scores: Readonly<Record<string, number>>;
  /** Small plain data for views, e.g. `picture` (see picture.ts). */
  readonly artifacts: Readonly<Record<string, Json>>;
  /** Loop steps the candidate spent, the deterministic measure of its cost. */
  readonly fuel: number;
}

/** How a score came about. */
export interface Trials {
  /** Last stage that ran. */
  readonly stage: string;
  readonly seeds: readonly number[];
  readonly fitnesses: readonly number[];
  /** Why it stopped before all repeats or stages; null where nothing was left out. */
  readonly stopped: string | null;
}

export interface Program {
  readonly id: ProgramId;
  readonly parent: ProgramId | null;
  readonly inspirations: readonly ProgramId[];
  readonly island: number;
  /** Operator that made it; `seed` for the seed. */
  readonly operator: string;
  /** Model that was asked, and the task prompt it was given; null where none was. */
  readonly model: string | null;
  readonly prompt: string | null;
  /** US dollars its models cost. */
  readonly dollars: number;
  /** What bandits go by where that is not what was charged: see `Worth` in models/model.ts. */
  readonly worth?: number;
  /** One line on what the operator did, for people. */
  readonly note: string;
  readonly status: ProgramStatus;
  /** Why it has a status other than correct; empty otherwise. */
  readonly reason: string;
  readonly evaluation: Evaluation | null;
  /** Repeats and stages behind it; null where it was one evaluation. */
  readonly trials: Trials | null;
  /** Evaluations this proposal spent (a burst spends many). */
  readonly evaluations: number;
  /** Evaluations the run had spent when this program was added: the x of every chart. */
  readonly at: number;
  /** Depth in the lineage; the seed has 0. */
  readonly generation: number;
  /** The text: relative to the parent (edits), or whole (files). The seed is whole. */
  readonly change: Change | null;
  /** Vector that a service made of it; null where there is none. */
  readonly vector: string | null;
}

export type Change =
  { readonly type: 'edits'; readonly edits: readonly Edit[] } | { readonly type: 'files'; readonly files: Files };
