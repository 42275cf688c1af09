/** What events do to archives: programs come and go, are kept or shut out. */
import type { Migrated } from './events.ts';
import type { Evaluation, ProgramId } from './program.ts';
import { bestFitness, fitnessOf, type IslandState, type RunState } from './state.ts';

/** Migrants an island remembers. */
const MIGRANTS_KEPT = 12;

export function migrated(state: RunState, event: Migrated): void {
  insert(state, event.to, event.program, event.evicted, event.cell, event.threshold);
  const island = state.islands[event.to];
  if (!island) return;
  keep(island.migrants, { program: event.program, helped: island.archive[0] === event.program }, MIGRANTS_KEPT);
  island.migratedAt = state.consumed;
}

export function pin(state: RunState, id: ProgramId, pinned: boolean): void {
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

export function ban(state: RunState, id: ProgramId, banned: boolean): void {
  if (!banned) {
    state.banned.delete(id);
    if (fitnessOf(state, id) > bestFitness(state)) leads(state, id);
    return;
  }
  state.banned.add(id);
  state.pinned.delete(id);
  const best = bestAllowed(state);
  state.islands.forEach((island, i) => {
    remove(island, id);
    const at = island.failures.indexOf(id);
    if (at >= 0) island.failures.splice(at, 1);
    if (island.alive && island.archive.length === 0 && best !== null) insert(state, i, best, [], null, null);
    if (island.current === id) island.current = null;
    if (island.root === id) island.root = island.archive[0] ?? best ?? id;
  });
  if (state.best === id) {
    state.best = null;
    if (best !== null) leads(state, best);
  }
}

function leads(state: RunState, id: ProgramId): void {
  state.best = id;
  state.bests.push(id);
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

/** Keeps an archive sorted best first; older first where fitness ties. */
export function insert(
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
  const evaluation = state.programs[program]?.evaluation;
  if (fitness > -Infinity && evaluation) see(island, evaluation);
}

/** Programs come from elsewhere too: what an archive holds lies within the ranges it goes by. */
export function see(island: IslandState, evaluation: Evaluation): void {
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

/** Members of an archive that a person has pinned: they outlive it. */
export function pinnedIn(state: RunState, { archive }: IslandState): ProgramId[] {
  return state.pinned.size === 0 ? [] : archive.filter((id) => state.pinned.has(id));
}

export function remove(island: IslandState | undefined, program: ProgramId): void {
  if (!island) return;
  const at = island.archive.indexOf(program);
  if (at >= 0) island.archive.splice(at, 1);
}

export function keep<T>(list: T[], item: T, most: number): void {
  list.push(item);
  if (list.length > most) list.shift();
}
