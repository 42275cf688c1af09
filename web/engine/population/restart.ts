import type { IslandRestarted } from '../events.ts';
import type { RunState } from '../state.ts';

/**
 * An island that found nothing better for `after` of its own results begins again from the seed; what it found stays in the log
 * and, if it is the best of the run, in `best`.
 */
export function restart(state: RunState, islandIndex: number, after: number): IslandRestarted | null {
  const island = state.islands[islandIndex];
  if (after <= 0 || !island || island.stagnation < after) return null;
  return { type: 'island-restarted', island: islandIndex, from: 0, reason: `${after} results without a better one` };
}
