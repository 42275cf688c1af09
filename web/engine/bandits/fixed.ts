/** The priors, for ever: the control that every other bandit is measured against. */
import { priorShares } from './arms.ts';
import type { Bandit } from './bandit.ts';

export function fixed(): Bandit {
  return { name: 'fixed', probabilities: (arms) => priorShares(arms) };
}
