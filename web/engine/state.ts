/**
 * `reduce` folds the log into the state that page, resume, replay and tests share. The state is mutated in place: a copy per
 * event would make a run quadratic. Take `revision` as the sign that something changed.
 */
import type { Added, Evaluated, FinishReason, Issued, RunEvent } from './events.ts';
import type { Experiment } from './experiment.ts';
import { applyEdits } from './patches/edits.ts';
import type { Files, Program, ProgramId } from './program.ts';

export interface RunState {
  revision: number;
  experiment: Experiment | null;
  seed: number;
  random: readonly [number, number, number, number] | null;
  /** Every job whose result was consumed, by id. Ids are dense: the index is the id; jobs in flight leave a hole. */
  readonly programs: (Program | undefined)[];
  /** Issued and not yet consumed, in issue order. */
  readonly inFlight: Map<ProgramId, InFlight>;
  readonly islands: IslandState[];
  best: ProgramId | null;
  /** Each new best in order: the step line of the chart. */
  readonly bests: ProgramId[];
  /** Evaluations spent by consumed results. */
  evaluations: number;
  /** Evaluations reserved by what is in flight. */
  reserved: number;
  /** Programs that entered an archive. */
  accepted: number;
  /** Consumed results. */
  consumed: number;
  /** Consumed results in a row that cost no evaluation: an engine that only finds duplicates must end. */
  idle: number;
  nextJob: ProgramId;
  readonly arms: Map<string, ArmState>;
  /** Hash of normalised syntax → number of results that had been consumed when it was first seen. */
  readonly hashes: Map<string, number>;
  /** How often each program has been a parent. */
  readonly children: number[];
  finished: FinishReason | null;
  /** Detail of the end, for people. */
  detail: string;
  /** Run time of the last consumed result, ms. */
  elapsed: number;
}

export interface InFlight {
  readonly issued: Issued;
  /** Results consumed and best fitness when it was issued: what its work may depend on, whatever has happened since. */
  readonly consumed: number;
  readonly bestFitness: number;
}

export interface IslandState {
  /** Best first. */
  readonly archive: ProgramId[];
  /** Consumed proposals of this island since its archive last changed for the better. */
  stagnation: number;
  restarts: number;
  /** Results the run had consumed when the island began (anew). */
  startedAt: number;
}

/** What an operator has earned; see operators/bandit.ts for how it is used. */
export interface ArmState {
  pulls: number;
  /** Discounted sums. */
  reward: number;
  cost: number;
  /** Undiscounted, for people. */
  accepted: number;
  bests: number;
}

/**
 * What a proposal costs besides its evaluations, in evaluations: a fresh realm takes about as long as ten calls in an open one
 * (`npm run bench -- sandbox` prints both). A count, not a clock, so that logs agree between machines.
 */
export const PROPOSAL_COST = 10;

/** Weight that remains of an arm's history at each new result of that arm. */
export const ARM_DECAY = 0.97;

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
    reserved: 0,
    accepted: 0,
    consumed: 0,
    idle: 0,
    nextJob: 0,
    arms: new Map(),
    hashes: new Map(),
    children: [],
    finished: null,
    detail: '',
    elapsed: 0,
  };
}

/** Folds one event into the state and returns it. Events must come in log order. */
export function reduce(state: RunState, event: RunEvent): RunState {
  state.revision++;
  switch (event.type) {
    case 'run-started':
      state.experiment = event.experiment;
      state.seed = event.seed;
      state.random = event.random;
      for (let i = 0; i < event.experiment.strategy.islands.count; i++) {
        state.islands.push({ archive: [], stagnation: 0, restarts: 0, startedAt: 0 });
      }
      for (const operator of Object.keys(event.experiment.strategy.operators)) arm(state, operator);
      return state;
    case 'issued':
      state.inFlight.set(event.job, {
        issued: event,
        consumed: state.consumed,
        bestFitness: state.best === null ? -Infinity : fitnessOf(state, state.best),
      });
      state.nextJob = Math.max(state.nextJob, event.job + 1);
      state.reserved += event.reserved;
      if (event.parent !== null) state.children[event.parent] = (state.children[event.parent] ?? 0) + 1;
      return state;
    case 'evaluated':
      return evaluated(state, event);
    case 'added':
      return added(state, event);
    case 'migrated':
      insert(state, event.to, event.program, event.evicted);
      return state;
    case 'island-restarted': {
      const island = state.islands[event.island];
      if (!island) return state;
      island.archive.length = 0;
      island.archive.push(event.from);
      island.stagnation = 0;
      island.restarts++;
      island.startedAt = state.consumed;
      return state;
    }
    case 'budget-changed':
      if (state.experiment) state.experiment = { ...state.experiment, budget: event.budget };
      state.finished = null;
      state.detail = '';
      return state;
    case 'run-finished':
      state.finished = event.reason;
      state.detail = event.detail;
      state.elapsed = event.timing.at;
      return state;
    default:
      event satisfies never;
      return state;
  }
}

