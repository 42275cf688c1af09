/**
 * What follows from an event that came from outside: places in archives, moves between islands, the next jobs, the end. A function of
 * the state alone, so that a log that was cut can be finished as it would have gone on.
 */
import { canMend } from './arms.ts';
import { rewardOf } from './bandits/reward.ts';
import { exhausted } from './budget.ts';
import type { Added, Credit, Issued, RunEvent, RunFinished } from './events.ts';
import { issueNext } from './issue.ts';
import { followStagnation, followMigration } from './islands.ts';
import type { Admission } from './population/archive-contract.ts';
import type { Program, ProgramId } from './program.ts';
import { restoreRandom } from './rng.ts';
import { acceptance, annealingOf, temperatureAt } from './selection/annealing.ts';
import { bestFitness, currentOf, fitnessOf, strategyOf, type InFlight, type RunState, type Words } from './state.ts';
import type { Tools } from './tools.ts';

/** Results in a row that found nothing new to evaluate before the run gives up. */
const LARGEST_IDLE = 2_000;

/** What the event before came to; taken before it was folded into the state. */
export type Landed = InFlight | null;

/** The consumer folds each event into the state before it asks for the next. */
export function* follow(event: RunEvent, landed: Landed, tools: Tools): Generator<RunEvent> {
  const { state } = tools;
  if (event.type === 'evaluated') {
    const program = state.programs[event.job];
    if (!program || !landed) return;
    yield place(program, landed, tools);
    if (state.best === null && state.inFlight.size === 0 && !canMend(tools)) {
      yield finish('seed-failed', `the seed program is ${program.status}: ${program.reason}`, state.elapsed);
      return;
    }
    yield* followStagnation(tools);
    yield* followMigration(tools);
  } else if (event.type === 'remembered' || event.type === 'prompt-written') {
    // Whether elites travel goes by the number of results, whatever they are of.
    yield* followMigration(tools);
  }
  // An end stands until something reopens the run: a pin or a hint behind it does not.
  if (state.finished !== null) return;
  const reason = state.idle >= LARGEST_IDLE ? 'nothing-to-do' : exhausted(state);
  // What is in flight is paid for, or will be: it is finished and kept before a run ends.
  if (reason && state.inFlight.size > 0) return;
  if (reason) yield finish(reason, '', state.elapsed);
  else yield* issueNext(tools);
}

export function finish(reason: RunFinished['reason'], detail: string, at: number): RunFinished {
  return { type: 'run-finished', reason, detail, timing: { at: Math.round(at) } };
}

function place(program: Program, landed: InFlight, tools: Tools): Added {
  const { state } = tools;
  const { id } = program;
  const island = homeOf(program.island, state);
  const fitness = fitnessOf(state, id);
  const admission = admitted(id, island, tools);
  const best = fitness > bestFitness(state) && !state.banned.has(id);
  const betterThanParent = program.parent !== null && fitness > fitnessOf(state, program.parent);
  const reward = rewardOf({ best, admitted: admission.status !== 'rejected', betterThanParent });
  return {
    type: 'added',
    job: id,
    island,
    ...admission,
    ...stepOf(id, island, tools),
    best,
    stale: state.bests.length - landed.bests,
    reward,
    credits: creditsOf(landed.issued),
  };
}

/** Where a program is offered: its island, or, where that was retired meanwhile, the best of the others. */
function homeOf(island: number, state: RunState): number {
  if (state.islands[island]?.alive) return island;
  let home = island;
  let best: number | null = null;
  state.islands.forEach(({ alive, archive }, i) => {
    const lead = archive[0] === undefined ? -Infinity : fitnessOf(state, archive[0]);
    if (!alive || (best !== null && lead <= best)) return;
    home = i;
    best = lead;
  });
  return home;
}

function admitted(id: ProgramId, island: number, tools: Tools): Admission {
  const { state } = tools;
  const home = state.islands[island];
  const program = state.programs[id] as Program;
  const refused = (reason: string): Admission => ({
    ...{ status: 'rejected', evicted: [], reason, cell: null, threshold: null },
  });
  if (fitnessOf(state, id) === -Infinity) return refused(program.reason || program.status);
  if (!home?.alive) return refused('its island was retired');
  if (state.banned.has(id)) return refused('it is banned');
  return tools.archive(island).admit(tools.view(home), tools.member(id));
}

/** Whether it takes the place of an annealed island's current program: drawn from a stream of its own. */
function stepOf(id: ProgramId, index: number, { state }: Tools): Pick<Added, 'step'> {
  const settings = annealingOf(strategyOf(state, index).selection);
  const island = state.islands[index];
  const fitness = fitnessOf(state, id);
  if (!settings || !island?.alive || fitness === -Infinity || state.banned.has(id)) return {};
  const current = currentOf(island);
  if (current === null) return {};
  const recent = island.recent.map((each) => fitnessOf(state, each));
  const temperature = temperatureAt(settings, island.evaluations);
  const probability = acceptance(fitness, fitnessOf(state, current), recent, temperature);
  const random = restoreRandom(state.random as Words).split(`anneal/${id}`);
  return { step: { accepted: random.next() < probability, probability } };
}

/** Arms that stand behind a job, by its recorded choices. */
function creditsOf(issued: Issued): Credit[] {
  const credits: Credit[] = [];
  for (const { choice, chosen } of issued.choices) {
    if (typeof chosen !== 'string') continue;
    if (choice === 'operator') credits.push({ family: 'operator', arm: chosen });
    else if (choice === 'strategy') credits.push({ family: 'strategy', arm: chosen });
  }
  return credits;
}
