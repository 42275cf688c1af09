import { describe, expect, it } from 'vitest';
import { creditArm, emptyArm } from '../../../../web/engine/bandits/arms.ts';
import type { Arm, ArmState } from '../../../../web/engine/bandits/bandit.ts';
import { createBandit } from '../../../../web/engine/bandits/index.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { BanditSettings } from '../../../../web/engine/strategy.ts';

interface Model {
  readonly dollars: number;
  readonly success: (gap: number) => number;
}

/** Plays until the money is gone; returns ln of the gap closed. A proposal that succeeds takes a tenth to a half off the gap. */
function play(models: readonly Model[], settings: BanditSettings, seed: number, budget: number): number {
  const random = createRandom(seed);
  const bandit = createBandit(settings, 0.05);
  const arms: Arm[] = models.map((_, i) => ({ name: `m${i}`, prior: 1, state: emptyArm() }));
  let gap = 1;
  let left = budget;
  for (;;) {
    const index = random.weighted(bandit.probabilities(arms, random));
    const model = models[index] as Model;
    if (model.dollars > left) return -Math.log(gap);
    left -= model.dollars;
    const state = (arms[index] as Arm).state as ArmState;
    state.submitted++;
    const success = random.next() < model.success(gap);
    const shrink = 0.5 + 0.4 * random.next();
    if (success) gap *= shrink;
    creditArm(state, { reward: success ? 1 : 0, cost: 11, dollars: model.dollars, accepted: success, best: success });
  }
}

function mean(models: readonly Model[], settings: BanditSettings, budget: number): number {
  const seeds = 40;
  let sum = 0;
  for (let seed = 0; seed < seeds; seed++) sum += play(models, settings, seed, budget);
  return sum / seeds;
}

const FIXED: BanditSettings = { type: 'fixed' };

/** Prices 1 : 4 : 20. The cheap one is good while the gap is wide and useless later; the dear one never pays here. */
const ARMS: readonly Model[] = [
  { dollars: 0.01, success: (gap) => Math.min(0.5, 0.9 * gap ** 0.7) },
  { dollars: 0.04, success: (gap) => Math.min(0.5, 0.3 * gap ** 0.02) },
  { dollars: 0.2, success: () => 0.35 },
];

describe('the world of arms at prices 1 : 4 : 20', () => {
  it.each<[BanditSettings, number]>([
    [{ type: 'thompson', epsilon: 0.05, cost: 1 }, 1.5],
    [{ type: 'ucb', exploration: 0.3, epsilon: 0.05, cost: 0.5 }, 1.15],
    [{ type: 'matching' }, 1.1],
  ])('%o closes more of the gap for the same money than fixed shares, by a factor of %d', (settings, factor) => {
    expect(mean(ARMS, settings, 8)).toBeGreaterThan(factor * mean(ARMS, FIXED, 8));
  });
});

describe('four arms of one price', () => {
  const rates = [0.02, 0.05, 0.1, 0.4];
  const models = rates.map((rate): Model => ({ dollars: 0.01, success: () => rate }));
  it.each<[BanditSettings]>([
    [{ type: 'thompson', epsilon: 0.05, cost: 0 }],
    [{ type: 'ucb', exploration: 0.5, epsilon: 0.1, cost: 0 }],
  ])('%o loses less than half of the regret of fixed shares', (settings) => {
    const pulls = 600;
    const best = mean([models[3] as Model], FIXED, 0.01 * pulls);
    const fixed = best - mean(models, FIXED, 0.01 * pulls);
    expect(best - mean(models, settings, 0.01 * pulls)).toBeLessThan(0.5 * fixed);
  });
  it('follows when the best arm changes half-way', () => {
    for (const settings of [{ type: 'thompson', epsilon: 0.05, cost: 0 }, { type: 'matching' }] as const) {
      const bandit = createBandit(settings, 0.1);
      const random = createRandom('swap');
      const arms: Arm[] = [0, 1].map((i) => ({ name: `m${i}`, prior: 1, state: emptyArm() }));
      let late = 0;
      for (let t = 0; t < 1200; t++) {
        const index = random.weighted(bandit.probabilities(arms, random));
        const good = t < 600 ? 0 : 1;
        const reward = random.next() < (index === good ? 0.5 : 0.03) ? 1 : 0;
        creditArm((arms[index] as Arm).state as ArmState, {
          reward,
          cost: 11,
          dollars: 0,
          accepted: false,
          best: false,
        });
        if (t >= 1000 && index === 1) late++;
      }
      expect(late).toBeGreaterThan(120);
    }
  });
});
