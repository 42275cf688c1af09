/**
 * The log of a run. Everything else (page, resume, replay, share) is a view of it through `reduce` (state.ts).
 * Events are plain JSON. `timing` differs between machines and is left out where logs are compared (`canonical`).
 */
import type { Experiment } from './experiment.ts';

import type { Change, Evaluation, ProgramId, ProgramStatus } from './program.ts';
import type { SearchSummary } from './search-summary.ts';

export type RunEvent =
  RunStarted | Issued | Evaluated | Added | Migrated | IslandRestarted | BudgetChanged | RunFinished;

export interface RunStarted {
  readonly type: 'run-started';
  readonly v: 1;
  readonly experiment: Experiment;
  readonly seed: number;
  /** State of the root generator; every stream of the run is split from it. */
  readonly random: readonly [number, number, number, number];
}

/** A job has been chosen. With the log before it, it fixes all that the job does. */
export interface Issued {
  readonly type: 'issued';
  readonly job: ProgramId;
  readonly island: number;
  readonly operator: string;
  /** Probability with which the operator was chosen. */
  readonly propensity: number;
  /** null only for the seed's job. */
  readonly parent: ProgramId | null;
  readonly inspirations: readonly ProgramId[];
  /** Evaluations reserved from the budget. */
  readonly reserved: number;
}

/** What a job came to: its text and its score, or why it has none. */
export interface Evaluated {
  readonly type: 'evaluated';
  readonly job: ProgramId;
  readonly status: ProgramStatus;
  readonly reason: string;
  readonly note: string;
  readonly change: Change | null;
  readonly evaluation: Evaluation | null;
  readonly evaluations: number;
  readonly burst: SearchSummary | null;
  /** Hash of the normalised syntax, for the duplicate filter; null where there is no text. */
  readonly hash: string | null;
  readonly timing: Timing;
}

/** Milliseconds on this machine; not part of the canonical log. */
export interface Timing {
  /** Run time at which the result was consumed. */
  readonly at: number;
  readonly propose: number;
  readonly evaluate: number;
}

export type AddStatus = 'rejected' | 'improved' | 'new';

/** What became of it: archive, best, and what the operator earned. */
export interface Added {
  readonly type: 'added';
  readonly job: ProgramId;
  readonly island: number;
  readonly status: AddStatus;
  /** Why it was admitted or not. */
  readonly reason: string;
  readonly evicted: ProgramId | null;
  /** It is the best of the run. */
  readonly best: boolean;
  /** 0–1, what the operator's arm earned. */
  readonly reward: number;
}

/** A copy: the program stays where it was. */
export interface Migrated {
  readonly type: 'migrated';
  readonly program: ProgramId;
  readonly from: number;
  readonly to: number;
  readonly evicted: ProgramId | null;
}

/** The island's archive was emptied and begins again from the named program. */
export interface IslandRestarted {
  readonly type: 'island-restarted';
  readonly island: number;
  readonly from: ProgramId;
  readonly reason: string;
}

export interface BudgetChanged {
  readonly type: 'budget-changed';
  readonly budget: Experiment['budget'];
}

export type FinishReason = 'evaluations' | 'time' | 'stopped' | 'seed-failed' | 'nothing-to-do';

export interface RunFinished {
  readonly type: 'run-finished';
  readonly reason: FinishReason;
  readonly detail: string;
  readonly timing: { readonly at: number };
}

/** The event without what differs between machines: equal runs have equal canonical logs. */
export function canonical(event: RunEvent): object {
  if (event.type === 'evaluated' || event.type === 'run-finished') {
    const { timing: _, ...rest } = event;
    return rest;
  }
  return event;
}
