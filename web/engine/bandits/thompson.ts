/**
 * Thompson sampling (1933): an arm is chosen with the probability that it is the best under the Beta beliefs about the arms' mean
 * rewards. That probability has no closed form; it is estimated with a fixed number of joint draws from the given stream, and the
 * estimate is what is chosen by, so the propensity in the log is exact.
 */
import { log, pow } from '../arithmetic.ts';
import type { Random } from '../rng.ts';
import { amount, beliefOf, cheapness } from './arms.ts';
import type { Arm, Bandit } from './bandit.ts';

const DRAWS = 128;

/** `cost` (0–1) is the power of cheapness that multiplies a drawn reward: 0 asks for reward, 1 for reward per cost. */
export function thompson(epsilon: number, cost: number): Bandit {
  const even = Math.max(0, Math.min(1, epsilon));
  const power = Math.min(1, amount(cost));
  return {
    name: `thompson(${epsilon}, ${cost})`,
    probabilities(arms, random) {
      const result = arms.map(() => 0);
      const live = arms.flatMap((arm, i) => (arm.prior > 0 ? [i] : []));
      if (live.length === 0) return result;
      const wins = countWins(
        live.map((i) => arms[i] as Arm),
        power,
        random,
      );
      live.forEach((i, at) => (result[i] = (1 - even) * ((wins[at] as number) / DRAWS) + even / live.length));
      return result;
    },
  };
}

function countWins(arms: readonly Arm[], power: number, random: Random): number[] {
  const wins = arms.map(() => 0);
  if (arms.length === 1) return [DRAWS];
  const beliefs = arms.map(({ state }) => beliefOf(state));
  const scales = cheapness(arms).map((ratio) => (power === 0 ? 1 : pow(ratio, power)));
  for (let draw = 0; draw < DRAWS; draw++) {
    let best = 0;
    let most = -1;
    for (let i = 0; i < arms.length; i++) {
      const [a, b] = beliefs[i] as readonly [number, number];
      const value = drawBeta(a, b, random) * (scales[i] as number);
      if (value > most) {
        most = value;
        best = i;
      }
    }
    wins[best] = (wins[best] as number) + 1;
  }
  return wins;
}

/** A draw from Beta(a, b), a and b ≥ 1. */
export function drawBeta(a: number, b: number, random: Random): number {
  const x = drawGamma(a, random);
  return x / (x + drawGamma(b, random));
}

/** A draw from Gamma(shape, 1), shape ≥ 1: Marsaglia & Tsang 2000. */
export function drawGamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - random.next();
    const square = x * x;
    if (u < 1 - 0.0331 * square * square) return d * v;
    if (log(u) < square / 2 + d * (1 - v + log(v))) return d * v;
  }
}
