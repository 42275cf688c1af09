/** Islands as rows of a table, and why one of them can't be split or merged. */
import type { Goal } from '../engine/experiment.ts';
import type { ProgramId } from '../engine/program.ts';
import type { RunState } from '../engine/state.ts';
import { measureOf } from './measure.ts';

export interface IslandRow {
  readonly index: number;
  /** As people count. */
  readonly number: number;
  readonly alive: boolean;
  readonly best: ProgramId | null;
  readonly value: number | null;
  readonly size: number;
  /** Results since its archive last changed for the better. */
  readonly stagnation: number;
  readonly restarts: number;
}

export function islandRows(state: RunState, goal: Goal): IslandRow[] {
  return state.islands.map(({ alive, archive, stagnation, restarts }, index) => {
    const best = archive[0] ?? null;
    const value = best === null ? null : measureOf(goal, state.programs[best]);
    return { index, number: index + 1, alive, best, value, size: archive.length, stagnation, restarts };
  });
}

/** Empty where it can be split. */
export function splitProblem(row: IslandRow): string {
  if (!row.alive) return 'It has been retired.';
  return row.size < 2 ? 'It holds too few programs to be split.' : '';
}

/** Living islands that another can be merged into. */
export function mergeTargets(rows: readonly IslandRow[], from: IslandRow): IslandRow[] {
  return from.alive ? rows.filter((row) => row.alive && row.index !== from.index) : [];
}
