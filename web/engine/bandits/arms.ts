/** What arms have earned: how a result is credited, what bandits may take from it, and what views show. */
import { exp, log } from '../arithmetic.ts';
import type { Arm, ArmState } from './bandit.ts';

/** Kept of an arm's sums at each of its results, so that what it earned long ago fades. */
export const ARM_DECAY = 0.97;
/** Number of an arm's latest results that carry most of the weight, for explanations. */
export const ARM_MEMORY = Math.round(1 / (1 - ARM_DECAY));

export interface ArmResult {
  /** 0–1. */
  readonly reward: number;
  /** Evaluations, with what a proposal costs besides. */
  readonly cost: number;
  readonly dollars: number;
  readonly accepted: boolean;
  readonly best: boolean;
}

export function emptyArm(): ArmState {
  return { pulls: 0, submitted: 0, reward: 0, weight: 0, upside: 0, cost: 0, dollars: 0, accepted: 0, bests: 0 };
}

/** Adds a result to the arm, in place. */
export function creditArm(arm: ArmState, result: ArmResult): void {
  const reward = Math.min(1, amount(result.reward));
  arm.pulls++;
  arm.reward = ARM_DECAY * arm.reward + reward;
  arm.weight = ARM_DECAY * arm.weight + 1;
  arm.upside = ARM_DECAY * arm.upside + (exp(reward) - 1);
  arm.cost = ARM_DECAY * arm.cost + amount(result.cost);
  arm.dollars = ARM_DECAY * arm.dollars + amount(result.dollars);
  if (result.accepted) arm.accepted++;
  if (result.best) arm.bests++;
}

/** Belief about an arm's mean reward: Beta(1 + reward, 1 + weight − reward). `low` and `high` hold it with about nine chances in ten. */
export interface Posterior {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The interval is normal on the log-odds, whose mean and variance have closed forms: it stays inside 0 and 1 and is as lopsided as the belief. */
export function posteriorOf(arm: ArmState | null): Posterior {
  const [a, b] = beliefOf(arm);
  const centre = digamma(a) - digamma(b);
  const spread = 1.6448536269514722 * Math.sqrt(trigamma(a) + trigamma(b));
  return { mean: a / (a + b), low: sigmoid(centre - spread), high: sigmoid(centre + spread) };
}

/** Parameters of the Beta belief, both at least 1. */
export function beliefOf(arm: ArmState | null): readonly [number, number] {
  if (!arm) return [1, 1];
  const reward = amount(arm.reward);
  return [1 + reward, 1 + Math.max(0, amount(arm.weight) - reward)];
}

/** Shares of the arms by prior, summing to 1; all 0 where no prior is positive. */
export function priorShares(arms: readonly Arm[]): number[] {
  return normalise(arms.map(({ prior }) => priorOf(prior)));
}

export function normalise(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total > 0 ? values.map((value) => value / total) : values.map(() => 0);
}

/** A count or sum as bandits take it: NaN and what is not above 0 count as 0, and nothing is so large or small that quotients overflow. */
export function amount(x: number): number {
  return x > 1e-12 ? Math.min(x, 1e12) : 0;
}

/** A prior as bandits take it: 0 only where it is not above 0. */
export function priorOf(x: number): number {
  return x > 0 ? Math.max(1e-12, Math.min(x, 1e12)) : 0;
}

/** Mean cost of each arm in dollars where any arm has spent some, else in evaluations; null where it has no result. */
export function meanCosts(arms: readonly Arm[]): (number | null)[] {
  const dollars = arms.some(({ state }) => state !== null && amount(state.dollars) > 0);
  return arms.map(({ state }) => {
    if (!state || !(amount(state.weight) > 0)) return null;
    return amount(dollars ? state.dollars : state.cost) / amount(state.weight);
  });
}

/** Furthest an arm's cheapness may count above or below the median. */
const LARGEST_RATIO = 64;

/**
 * How much cheaper than the median each arm is: median cost over its cost, within 1/64 and 64; 1 for arms without a result. Free
 * arms count as the cheapest possible.
 */
export function cheapness(arms: readonly Arm[]): number[] {
  const costs = meanCosts(arms);
  const known = costs.filter((cost): cost is number => cost !== null).sort((a, b) => a - b);
  const middle = known.length >> 1;
  let reference = known.length % 2 === 1 ? (known[middle] ?? 0) : ((known[middle - 1] ?? 0) + (known[middle] ?? 0)) / 2;
  // Where most arms are free the median says nothing about the others.
  if (reference === 0) reference = known.find((cost) => cost > 0) ?? 0;
  return costs.map((cost) => {
    if (cost === null || reference === 0) return 1;
    return Math.max(1 / LARGEST_RATIO, Math.min(LARGEST_RATIO, reference / Math.max(cost, reference / LARGEST_RATIO)));
  });
}

function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

/** Asymptotic series after shifting the argument beyond 6. */
function digamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 6; y++) shift -= 1 / y;
  const z = 1 / (y * y);
  return shift + log(y) - 1 / (2 * y) - z * (1 / 12 - z * (1 / 120 - z / 252));
}

function trigamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 6; y++) shift += 1 / (y * y);
  const z = 1 / (y * y);
  return shift + 1 / y + z / 2 + (z / y) * (1 / 6 - z * (1 / 30 - z / 42));
}
