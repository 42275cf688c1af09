import type { Migrated } from '../events.ts';
import type { RunState } from '../state.ts';
import { admit } from './archive.ts';

/**
 * Ring by copy: the best of each island is offered to the next one. Islands that began anew less than `rest` results ago are left
 * alone, else a restart would be undone at once. The programs to copy are fixed before the first copy lands.
 */
export function migrate(state: RunState, size: number, rest: number): Migrated[] {
  const count = state.islands.length;
  if (count < 2) return [];
  const offers = state.islands.map((island) => island.archive[0]);
  const moves: Migrated[] = [];
  offers.forEach((program, from) => {
    const to = (from + 1) % count;
    const target = state.islands[to];
    if (program === undefined || !target || state.consumed - target.startedAt < rest) return;
    const { status, evicted } = admit(state, to, program, size);
    if (status !== 'rejected') moves.push({ type: 'migrated', program, from, to, evicted });
  });
  return moves;
}
