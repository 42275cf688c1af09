/** What a result earns for the arms behind it, 0–1. Ranks only, so that no scale of fitness matters. */

export interface Outcome {
  /** Best of the run. */
  readonly best: boolean;
  readonly admitted: boolean;
  readonly betterThanParent: boolean;
}

/** 1 for a new best, less for lesser success, 0 for none. */
export function rewardOf({ best, admitted, betterThanParent }: Outcome): number {
  if (best) return 1;
  if (admitted && betterThanParent) return 0.2;
  return admitted ? 0.05 : 0;
}

/** Correct programs that a rank is taken among. */
export const RANKED_AMONG = 500;

/**
 * Rank of the child less rank of the parent among the latest correct programs, −1 to 1; rank is the share that a fitness beats, ties
 * counted half. 0 where there is nothing to rank among.
 */
export function rankGain(child: number, parent: number, recent: readonly number[]): number {
  const from = Math.max(0, recent.length - RANKED_AMONG);
  if (recent.length === 0 || child === parent) return 0;
  let gain = 0;
  for (let i = from; i < recent.length; i++) {
    const other = recent[i] as number;
    gain += beats(child, other) - beats(parent, other);
  }
  return gain / (recent.length - from);
}

/** The finer alternative to `rewardOf`: 1 for a new best, else the ranks gained over the parent; a child that lost ranks earns 0. */
export function rewardByRank(best: boolean, gain: number): number {
  return best ? 1 : Math.max(0, Math.min(1, gain));
}

function beats(a: number, b: number): number {
  if (a > b) return 1;
  return a === b ? 0.5 : 0;
}
