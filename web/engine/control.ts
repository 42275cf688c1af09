/** What a person may change while a run is on, as events. Checks what can be checked before anything is changed. */
import type { RunEvent } from './events.ts';
import type { Experiment, Strategy } from './experiment.ts';
import { planMerge } from './population/merge.ts';
import { planSplit } from './population/split.ts';
import type { Files, ProgramId } from './program.ts';
import { Reader } from './reader.ts';
import { restoreRandom } from './rng.ts';
import { fitnessOf, type IslandState, type RunState } from './state.ts';
import type { IslandStrategy } from './strategy.ts';
import { readOwn } from './strategy-validation.ts';
import type { Tools } from './tools.ts';

export type Command =
  | { readonly type: 'budget'; readonly budget: Experiment['budget'] }
  | { readonly type: 'strategy'; readonly strategy: Strategy }
  /** A program of one's own; island and parent are those of the best program where they are not given. */
  | {
      readonly type: 'inject';
      readonly files: Files;
      readonly note: string;
      readonly parent?: ProgramId;
      readonly island?: number;
    }
  | { readonly type: 'hint'; readonly text: string; readonly island: number | null }
  | { readonly type: 'take-back-hint'; readonly id: number }
  | { readonly type: 'pin'; readonly program: ProgramId; readonly pinned: boolean }
  | { readonly type: 'ban'; readonly program: ProgramId; readonly banned: boolean }
  | { readonly type: 'spawn'; readonly from: readonly ProgramId[]; readonly own: Partial<IslandStrategy> | null }
  | { readonly type: 'merge'; readonly from: number; readonly into: number }
  | { readonly type: 'split'; readonly island: number }
  /** From here on a run of its own, with random streams of its own. */
  | { readonly type: 'fork'; readonly seed: number };

export type CommandResult =
  { readonly type: 'ok'; readonly event: RunEvent } | { readonly type: 'refused'; readonly reason: string };

const LONGEST_HINT = 4_000;
const MOST_HINTS = 20;
const MOST_PINNED = 1_000;
const MOST_ISLANDS = 1_000;

export function commandEvent(command: Command, tools: Tools): CommandResult {
  const { state } = tools;
  switch (command.type) {
    case 'budget':
      return ok({ type: 'budget-changed', budget: command.budget });
    case 'strategy':
      return ok({ type: 'strategy-changed', strategy: command.strategy });
    case 'fork':
      return ok({ type: 'forked', seed: command.seed });
    case 'inject':
      return inject(command, state);
    case 'hint': {
      const text = command.text.trim();
      if (text === '') return refused('a hint needs words');
      if (text.length > LONGEST_HINT) return refused(`a hint may have ${LONGEST_HINT} characters, not ${text.length}`);
      if (state.hints.size >= MOST_HINTS) return refused(`there are ${MOST_HINTS} hints already: take one back first`);
      const problem = command.island === null ? null : aliveProblem(state, command.island);
      if (problem) return refused(problem);
      const id = Math.max(-1, ...state.hints.keys()) + 1;
      return ok({ type: 'hinted', id, text, island: command.island });
    }
    case 'take-back-hint':
      if (!state.hints.has(command.id)) return refused(`there is no hint ${command.id}`);
      return ok({ type: 'hinted', id: command.id, text: null, island: null });
    case 'pin':
      return pin(command.program, command.pinned, state);
    case 'ban':
      return ban(command.program, command.banned, state);
    case 'spawn':
      return spawn(command.from, command.own, state);
    case 'merge':
      return merge(command.from, command.into, tools);
    case 'split':
      return split(command.island, tools);
    default:
      return command satisfies never;
  }
}

