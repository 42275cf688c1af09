/**
 * Probability matching (Goldberg 1990) over discounted reward per cost: shares start at the priors and move with what arms earn,
 * never further than a factor. The exploration share, which keeps every arm alive, is added in index.ts.
 */
import { PROPOSAL_COST } from '../state.ts';
import { amount, normalise, priorShares } from './arms.ts';
import type { Bandit } from './bandit.ts';

/** Proposals' worth of pseudo-cost that pulls an arm with little history towards the mean rate. */
const SMOOTHING = 20;
/** Furthest an arm's rate may count above or below the mean. */
const LARGEST_FACTOR = 8;

export function matching(): Bandit {
  return {
    name: 'matching',
    probabilities(arms) {
      const prior = priorShares(arms);
      const live = arms.map(({ state }, i) => ((prior[i] as number) > 0 ? state : null));
      const sum = (key: 'reward' | 'weight' | 'dollars' | 'cost'): number =>
        live.reduce((total, state) => total + (state ? amount(state[key]) : 0), 0);
      const unit = sum('dollars') > 0 ? 'dollars' : 'cost';
      const reward = sum('reward');
      const cost = sum(unit);
      const weight = sum('weight');
      if (reward === 0 || cost === 0 || weight === 0) return prior;
      const mean = reward / cost;
      const smoothing = SMOOTHING * (unit === 'cost' ? PROPOSAL_COST : cost / weight);
      return normalise(
        live.map((state, i) => {
          const earned = state ? amount(state.reward) : 0;
          const paid = state ? amount(state[unit]) : 0;
          const factor = (earned + mean * smoothing) / (paid + smoothing) / mean;
          return (prior[i] as number) * Math.max(1 / LARGEST_FACTOR, Math.min(LARGEST_FACTOR, factor));
        }),
      );
    },
  };
}
