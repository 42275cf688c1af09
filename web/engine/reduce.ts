/** Folds a log into its state: one function for page, resume, replay and tests. */
import { creditArm, emptyArm } from './bandits/arms.ts';
import type { Added, Credit, Evaluated, Issued, Migrated, Replied, RunEvent, Timing } from './events.ts';
import type { Experiment, Strategy } from './experiment.ts';
import { credited, promptEvicted } from './memory/prompt-evolution.ts';
import { addEntry, EMPTY_LINE } from './models/ledger.ts';
import type { Spending } from './models/model.ts';
import type { Evaluation, Program, ProgramId, ProgramStatus } from './program.ts';
import { createRandom } from './rng.ts';
import { addSpending, bestFitness, emptyIsland, fitnessOf, OWN_PROMPT, PROPOSAL_COST, strategyOf } from './state.ts';
import type { IslandState, PromptState, RunState, Told } from './state.ts';

/** Failed programs an island remembers, to show them to models or have them mended. */
const FAILURES_KEPT = 20;
/** Migrants an island remembers. */
const MIGRANTS_KEPT = 12;
/** Programs one look back covers, and how far back it looks for them. */
const MOST_REVIEWED = 20;
const FURTHEST_BACK = 2_000;
/** Programs shown to a model that writes a prompt. */
const TOP_PROGRAMS = 3;
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
      Object.assign(island, emptyIsland(event.from, state.consumed, island.own), { restarts });
      insert(state, event.island, event.from, [], null, null);
      return state;
    }
    case 'island-spawned':
      state.islands[event.island] = emptyIsland(event.from[0] ?? 0, state.consumed, event.own);
      for (const program of event.from) insert(state, event.island, program, [], null, null);
      return state;
    case 'island-merged': {
      const island = state.islands[event.from];
      if (!island) return state;
      island.alive = false;
      island.archive.length = 0;
      if (event.into !== null) {
        for (const program of event.evicted) remove(state.islands[event.into], program);
        for (const program of event.moved) insert(state, event.into, program, [], null, null);
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

function toldTo(state: RunState, { island, prompt: id, kind }: Issued): Told {
  const hints = [...state.hints.values()].filter((hint) => hint.island === null || hint.island === island);
  const { inspirations, prompts, memory } = strategyOf(state, island);
  const most = inspirations.failures;
  const prompt = promptOf(state, id)?.record ?? null;
  const own = state.islands[island]?.own?.prompts?.task ?? '';
  return {
    best: state.best,
    failures: most === 0 ? [] : (state.islands[island]?.failures ?? []).slice(-most),
    memory: state.memory,
    hints: hints.map(({ text }) => text),
    task: id === null ? own || prompts.task || (state.experiment?.summary ?? '') : (prompt?.text ?? ''),
    programs: kind === 'memory' ? latestAsked(state, memory.every) : kind === 'prompt' ? elites(state) : [],
    prompt,
  };
}

/** Programs of models that a look back is about, oldest first. */
function latestAsked(state: RunState, every: number): ProgramId[] {
  const found: ProgramId[] = [];
  const most = Math.min(every, MOST_REVIEWED);
  for (let id = state.programs.length - 1; id > 0 && found.length < most; id--) {
    const program = state.programs[id];
    if (program?.change && program.model !== null) found.unshift(id);
    if (state.programs.length - id > FURTHEST_BACK) break;
  }
  return found;
}

/** The best of every island, best first. */
function elites(state: RunState): ProgramId[] {
  const ids = new Set(state.islands.flatMap(({ archive }) => archive.slice(0, TOP_PROGRAMS)));
  return [...ids].sort((a, b) => fitnessOf(state, b) - fitnessOf(state, a) || a - b).slice(0, TOP_PROGRAMS);
}

/** Shared by all jobs that ask nobody. */
const NO_REPLIES: Map<number, never> = new Map<number, never>();

function replied(state: RunState, event: Replied): RunState {
  const flight = state.inFlight.get(event.job);
  if (flight) {
    const replies = flight.replies === NO_REPLIES ? new Map() : flight.replies;
    replies.set(event.call, { request: event.request, reply: event.reply, dollars: event.dollars });
    if (flight.replies === NO_REPLIES) state.inFlight.set(event.job, { ...flight, replies });
  }
  const key = `${event.purpose}·${event.model}`;
  const { purpose, model, dollars, reply } = event;
  const line = state.ledger.get(key) ?? { ...EMPTY_LINE, purpose, model };
  const entry = { usage: reply.usage, dollars, failed: reply.type === 'failed' };
  state.ledger.set(key, { ...addEntry(line, entry), purpose, model });
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
  if (issued.model !== null) {
    if (issued.kind === 'program') state.asked++;
    health(state, issued.model, flight.replies);
  }
  return issued;
}

function health(state: RunState, model: string, replies: ReadonlyMap<number, { reply: { type: string } }>): void {
  if (replies.size === 0) return;
  const ok = [...replies.values()].some(({ reply }) => reply.type === 'replied');
  const before = state.health.get(model);
  state.health.set(model, { failures: ok ? 0 : (before?.failures ?? 0) + 1, at: state.consumed });
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
    see(island, program.evaluation as Evaluation);
  }
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
      insert(state, i, event.job, [], event.cell, event.threshold);
    }
    if (program.parent !== null) state.successes[program.parent] = (state.successes[program.parent] ?? 0) + 1;
  }
  const leads = island.archive[0] === event.job;
  island.stagnation = leads && lead !== event.job ? 0 : island.stagnation + 1;
  if (leads) for (const migrant of island.migrants) migrant.helped ||= migrant.program === program.parent;
  if (event.best) {
    state.best = event.job;
    state.bests.push(event.job);
  }
  const credit = {
    reward: event.reward,
    cost: PROPOSAL_COST + program.evaluations,
    dollars: program.dollars,
    accepted: event.status !== 'rejected',
    best: event.best,
  };
  for (const each of event.credits) creditArm(armOf(state, each), credit);
  return state;
}

