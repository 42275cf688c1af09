/**
 * The log of a run. Everything else (page, resume, replay, share) is a view of it through `reduce` (reduce.ts).
 * Events are plain JSON. `timing` differs between machines and is left out where logs are compared (`canonical`).
 *
 * Three kinds: what comes from outside (results, replies of models, what a person does), what follows from it (`added`, moves
 * between islands, the next `issued`), and `run-finished`. What follows is a function of the log before it.
 */
import type { Choice } from './choice.ts';
import type { Experiment, Strategy } from './experiment.ts';
import type { Memory } from './memory/memory.ts';
import type { ModelReply, Purpose, Spending, Worth } from './models/model.ts';
import type { Change, Evaluation, Files, ProgramId, ProgramStatus, Trials } from './program.ts';

export type { Trials } from './program.ts';
import type { SearchSummary } from './search-summary.ts';
import type { InspirationKind, IslandStrategy } from './strategy.ts';

export type RunEvent =
  | RunStarted
  | Issued
  | Replied
  | Evaluated
  | Remembered
  | PromptWritten
  | Added
  | Migrated
  | IslandRestarted
  | IslandSpawned
  | IslandMerged
  | IslandSplit
  | Forked
  | BudgetChanged
  | StrategyChanged
  | Injected
  | Hinted
  | Pinned
  | Banned
  | RunFinished;

export interface RunStarted {
  readonly type: 'run-started';
  readonly v: 2;
  readonly experiment: Experiment;
  readonly seed: number;
  /** State of the root generator; every stream of the run is split from it. */
  readonly random: readonly [number, number, number, number];
}

/** What a job is for: a program, a look back over what was learned, or a new task prompt. */
export type JobKind = 'program' | 'memory' | 'prompt';

/** A job has been chosen. With the log before it, it fixes all that the job does. */
export interface Issued {
  readonly type: 'issued';
  readonly job: ProgramId;
  readonly kind: JobKind;
  readonly island: number;
  readonly operator: string;
  /** Model that is asked; null where none is. */
  readonly model: string | null;
  /** Task prompt in use; null for the experiment's own. */
  readonly prompt: string | null;
  readonly temperature: number | null;
  readonly effort: 'none' | 'low' | 'medium' | 'high';
  /** Searches of the web that each call of its proposal may make; absent: none. */
  readonly search?: number;
  /** null for the seed's job and for jobs that make no program. */
  readonly parent: ProgramId | null;
  readonly inspirations: readonly ProgramId[];
  readonly kinds: readonly InspirationKind[];
  /** Recommendation the model is given; index into the memory's list. */
  readonly recommendation: number | null;
  /** What may be spent at most; it counts as spent until the result is there. */
  readonly reserved: Reserved;
  /** Every decision behind this job, with its probability. */
  readonly choices: readonly Choice[];
}

export interface Reserved extends Spending {
  readonly evaluations: number;
  /** Calls of `calls` that are set aside for what comes beside the proposal, which may not use them up; absent where there are none. */
  readonly kept?: KeptCalls;
}

/** For vectors of a service, and for the judge of a score. */
export interface KeptCalls {
  readonly embed: number;
  readonly score: number;
}

/** A model has answered. Written the moment it arrives, so that no reply is ever paid twice. */
export interface Replied {
  readonly type: 'replied';
  readonly job: ProgramId;
  /** Number of the call within its job, from 0. */
  readonly call: number;
  readonly purpose: Purpose;
  readonly model: string;
  /** Hash of the request, for replies to be matched after a resume. */
  readonly request: string;
  readonly reply: ModelReply;
  /** US dollars by the model or by the run's prices; null where nobody knows. */
  readonly dollars: number | null;
  readonly timing: { readonly at: number; readonly took: number };
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
  /** Repeats and stages behind the evaluation; null where it was one. */
  readonly trials: Trials | null;
  readonly evaluations: number;
  readonly spent: Spending;
  /** What its calls were worth (`Worth` in models/model.ts), where that is not what was charged. */
  readonly worth?: Worth;
  readonly burst: SearchSummary | null;
  /** Hash of the normalised syntax, for the duplicate filter; null where there is no text. */
  readonly hash: string | null;
  /** Cosine to the nearest program it was compared with, and which; null where nothing was compared. */
  readonly nearest: { readonly program: ProgramId; readonly similarity: number } | null;
  /** Vector that a service made, with its model's name (novelty/vector-text.ts); null for those that can be made again from the text. */
  readonly vector: string | null;
  readonly timing: Timing;
}

/** Milliseconds on this machine; not part of the canonical log. */
export interface Timing {
  /** Run time at which the result was consumed. */
  readonly at: number;
  /** In the queue, making the text, checking it, comparing it, scoring it. */
  readonly wait: number;
  readonly propose: number;
  readonly check: number;
  readonly novelty: number;
  readonly evaluate: number;
}

/** A memory job's result; `memory` is null where it failed, for `reason`. */
export interface Remembered {
  readonly type: 'remembered';
  readonly job: ProgramId;
  readonly memory: Memory | null;
  readonly reason: string;
  readonly spent: Spending;
  readonly timing: Timing;
}

/** A prompt job's result; `text` is null where it failed, for `reason`. */
export interface PromptWritten {
  readonly type: 'prompt-written';
  readonly job: ProgramId;
  readonly id: string;
  readonly parent: string | null;
  readonly text: string | null;
  readonly name: string;
  readonly reason: string;
  readonly spent: Spending;
  readonly timing: Timing;
}

