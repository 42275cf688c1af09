/** Which recommendation a proposal is given: one, drawn uniformly, so that proposals do not all go the same way. */
import type { Random } from '../rng.ts';
import type { Memory } from './memory.ts';

export interface Recalled {
  readonly text: string;
  /** Index into the memory's list. */
  readonly index: number;
  readonly among: number;
  /** 0–1. */
  readonly propensity: number;
}

/** null where there is nothing to recommend; then nothing is drawn from `random`. */
export function recall({ recommendations }: Memory, random: Random): Recalled | null {
  const among = recommendations.length;
  if (among === 0) return null;
  const index = random.below(among);
  return { text: recommendations[index] as string, index, among, propensity: 1 / among };
}
