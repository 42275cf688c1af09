/**
 * What a log comes to: the state that page, resume, replay and tests share. `reduce` (reduce.ts) is the only way it changes; it is
 * changed in place, for a copy per event would make a run quadratic. Take `revision` as the sign that something changed.
 */
import type { ArmState } from './bandits/bandit.ts';
import type { FinishReason, Issued, Replied } from './events.ts';
import type { Experiment, Strategy } from './experiment.ts';
import { NO_MEMORY, type Memory } from './memory/memory.ts';
import type { PromptRecord } from './memory/prompt-evolution.ts';
import type { ModelReply, Purpose, Spending } from './models/model.ts';
import type { LedgerLine as Line } from './models/ledger.ts';
import { fromNano, nanoUp } from './models/money.ts';
import { applyEdits } from './patches/edits.ts';
import type { Files, Program, ProgramId } from './program.ts';
import type { IslandStrategy } from './strategy.ts';

export type Words = readonly [number, number, number, number];

export interface RunState {
  revision: number;
  experiment: Experiment | null;
  seed: number;
  /** Root of the random streams. */
  random: Words | null;
  /** Every program whose result was consumed, by id. Ids are dense; jobs in flight, and those that made none, leave a hole. */
  readonly programs: (Program | undefined)[];
  /** Issued and not yet consumed, in issue order. */
  readonly inFlight: Map<ProgramId, InFlight>;
  readonly islands: IslandState[];
  best: ProgramId | null;
  /** Each new best in order: the step line of the chart. */
  readonly bests: ProgramId[];
  /** Evaluations spent by consumed results. */
  evaluations: number;
  /** Of those, spent when the latest best came, or when a run that had ended was gone on with. */
  quietSince: number;
  /** Evaluations reserved by what is in flight. */
  reserved: number;
  /** What models have cost in consumed results, and what is reserved for jobs in flight. */
  spent: Spending;
  held: Spending;
  /** What models have cost to this moment, by purpose and model: for people; decisions use `spent`. */
  readonly ledger: Map<string, LedgerLine>;
  /** Milliseconds of work, summed over all that ran at once. */
  work: number;
  /** Programs that entered an archive. */
  accepted: number;
  /** Consumed results. */
  consumed: number;
  /** Of those, results of proposals that asked a model, since memory was last written and since the last prompt. */
  asked: number;
  /** Consumed results in a row that cost no evaluation: an engine that only finds duplicates must end. */
  idle: number;
  nextJob: ProgramId;
  /** What operators (× model × prompt) and selection strategies have earned. */
  readonly arms: Map<string, ArmState>;
  readonly strategies: Map<string, ArmState>;
  /** Latest outcomes of each model, newest last: true where it replied. */
  readonly health: Map<string, Health>;
  /** Hash of normalised syntax → number of results that had been consumed when it was first seen. */
  readonly hashes: Map<string, number>;
  /** How often each program has been a parent, and how often what came of it entered an archive. */
  readonly children: number[];
  readonly successes: number[];
  /** Moving averages of what stages take, ms. */
  readonly pace: Pace;
  memory: Memory;
  /** `asked` when memory was last asked for; so for prompts. */
  memoryAt: number;
  promptAt: number;
  /** The experiment's own task prompt first, then those that models wrote. */
  readonly prompts: PromptState[];
  readonly hints: Map<number, { readonly text: string; readonly island: number | null }>;
  readonly pinned: Set<ProgramId>;
  readonly banned: Set<ProgramId>;
  /** Programs of people that wait for their job. */
  readonly injecting: Injection[];
  finished: FinishReason | null;
  /** Detail of the end, for people. */
  detail: string;
  /** Run time of the last consumed result, ms. */
  elapsed: number;
}

export interface InFlight {
  readonly issued: Issued;
  /** Results consumed and the best program when it was issued: what its work may depend on, whatever has happened since. */
  readonly consumed: number;
  readonly bests: number;
  readonly best: ProgramId | null;
  readonly bestFitness: number;
  readonly random: Words;
  /** Replies that have come and been paid, by call. */
  readonly replies: Map<number, Paid>;
  /** Text of a program that a person wrote. */
  readonly injection: Injection | null;
  readonly experiment: Experiment;
  /** Settings of the island's own. */
  readonly own: Partial<IslandStrategy> | null;
  /** Programs its text is compared with; null where nothing is compared. */
  readonly neighbours: readonly ProgramId[] | null;
  /** What its model is told; null where none is asked. */
  readonly told: Told | null;
}

export interface Paid extends Pick<Replied, 'purpose' | 'model' | 'request' | 'dollars'> {
  readonly reply: ModelReply;
}

/** What a model is told besides parent and inspirations, as it was when the job was issued. */
export interface Told {
  readonly best: ProgramId | null;
  readonly failures: readonly ProgramId[];
  readonly memory: Memory;
  readonly hints: readonly string[];
  /** Text of the task prompt. */
  readonly task: string;
  /** Programs a memory job looks back on, or the best that a prompt job shows. */
  readonly programs: readonly ProgramId[];
  readonly prompt: PromptRecord | null;
}

export interface Injection {
  readonly island: number;
  readonly parent: ProgramId;
  readonly files: Files;
  readonly note: string;
}