export type AddStatus = 'rejected' | 'improved' | 'new';

/** What became of it: archive, best, and what operator and strategy earned. */
export interface Added {
  readonly type: 'added';
  readonly job: ProgramId;
  readonly island: number;
  readonly status: AddStatus;
  /** Why it was admitted or not. */
  readonly reason: string;
  readonly evicted: readonly ProgramId[];
  readonly cell: string | null;
  /** New threshold of the cell. */
  readonly threshold: number | null;
  /** Where the island is annealed: whether it took the place of the current program, and how likely that was. Absent elsewhere. */
  readonly step?: { readonly accepted: boolean; readonly probability: number };
  /** It is the best of the run. */
  readonly best: boolean;
  /** New bests between its issue and now: how old the knowledge was that it was made from. */
  readonly stale: number;
  /** 0–1, what the arms below earned. */
  readonly reward: number;
  /** Arms that are credited, by family. */
  readonly credits: readonly Credit[];
}

export interface Credit {
  readonly family: 'operator' | 'strategy';
  readonly arm: string;
}

/** A copy: the program stays where it was. */
export interface Migrated {
  readonly type: 'migrated';
  readonly program: ProgramId;
  readonly from: number;
  readonly to: number;
  readonly evicted: readonly ProgramId[];
  readonly cell: string | null;
  readonly threshold: number | null;
}

/** The island's archive was emptied and begins again from the named program. */
export interface IslandRestarted {
  readonly type: 'island-restarted';
  readonly island: number;
  readonly from: ProgramId;
  readonly reason: string;
}

export interface IslandSpawned {
  readonly type: 'island-spawned';
  readonly island: number;
  readonly from: readonly ProgramId[];
  readonly own: Partial<IslandStrategy> | null;
  readonly by: 'run' | 'person';
  readonly reason: string;
}

/** `from` is retired; of its programs `moved` went to `into`. `into` null: they are kept in the log only. */
export interface IslandMerged {
  readonly type: 'island-merged';
  readonly from: number;
  readonly into: number | null;
  readonly moved: readonly ProgramId[];
  readonly evicted: readonly ProgramId[];
  readonly by: 'run' | 'person';
  readonly reason: string;
}

/** `moved` leave `island` for the new island `into`. */
export interface IslandSplit {
  readonly type: 'island-split';
  readonly island: number;
  readonly into: number;
  readonly moved: readonly ProgramId[];
}

/** What follows was run apart from the run it began in: `seed` keys the streams from here on. */
export interface Forked {
  readonly type: 'forked';
  readonly seed: number;
}

export interface BudgetChanged {
  readonly type: 'budget-changed';
  readonly budget: Experiment['budget'];
}

/** Settings from here on; the number of islands is changed by spawning, merging and splitting. */
export interface StrategyChanged {
  readonly type: 'strategy-changed';
  readonly strategy: Strategy;
}

/** A program a person wrote: the next job issued is its own. */
export interface Injected {
  readonly type: 'injected';
  readonly island: number;
  /** Program it was made from. */
  readonly parent: ProgramId;
  readonly files: Files;
  readonly note: string;
}

/** Words for the models: shown in every prompt of the island (null: of all) until taken back. */
export interface Hinted {
  readonly type: 'hinted';
  readonly id: number;
  /** null takes the hint back. */
  readonly text: string | null;
  readonly island: number | null;
}

/** A pinned program is never evicted, and enters its island's archive if it is not there. */
export interface Pinned {
  readonly type: 'pinned';
  readonly program: ProgramId;
  readonly pinned: boolean;
}

/** A banned program leaves the archives and is never shown to an operator again. */
export interface Banned {
  readonly type: 'banned';
  readonly program: ProgramId;
  readonly banned: boolean;
}

export type FinishReason =
  | 'evaluations'
  | 'time'
  | 'work'
  | 'calls'
  | 'tokens'
  | 'dollars'
  | 'target'
  | 'patience'
  | 'stopped'
  | 'seed-failed'
  | 'nothing-to-do';

export interface RunFinished {
  readonly type: 'run-finished';
  readonly reason: FinishReason;
  readonly detail: string;
  readonly timing: { readonly at: number };
}

/** The event without what differs between machines. */
export function canonical(event: RunEvent): object {
  if ('timing' in event) {
    const { timing: _, ...rest } = event;
    return rest;
  }
  return event;
}

/**
 * The log without what differs between machines: replies, which are written as they come, stand before the result of their job,
 * in the order of their calls. Equal ordered runs have equal canonical logs.
 */
export function canonicalLog(log: readonly RunEvent[]): object[] {
  const replies = new Map<ProgramId, Replied[]>();
  const result: object[] = [];
  for (const event of log) {
    if (event.type === 'replied') {
      const list = replies.get(event.job);
      if (list) list.push(event);
      else replies.set(event.job, [event]);
      continue;
    }
    if (
      (event.type === 'evaluated' || event.type === 'remembered' || event.type === 'prompt-written') &&
      'job' in event
    ) {
      const list = replies.get(event.job) ?? [];
      replies.delete(event.job);
      result.push(...list.sort((a, b) => a.call - b.call).map(canonical));
    }
    result.push(canonical(event));
  }
  // Jobs that had no result when the log ended.
  for (const list of [...replies.values()].sort((a, b) => (a[0] as Replied).job - (b[0] as Replied).job)) {
    result.push(...list.sort((a, b) => a.call - b.call).map(canonical));
  }
  return result;
}
