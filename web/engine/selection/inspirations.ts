import type { ProgramId } from '../program.ts';
import type { Random } from '../rng.ts';

/**
 * Up to `count` programs other than the parent, without repeats: from the island first, the best of the other islands among
 * them, so that grafts and merges meet foreign lines of descent.
 */
export function selectInspirations(
  parent: ProgramId,
  archive: readonly ProgramId[],
  otherBests: readonly ProgramId[],
  count: number,
  random: Random,
): ProgramId[] {
  const pool = [...new Set([...archive, ...otherBests])].filter((id) => id !== parent);
  const chosen: ProgramId[] = [];
  while (chosen.length < count && pool.length > 0) chosen.push(...pool.splice(random.below(pool.length), 1));
  return chosen;
}
