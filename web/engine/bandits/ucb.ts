/**
 * Asymmetric UCB after ShinkaEvolve (arXiv 2509.19349): upside counts and failures only dilute it. Rewards are ranks in [0, 1], so
 * no scale of fitness matters; the mean is taken where large rewards weigh more (ln of the mean of e^reward) and scaled by the best
 * arm. The bonus counts what is still in flight, so that proposals made at once spread.
 */
import { log } from '../arithmetic.ts';
import { amount, cheapness } from './arms.ts';
import type { Arm, ArmState, Bandit } from './bandit.ts';
import { greedy } from './greedy.ts';

export function ucb(exploration: number, epsilon: number, cost: number): Bandit {
  const c = amount(exploration);
  const k = Math.min(1, amount(cost));
  return {
    name: `ucb(${exploration}, ${epsilon}, ${cost})`,
    probabilities(arms) {
      const result = arms.map(() => 0);
      const live = arms.flatMap((arm, i) => (arm.prior > 0 ? [i] : []));
      const chosen = decide(
        live.map((i) => arms[i] as Arm),
        c,
        epsilon,
        k,
      );
      live.forEach((i, at) => (result[i] = chosen[at] as number));
      return result;
    },
  };
}

function decide(arms: readonly Arm[], c: number, epsilon: number, k: number): number[] {
  const tries = arms.map(({ state }) => triesOf(state));
  const unseen = tries.filter((n) => n === 0).length;
  if (unseen > 0) return tries.map((n) => (n === 0 ? 1 / unseen : 0));
  const all = tries.reduce((sum, n) => sum + n, 0);
  const means = scaledMeans(arms);
  const ratios = cheapness(arms);
  const largest = ratios.reduce((most, ratio) => Math.max(most, ratio), 0);
  const scores = arms.map((_, i) => {
    const bonus = c * Math.sqrt((2 * log(Math.max(1, all))) / (tries[i] as number));
    return (1 - k) * ((means[i] as number) + bonus) + k * ((ratios[i] as number) / largest);
  });
  return greedy(scores, epsilon);
}

function triesOf(state: ArmState | null): number {
  return state ? Math.max(amount(state.submitted), amount(state.pulls)) : 0;
}

/** In [0, 1], 1 for the best arm. An arm all of whose proposals are still in flight has the mean of the others. */
function scaledMeans(arms: readonly Arm[]): number[] {
  const means = arms.map(({ state }) => {
    const weight = state ? amount(state.weight) : 0;
    return state && weight > 0 ? log(1 + amount(state.upside) / weight) : null;
  });
  const known = means.filter((mean): mean is number => mean !== null);
  const best = known.reduce((most, mean) => Math.max(most, mean), 0);
  if (best === 0) return means.map(() => 0);
  const middle = known.reduce((sum, mean) => sum + mean, 0) / known.length;
  return means.map((mean) => (mean ?? middle) / best);
}
