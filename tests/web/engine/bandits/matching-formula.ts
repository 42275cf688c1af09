/** Probability matching written straight from its formula, to compare with. */
import type { Arm } from '../../../../web/engine/bandits/bandit.ts';

export function shares(arms: readonly Arm[], exploration: number): number[] {
  const priors = arms.map(({ prior }) => prior / arms.reduce((sum, arm) => sum + arm.prior, 0));
  const reward = arms.reduce((sum, { state }) => sum + (state?.reward ?? 0), 0);
  const cost = arms.reduce((sum, { state }) => sum + (state?.cost ?? 0), 0);
  const mean = reward / cost;
  const weights = arms.map(({ state }, i) => {
    const rate = ((state?.reward ?? 0) + mean * 200) / ((state?.cost ?? 0) + 200);
    return (priors[i] as number) * Math.min(8, Math.max(1 / 8, rate / mean));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return priors.map((prior, i) => exploration * prior + (1 - exploration) * ((weights[i] as number) / total));
}
