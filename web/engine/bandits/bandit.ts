/** The family of bandits: turns what arms have earned into probabilities. Pure, so that propensities in the log are exact. */
import type { Random } from '../rng.ts';

/** What an arm has earned so far. Arms are known by name, so that a list that changes between runs stays aligned. */
export interface ArmState {
  /** Results that came back. */
  pulls: number;
  /** Of those, how many were issued and not yet back count too. */
  submitted: number;
  /** Discounted sums over results; rewards are in [0, 1]. */
  reward: number;
  /** Discounted number of results. */
  weight: number;
  /** Discounted sum of e^reward − 1: what asymmetric UCB averages. */
  upside: number;
  /** Discounted cost in evaluations (see PROPOSAL_COST) and in dollars. */
  cost: number;
  dollars: number;
  /** Undiscounted, for people. */
  accepted: number;
  bests: number;
}

export interface Arm {
  readonly name: string;
  /** Prior share ≥ 0. */
  readonly prior: number;
  /** null: never tried. */
  readonly state: ArmState | null;
}

export interface Bandit {
  /** A few words for the log, e.g. `ucb(1, 0.2)`. */
  readonly name: string;
  /**
   * Probabilities, one an arm, summing to 1; all 0 when there is no arm or no prior is positive. An arm whose prior is 0 gets 0.
   * `random` may be used to estimate what has no closed form: the estimate then is the probability.
   */
  probabilities(arms: readonly Arm[], random: Random): number[];
}