function inject(command: Extract<Command, { type: 'inject' }>, state: RunState): CommandResult {
  const parent = command.parent ?? state.best;
  if (parent === null) return refused('there is no program yet to start from');
  if (!state.programs[parent]?.change) return refused(`program ${parent} has no text`);
  const island = command.island ?? state.programs[parent]?.island ?? 0;
  const home = state.islands[island]?.alive ? island : state.islands.findIndex((each) => each.alive);
  const entry = state.experiment?.entry ?? '';
  if (!Object.hasOwn(command.files, entry)) return refused(`the program must have the file ${entry}`);
  return ok({ type: 'injected', island: home, parent, files: command.files, note: command.note });
}

function pin(program: ProgramId, pinned: boolean, state: RunState): CommandResult {
  if (!state.programs[program]?.change) return refused(`there is no program ${program} with a text`);
  if (pinned && fitnessOf(state, program) === -Infinity)
    return refused(`program ${program} has no score to be kept for`);
  if (pinned && state.banned.has(program)) return refused(`program ${program} is banned`);
  if (pinned && state.pinned.size >= MOST_PINNED) return refused(`${MOST_PINNED} programs are pinned already`);
  return ok({ type: 'pinned', program, pinned });
}

function ban(program: ProgramId, banned: boolean, state: RunState): CommandResult {
  if (!state.programs[program]?.change) return refused(`there is no program ${program} with a text`);
  const left = state.programs.some(
    (each) => each && each.id !== program && !state.banned.has(each.id) && fitnessOf(state, each.id) > -Infinity,
  );
  if (banned && fitnessOf(state, program) > -Infinity && !left) {
    return refused('it is the only correct program: without it there is nothing to go on from');
  }
  return ok({ type: 'banned', program, banned });
}

function spawn(from: readonly ProgramId[], own: Partial<IslandStrategy> | null, state: RunState): CommandResult {
  if (state.islands.length >= MOST_ISLANDS) return refused(`there are ${MOST_ISLANDS} islands already`);
  if (from.length === 0) return refused('an island needs a program to begin with');
  const bad = from.find((id) => fitnessOf(state, id) === -Infinity || state.banned.has(id));
  if (bad !== undefined) return refused(`program ${bad} can not begin an island: it is banned or has no score`);
  const read = new Reader();
  const checked = own === null ? null : readOwn(read, own, 'own');
  if (read.problems.length > 0) return refused(read.problems.join('; '));
  const island = state.islands.length;
  return ok({ type: 'island-spawned', island, from, own: checked, by: 'person', reason: 'asked for' });
}

function merge(from: number, into: number, tools: Tools): CommandResult {
  const { state } = tools;
  const problem = aliveProblem(state, from) ?? aliveProblem(state, into);
  if (problem) return refused(problem);
  if (from === into) return refused('an island can not be merged with itself');
  const [source, target] = [state.islands[from] as IslandState, state.islands[into] as IslandState];
  const { moved, evicted } = planMerge(tools.view(source).members, tools.view(target), tools.archive(into));
  return ok({ type: 'island-merged', from, into, moved, evicted, by: 'person', reason: 'asked for' });
}

function split(island: number, tools: Tools): CommandResult {
  const { state } = tools;
  const problem = aliveProblem(state, island);
  if (problem) return refused(problem);
  const home = state.islands[island] as IslandState;
  if (home.archive.length < 2)
    return refused(`island ${island} holds ${home.archive.length} programs: too few to split`);
  if (state.islands.length >= MOST_ISLANDS) return refused(`there are ${MOST_ISLANDS} islands already`);
  const random = restoreRandom(state.random as NonNullable<RunState['random']>).split(
    `split/${state.consumed}/${state.islands.length}`,
  );
  const moved = planSplit(tools.view(home).members, random);
  return ok({ type: 'island-split', island, into: state.islands.length, moved });
}

function aliveProblem(state: RunState, island: number): string | null {
  if (!state.islands[island]) return `there is no island ${island}`;
  return state.islands[island].alive ? null : `island ${island} has been retired`;
}

function ok(event: RunEvent): CommandResult {
  return { type: 'ok', event };
}

function refused(reason: string): CommandResult {
  return { type: 'refused', reason };
}