function evaluated(state: RunState, event: Evaluated): RunState {
  const issued = state.inFlight.get(event.job)?.issued;
  if (!issued) return state;
  state.inFlight.delete(event.job);
  state.reserved -= issued.reserved;
  state.evaluations += event.evaluations;
  state.consumed++;
  state.idle = event.evaluations > 0 ? 0 : state.idle + 1;
  state.elapsed = event.timing.at;
  if (event.hash !== null && !state.hashes.has(event.hash)) state.hashes.set(event.hash, state.consumed);
  const parent = issued.parent === null ? undefined : state.programs[issued.parent];
  state.programs[event.job] = {
    id: event.job,
    parent: issued.parent,
    inspirations: issued.inspirations,
    island: issued.island,
    operator: issued.operator,
    note: event.note,
    status: event.status,
    reason: event.reason,
    evaluation: event.evaluation,
    evaluations: event.evaluations,
    at: state.evaluations,
    generation: parent ? parent.generation + 1 : 0,
    change: event.change,
  };
  return state;
}

function added(state: RunState, event: Added): RunState {
  const program = state.programs[event.job];
  const island = state.islands[event.island];
  if (!program || !island) return state;
  if (event.status === 'rejected') {
    island.stagnation++;
  } else {
    state.accepted++;
    if (program.parent === null) {
      for (let i = 0; i < state.islands.length; i++) insert(state, i, event.job, null);
    } else {
      insert(state, event.island, event.job, event.evicted);
    }
    island.stagnation = island.archive[0] === event.job ? 0 : island.stagnation + 1;
  }
  if (event.best) {
    state.best = event.job;
    state.bests.push(event.job);
  }
  if (program.parent !== null) {
    const credit = arm(state, program.operator);
    credit.pulls++;
    credit.reward = credit.reward * ARM_DECAY + event.reward;
    credit.cost = credit.cost * ARM_DECAY + PROPOSAL_COST + program.evaluations;
    if (event.status !== 'rejected') credit.accepted++;
    if (event.best) credit.bests++;
  }
  return state;
}

function arm(state: RunState, operator: string): ArmState {
  let found = state.arms.get(operator);
  if (!found) {
    found = { pulls: 0, reward: 0, cost: 0, accepted: 0, bests: 0 };
    state.arms.set(operator, found);
  }
  return found;
}

/** Keeps an archive sorted best first; older first where fitness ties. */
function insert(state: RunState, index: number, program: ProgramId, evicted: ProgramId | null): void {
  const archive = state.islands[index]?.archive;
  if (!archive || archive.includes(program)) return;
  if (evicted !== null) {
    const at = archive.indexOf(evicted);
    if (at >= 0) archive.splice(at, 1);
  }
  const fitness = fitnessOf(state, program);
  let at = archive.length;
  while (at > 0 && fitnessOf(state, archive[at - 1] as ProgramId) < fitness) at--;
  archive.splice(at, 0, program);
}

/** −Infinity for what has no score. */
export function fitnessOf(state: RunState, id: ProgramId): number {
  const evaluation = state.programs[id]?.evaluation;
  return evaluation?.correct && evaluation.fitness !== null ? evaluation.fitness : -Infinity;
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
