/** Folds a log into its state: one function for page, resume, replay and tests. */
import { creditArm, emptyArm } from './bandits/arms.ts';
import type { Added, Credit, Evaluated, Issued, RunEvent, Timing } from './events.ts';
import type { Experiment, Strategy } from './experiment.ts';
import type { Spending } from './models/model.ts';
import type { Evaluation, ProgramId, ProgramStatus } from './program.ts';
import { ban, insert, keep, migrated, pin, pinnedIn, remove, see } from './reduce-islands.ts';
import { addPrompt, creditPrompt, health, NO_REPLIES, replied, toldTo } from './reduce-models.ts';
import { createRandom } from './rng.ts';
import { addSpending, bestFitness, emptyIsland, fitnessOf, OWN_PROMPT, PROPOSAL_COST } from './state.ts';
import type { IslandState, RunState } from './state.ts';

/** Failed programs an island remembers, to show them to models or have them mended. */
const FAILURES_KEPT = 20;
/** Correct programs an island remembers, to tell how far fitnesses lie apart. */
const RECENT_KEPT = 20;
/** Weight of the newest result in the averages of what stages take. */
const PACE_WEIGHT = 0.3;

/** Folds one event into the state and returns it. Events must come in log order. */
export function reduce(state: RunState, event: RunEvent): RunState {
  state.revision++;
  switch (event.type) {
    case 'run-started': {
      const { strategy } = event.experiment;
      state.experiment = event.experiment;
      state.seed = event.seed;
      state.random = event.random;
      for (let i = 0; i < strategy.islands.count; i++) {
        state.islands.push(emptyIsland(0, 0, strategy.islands.own[i] ?? null));
      }
      addPrompt(state, OWN_PROMPT, null, 'own', strategy.prompts.task || event.experiment.summary);
      for (const operator of Object.keys(strategy.operators)) armOf(state, { family: 'operator', arm: operator });
      return state;
    }
    case 'issued':
      return issued(state, event);
    case 'replied':
      return replied(state, event);
    case 'evaluated':
      return evaluated(state, event);
    case 'remembered':
      settle(state, event.job, event.spent, event.timing);
      if (event.memory) state.memory = event.memory;
      return state;
    case 'prompt-written':
      settle(state, event.job, event.spent, event.timing);
      if (event.text !== null) addPrompt(state, event.id, event.parent, event.name, event.text);
      return state;
    case 'added':
      return added(state, event);
    case 'migrated':
      migrated(state, event);
      return state;
    case 'island-restarted': {
      const island = state.islands[event.island];
      if (!island) return state;
      const restarts = island.restarts + 1;
      const pinned = pinnedIn(state, island);
      Object.assign(island, emptyIsland(event.from, state.consumed, island.own), { restarts });
      for (const program of [event.from, ...pinned]) insert(state, event.island, program, [], null, null);
      return state;
    }
    case 'island-spawned':
      state.islands[event.island] = emptyIsland(event.from[0] ?? 0, state.consumed, event.own);
      for (const program of event.from) insert(state, event.island, program, [], null, null);
      return state;
    case 'island-merged': {
      const island = state.islands[event.from];
      if (!island) return state;
      const pinned = pinnedIn(state, island);
      island.alive = false;
      island.archive.length = 0;
      if (event.into !== null) {
        for (const program of event.evicted) remove(state.islands[event.into], program);
        for (const program of [...event.moved, ...pinned]) insert(state, event.into, program, [], null, null);
      }
      return state;
    }
    case 'island-split': {
      const island = state.islands[event.island];
      if (!island) return state;
      state.islands[event.into] = emptyIsland(event.moved[0] ?? island.root, state.consumed, island.own);
      for (const program of event.moved) {
        remove(island, program);
        insert(state, event.into, program, [], null, null);
      }
      return state;
    }
    case 'forked':
      state.seed = event.seed;
      state.random = createRandom(event.seed).state;
      reopen(state);
      return state;
    case 'budget-changed':
      if (state.experiment) state.experiment = { ...state.experiment, budget: event.budget };
      reopen(state);
      return state;
    case 'strategy-changed':
      changeStrategy(state, event.strategy);
      reopen(state);
      return state;
    case 'injected':
      state.injecting.push({ island: event.island, parent: event.parent, files: event.files, note: event.note });
      reopen(state);
      return state;
    case 'hinted':
      if (event.text === null) state.hints.delete(event.id);
      else state.hints.set(event.id, { text: event.text, island: event.island });
      return state;
    case 'pinned':
      pin(state, event.program, event.pinned);
      return state;
    case 'banned':
      ban(state, event.program, event.banned);
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

function reopen(state: RunState): void {
  if (state.finished !== null) state.quietSince = state.evaluations;
  state.finished = null;
  state.detail = '';
  state.idle = 0;
}

function issued(state: RunState, event: Issued): RunState {
  const island = state.islands[event.island];
  const comparing = state.experiment?.strategy.novelty.vectors !== 'none';
  const injection = event.operator === 'inject' ? (state.injecting.shift() ?? null) : null;
  state.inFlight.set(event.job, {
    issued: event,
    consumed: state.consumed,
    bests: state.bests.length,
    best: state.best,
    bestFitness: bestFitness(state),
    random: state.random as NonNullable<RunState['random']>,
    replies: NO_REPLIES,
    injection,
    experiment: state.experiment as Experiment,
    own: island?.own ?? null,
    neighbours: comparing && island && event.kind === 'program' ? [...island.archive] : null,
    told: event.model === null ? null : toldTo(state, event),
  });
  state.nextJob = Math.max(state.nextJob, event.job + 1);
  state.reserved += event.reserved.evaluations;
  if (event.reserved.calls > 0) state.held = addSpending(state.held, event.reserved);
  if (event.kind === 'memory') state.memoryAt = state.asked;
  if (event.kind === 'prompt') state.promptAt = state.asked;
  if (event.parent !== null) state.children[event.parent] = (state.children[event.parent] ?? 0) + 1;
  for (const choice of event.choices) {
    if (choice.choice === 'operator' && typeof choice.chosen === 'string') {
      armOf(state, { family: 'operator', arm: choice.chosen }).submitted++;
    } else if (choice.choice === 'strategy' && typeof choice.chosen === 'string') {
      armOf(state, { family: 'strategy', arm: choice.chosen }).submitted++;
    }
  }
  return state;
}

/** What every result does, whatever it is of. */
function settle(state: RunState, job: ProgramId, spent: Spending, timing: Timing): Issued | null {
  const flight = state.inFlight.get(job);
  if (!flight) return null;
  const { issued } = flight;
  state.inFlight.delete(job);
  state.reserved -= issued.reserved.evaluations;
  if (issued.reserved.calls > 0) state.held = addSpending(state.held, issued.reserved, -1);
  if (spent.calls > 0) state.spent = addSpending(state.spent, spent);
  state.consumed++;
  state.elapsed = timing.at;
  state.work += timing.propose + timing.check + timing.novelty + timing.evaluate;
  if (issued.model !== null && issued.kind === 'program') state.asked++;
  health(state, issued.model, flight.replies);
  return issued;
}

function evaluated(state: RunState, event: Evaluated): RunState {
  const issued = settle(state, event.job, event.spent, event.timing);
  if (!issued) return state;
  state.evaluations += event.evaluations;
  state.idle = event.evaluations > 0 ? 0 : state.idle + 1;
  if (event.hash !== null && !state.hashes.has(event.hash)) state.hashes.set(event.hash, state.consumed);
  pace(state, event.timing);
  const parent = issued.parent === null ? undefined : state.programs[issued.parent];
  state.programs[event.job] = {
    id: event.job,
    parent: issued.parent,
    inspirations: issued.inspirations,
    island: issued.island,
    operator: issued.operator,
    model: issued.model,
    prompt: issued.prompt,
    dollars: event.spent.dollars,
    ...(event.worth === undefined ? {} : { worth: event.worth }),
    note: event.note,
    status: event.status,
    reason: event.reason,
    evaluation: event.evaluation,
    trials: event.trials,
    evaluations: event.evaluations,
    at: state.evaluations,
    generation: parent ? parent.generation + 1 : 0,
    change: event.change,
    vector: event.vector,
  };
  const island = state.islands[issued.island];
  if (island) island.evaluations += event.evaluations;
  if (island && event.change && event.status !== 'correct' && WORTH_MENDING.has(event.status)) {
    keep(island.failures, event.job, FAILURES_KEPT);
  }
  return state;
}

const WORTH_MENDING: ReadonlySet<ProgramStatus> = new Set<ProgramStatus>([
  'rejected',
  'build-failed',
  'crashed',
  'timed-out',
  'out-of-memory',
  'incorrect',
]);

function pace(state: RunState, timing: Timing): void {
  const { pace } = state;
  const weight = pace.samples === 0 ? 1 : PACE_WEIGHT;
  pace.samples++;
  pace.propose += weight * (timing.propose - pace.propose);
  pace.check += weight * (timing.check - pace.check);
  pace.novelty += weight * (timing.novelty - pace.novelty);
  pace.evaluate += weight * (timing.evaluate - pace.evaluate);
}

function added(state: RunState, event: Added): RunState {
  const program = state.programs[event.job];
  const island = state.islands[event.island];
  if (!program || !island) return state;
  const correct = fitnessOf(state, event.job) > -Infinity;
  if (correct) {
    island.correct++;
    keep(island.recent, event.job, RECENT_KEPT);
    see(island, program.evaluation as Evaluation);
  }
  if (event.step?.accepted) island.current = event.job;
  creditPrompt(state, program);
  const lead = island.archive[0];
  if (event.status !== 'rejected') {
    state.accepted++;
    insert(state, event.island, event.job, event.evicted, event.cell, event.threshold);
    // The first correct program of a run, and it alone, is where every island begins.
    for (let i = 0; i < state.islands.length; i++) {
      const other = state.islands[i] as IslandState;
      if (!other.alive || (other.archive.length > 0 && i !== event.island)) continue;
      if (state.best === null) other.root = event.job;
      // Its cell is that of its own island: another's may have other axes.
      insert(state, i, event.job, [], null, null);
    }
    if (program.parent !== null) state.successes[program.parent] = (state.successes[program.parent] ?? 0) + 1;
  }
  const leads = island.archive[0] === event.job;
  island.stagnation = leads && lead !== event.job ? 0 : island.stagnation + 1;
  if (leads) for (const migrant of island.migrants) migrant.helped ||= migrant.program === program.parent;
  if (event.best) {
    state.best = event.job;
    state.bests.push(event.job);
    state.quietSince = state.evaluations;
  }
  const credit = {
    reward: event.reward,
    cost: PROPOSAL_COST + program.evaluations,
    dollars: program.worth ?? program.dollars,
    accepted: event.status !== 'rejected',
    best: event.best,
  };
  for (const each of event.credits) creditArm(armOf(state, each), credit);
  return state;
}

function changeStrategy(state: RunState, strategy: Strategy): void {
  if (!state.experiment) return;
  const before = state.experiment.strategy;
  state.experiment = { ...state.experiment, strategy };
  // Prompts that are written from here on start from the task as it is now.
  const task = strategy.prompts.task || state.experiment.summary;
  for (const prompt of state.prompts) {
    if (prompt.record.id === OWN_PROMPT && prompt.record.text !== task)
      prompt.record = { ...prompt.record, text: task };
  }
  const named = Math.max(before.islands.own.length, strategy.islands.own.length);
  state.islands.forEach((island, i) => {
    const archive = JSON.stringify(island.own?.archive ?? before.archive);
    if (i < named) island.own = strategy.islands.own[i] ?? null;
    // Thresholds belong to the cells of one archive.
    if (JSON.stringify(island.own?.archive ?? strategy.archive) !== archive) island.thresholds.clear();
  });
}

function armOf(state: RunState, { family, arm }: Credit): ReturnType<typeof emptyArm> {
  const arms = family === 'operator' ? state.arms : state.strategies;
  let found = arms.get(arm);
  if (!found) arms.set(arm, (found = emptyArm()));
  return found;
}
