/** The bandits by the settings that name them. */
import type { BanditSettings } from '../strategy.ts';
import { normalise, priorShares } from './arms.ts';
import type { Bandit } from './bandit.ts';
import { fixed } from './fixed.ts';
import { matching } from './matching.ts';
import { thompson } from './thompson.ts';
import { ucb } from './ucb.ts';

/** `exploration` (0–1) is the share of the choice that stays with the priors; 1 switches the bandit off. */
export function createBandit(settings: BanditSettings, exploration: number): Bandit {
  const bandit = bare(settings);
  const kept = Math.max(0, Math.min(1, exploration));
  if (settings.type === 'fixed' || kept === 0) return bandit;
  return {
    name: `${bandit.name} + ${kept} priors`,
    probabilities(arms, random) {
      const prior = priorShares(arms);
      if (kept === 1) return prior;
      const earned = bandit.probabilities(arms, random);
      return normalise(prior.map((share, i) => kept * share + (1 - kept) * (earned[i] as number)));
    },
  };
}

function bare(settings: BanditSettings): Bandit {
  switch (settings.type) {
    case 'matching':
      return matching();
    case 'ucb':
      return ucb(settings.exploration, settings.epsilon, settings.cost);
    case 'thompson':
      return thompson(settings.epsilon, settings.cost);
    case 'fixed':
      return fixed();
    default:
      throw new Error(`no bandit is called ${JSON.stringify(settings satisfies never)}`);
  }
}