function see(island: IslandState, evaluation: Evaluation): void {
  for (const values of [evaluation.features, evaluation.metrics]) {
    for (const key in values) {
      const value = values[key] as number;
      const range = island.ranges.get(key);
      if (!range) island.ranges.set(key, [value, value]);
      else if (value < range[0] || value > range[1]) {
        island.ranges.set(key, [Math.min(range[0], value), Math.max(range[1], value)]);
      }
    }
  }
}

/** Every result counts for the prompt behind it; a correct one by the share of archived programs it beats. */
function creditPrompt(state: RunState, program: Program): void {
  if (program.model === null) return;
  const prompt = promptOf(state, program.prompt);
  if (!prompt) return;
  const fitness = fitnessOf(state, program.id);
  let beaten = 0;
  let all = 0;
  for (const { archive } of state.islands) {
    for (const id of archive) {
      if (id === program.id) continue;
      all++;
      if (fitness > fitnessOf(state, id)) beaten++;
    }
  }
  const share = all === 0 ? 0.5 : beaten / all;
  prompt.record = credited(prompt.record, fitness === -Infinity ? null : share);
}

function promptOf(state: RunState, id: string | null): PromptState | undefined {
  return state.prompts.find(({ record }) => record.id === (id ?? OWN_PROMPT));
}

function migrated(state: RunState, event: Migrated): void {
  insert(state, event.to, event.program, event.evicted, event.cell, event.threshold);
  const island = state.islands[event.to];
  if (!island) return;
  keep(island.migrants, { program: event.program, helped: island.archive[0] === event.program }, MIGRANTS_KEPT);
  island.migratedAt = state.consumed;
}

function changeStrategy(state: RunState, strategy: Strategy): void {
  if (!state.experiment) return;
  state.experiment = { ...state.experiment, strategy };
  strategy.islands.own.forEach((own, i) => {
    const island = state.islands[i];
    if (island) island.own = own;
  });
}

function addPrompt(state: RunState, id: string, parent: string | null, name: string, text: string): void {
  const record = { id, parent, name, text, programs: 0, percentiles: 0, results: 0 };
  state.prompts.push({ record, alive: true });
  const alive = state.prompts.filter((prompt) => prompt.alive).map((prompt) => prompt.record);
  const gone = promptEvicted(alive, id, state.experiment?.strategy.prompts.size ?? 1);
  const evicted = gone === null ? undefined : promptOf(state, gone);
  if (evicted) evicted.alive = false;
}

function pin(state: RunState, id: ProgramId, pinned: boolean): void {
  if (!pinned) {
    state.pinned.delete(id);
    return;
  }
  state.pinned.add(id);
  const program = state.programs[id];
  if (program && fitnessOf(state, id) > -Infinity && state.islands[program.island]?.alive) {
    insert(state, program.island, id, [], null, null);
  }
}

function ban(state: RunState, id: ProgramId, banned: boolean): void {
  if (!banned) {
    state.banned.delete(id);
    return;
  }
  state.banned.add(id);
  state.pinned.delete(id);
  state.islands.forEach((island, i) => {
    remove(island, id);
    const at = island.failures.indexOf(id);
    if (at >= 0) island.failures.splice(at, 1);
    if (island.alive && island.archive.length === 0)
      insert(state, i, bestAllowed(state) ?? island.root, [], null, null);
  });
  if (state.best === id) {
    state.best = bestAllowed(state);
    if (state.best !== null) state.bests.push(state.best);
  }
}

function bestAllowed(state: RunState): ProgramId | null {
  let best: ProgramId | null = null;
  for (const program of state.programs) {
    if (!program || state.banned.has(program.id)) continue;
    const fitness = fitnessOf(state, program.id);
    if (fitness > -Infinity && (best === null || fitness > fitnessOf(state, best))) best = program.id;
  }
  return best;
}

function armOf(state: RunState, { family, arm }: Credit): ReturnType<typeof emptyArm> {
  const arms = family === 'operator' ? state.arms : state.strategies;
  let found = arms.get(arm);
  if (!found) arms.set(arm, (found = emptyArm()));
  return found;
}

/** Keeps an archive sorted best first; older first where fitness ties. */
function insert(
  state: RunState,
  index: number,
  program: ProgramId,
  evicted: readonly ProgramId[],
  cell: string | null,
  threshold: number | null,
): void {
  const island = state.islands[index];
  if (!island) return;
  for (const id of evicted) remove(island, id);
  const { archive } = island;
  if (cell !== null && threshold !== null) island.thresholds.set(cell, threshold);
  if (archive.includes(program)) return;
  const fitness = fitnessOf(state, program);
  let at = archive.length;
  while (at > 0 && fitnessOf(state, archive[at - 1] as ProgramId) < fitness) at--;
  archive.splice(at, 0, program);
}

function remove(island: IslandState | undefined, program: ProgramId): void {
  if (!island) return;
  const at = island.archive.indexOf(program);
  if (at >= 0) island.archive.splice(at, 1);
}

function keep<T>(list: T[], item: T, most: number): void {
  list.push(item);
  if (list.length > most) list.shift();
}
