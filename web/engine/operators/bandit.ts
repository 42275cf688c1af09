/**
 * Shares proposals among operators by what they earn: probability matching (Goldberg 1990) over discounted reward per cost,
 * with the experiment's priors as the starting point and a floor under every arm.
 */
import { ARM_DECAY, PROPOSAL_COST, type ArmState } from '../state.ts';

/** Pseudo-cost that pulls an arm with little history towards the mean rate. */
const SMOOTHING = 20 * PROPOSAL_COST;
/** Furthest an arm's rate may count above or below the mean. */
const LARGEST_FACTOR = 8;

/**
 * Probabilities over `operators`, summing to 1 (all 0 when the list is empty or no prior is positive).
 * `exploration` (0–1) is the share that stays with the priors.
 */
export function shares(
  operators: readonly string[],
  priors: Readonly<Record<string, number>>,
  arms: ReadonlyMap<string, ArmState>,
  exploration: number,
): number[] {
  const prior = normalise(operators.map((operator) => Math.max(0, priors[operator] ?? 0)));
  let reward = 0;
  let cost = 0;
  for (const operator of operators) {
    reward += arms.get(operator)?.reward ?? 0;
    cost += arms.get(operator)?.cost ?? 0;
  }
  if (reward <= 0 || cost <= 0) return prior;
  const mean = reward / cost;
  const earned = normalise(
    operators.map((operator, i) => {
      const arm = arms.get(operator);
      const rate = ((arm?.reward ?? 0) + mean * SMOOTHING) / ((arm?.cost ?? 0) + SMOOTHING);
      return (prior[i] as number) * Math.max(1 / LARGEST_FACTOR, Math.min(LARGEST_FACTOR, rate / mean));
    }),
  );
  return prior.map((share, i) => exploration * share + (1 - exploration) * (earned[i] as number));
}

/** What a result earns: 1 for a new best, less for lesser success, 0 for none. Ranks only, so that no scale matters. */
export function rewardOf(result: { best: boolean; admitted: boolean; betterThanParent: boolean }): number {
  if (result.best) return 1;
  if (result.admitted && result.betterThanParent) return 0.2;
  return result.admitted ? 0.05 : 0;
}

function normalise(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total > 0 ? values.map((value) => value / total) : values.map(() => 0);
}

/** Number of an arm's latest results that carry most of the weight, for explanations in the page. */
export const ARM_MEMORY = Math.round(1 / (1 - ARM_DECAY));