export interface IslandState {
  /** Best first. */
  readonly archive: ProgramId[];
  readonly thresholds: Map<string, number>;
  /** Range of each feature and metric in correct programs. */
  readonly ranges: Map<string, readonly [number, number]>;
  /** Where it began. */
  root: ProgramId;
  /** What annealing stands at; null while nothing has taken a place, which is that of its best then. */
  current: ProgramId | null;
  /** Latest correct programs of its own, newest last. */
  readonly recent: ProgramId[];
  /** Settings of its own. */
  own: Partial<IslandStrategy> | null;
  alive: boolean;
  /** Correct programs it has made since it began. */
  correct: number;
  /** Evaluations spent on programs of its own since it began. */
  evaluations: number;
  /** Consumed proposals of this island since its archive last changed for the better. */
  stagnation: number;
  restarts: number;
  /** Results the run had consumed when the island began (anew). */
  startedAt: number;
  /** Latest programs of its own that failed with a text, newest last. */
  readonly failures: ProgramId[];
  /** Latest migrants and whether a best of the island came of them. */
  readonly migrants: { readonly program: ProgramId; helped: boolean }[];
  /** Offers at the last migrations: how many were taken. */
  migratedAt: number;
}

export interface LedgerLine extends Line {
  readonly purpose: Purpose;
  readonly model: string;
}

export interface Health {
  /** Failures in a row. */
  failures: number;
  /** Results consumed at the last failure. */
  at: number;
}

export interface Pace {
  samples: number;
  propose: number;
  check: number;
  novelty: number;
  evaluate: number;
}

export interface PromptState {
  record: PromptRecord;
  alive: boolean;
}

/**
 * What a proposal costs besides its evaluations, in evaluations: a fresh realm takes about as long as ten calls in an open one
 * (`npm run bench -- sandbox` prints both). A count, not a clock, so that logs agree between machines.
 */
export const PROPOSAL_COST = 10;

export function emptyState(): RunState {
  return {
    revision: 0,
    experiment: null,
    seed: 0,
    random: null,
    programs: [],
    inFlight: new Map(),
    islands: [],
    best: null,
    bests: [],
    evaluations: 0,
    quietSince: 0,
    reserved: 0,
    spent: { calls: 0, tokens: 0, dollars: 0 },
    held: { calls: 0, tokens: 0, dollars: 0 },
    ledger: new Map(),
    work: 0,
    accepted: 0,
    consumed: 0,
    asked: 0,
    idle: 0,
    nextJob: 0,
    arms: new Map(),
    strategies: new Map(),
    health: new Map(),
    hashes: new Map(),
    children: [],
    successes: [],
    pace: { samples: 0, propose: 0, check: 0, novelty: 0, evaluate: 0 },
    memory: NO_MEMORY,
    memoryAt: 0,
    promptAt: 0,
    prompts: [],
    hints: new Map(),
    pinned: new Set(),
    banned: new Set(),
    injecting: [],
    finished: null,
    detail: '',
    elapsed: 0,
  };
}

export function emptyIsland(root: ProgramId, startedAt: number, own: Partial<IslandStrategy> | null): IslandState {
  return {
    archive: [],
    thresholds: new Map(),
    ranges: new Map(),
    root,
    current: null,
    recent: [],
    own,
    alive: true,
    correct: 0,
    evaluations: 0,
    stagnation: 0,
    restarts: 0,
    startedAt,
    failures: [],
    migrants: [],
    migratedAt: startedAt,
  };
}

/** Where annealing stands on an island. */
export function currentOf({ current, archive }: IslandState): ProgramId | null {
  return current ?? archive[0] ?? null;
}

/** The run's settings with the island's own over them. */
export function strategyOf(state: RunState, island: number): Strategy {
  const { strategy } = state.experiment as Experiment;
  const own = state.islands[island]?.own;
  return own ? { ...strategy, ...own } : strategy;
}

/** Id of the task prompt a person wrote. */
export const OWN_PROMPT = 'own';

/** Whether an island of this strategy has a task of its own: the prompts of the run, which evolve from the run's task, are not for it. */
export function hasOwnTask({ experiment }: RunState, { prompts }: Strategy): boolean {
  return prompts.task !== '' && prompts.task !== experiment?.strategy.prompts.task;
}

/** −Infinity for what has no score. */
export function fitnessOf(state: RunState, id: ProgramId): number {
  const evaluation = state.programs[id]?.evaluation;
  return evaluation?.correct && evaluation.fitness !== null ? evaluation.fitness : -Infinity;
}

export function bestFitness(state: RunState): number {
  return state.best === null ? -Infinity : fitnessOf(state, state.best);
}

/** The text of a program, built from its lineage. Throws for a program without text. */
export function filesOf(state: RunState, id: ProgramId): Files {
  const edits: Program[] = [];
  let cursor: ProgramId | null = id;
  while (cursor !== null) {
    const program: Program | undefined = state.programs[cursor];
    if (!program?.change) throw new Error(`program ${cursor} has no text`);
    if (program.change.type === 'files') {
      let files = program.change.files;
      for (let i = edits.length - 1; i >= 0; i--) {
        const change = (edits[i] as Program).change;
        if (change?.type === 'edits') files = applyEdits(files, change.edits);
      }
      return files;
    }
    edits.push(program);
    cursor = program.parent;
  }
  throw new Error(`program ${id} has no root`);
}

/** Ids from the seed to the program. */
export function lineageOf(state: RunState, id: ProgramId): ProgramId[] {
  const path: ProgramId[] = [];
  for (let cursor: ProgramId | null = id; cursor !== null; cursor = state.programs[cursor]?.parent ?? null)
    path.push(cursor);
  return path.reverse();
}

/** In whole nano-dollars, so that a hold gives back all it took. */
export function addSpending(a: Spending, b: Spending, sign: 1 | -1 = 1): Spending {
  return {
    calls: a.calls + sign * b.calls,
    tokens: a.tokens + sign * b.tokens,
    dollars: fromNano(Math.max(0, nanoUp(a.dollars) + sign * nanoUp(b.dollars))),
  };
}
