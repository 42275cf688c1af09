import { describe, expect, it } from 'vitest';
import { cheapness, creditArm, emptyArm, posteriorOf } from '../../../../web/engine/bandits/arms.ts';
import type { Arm, ArmState } from '../../../../web/engine/bandits/bandit.ts';
import { createBandit } from '../../../../web/engine/bandits/index.ts';
import { rankGain, rewardByRank, rewardOf } from '../../../../web/engine/bandits/reward.ts';
import { drawBeta, drawGamma } from '../../../../web/engine/bandits/thompson.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { shares } from './matching-formula.ts';

const random = createRandom(1);

function arm(name: string, state: Partial<ArmState> | null, prior = 1): Arm {
  return { name, prior, state: state === null ? null : { ...emptyArm(), ...state } };
}

describe('matching', () => {
  it('gives what the formula gives: prior × smoothed rate over mean rate, within 8', () => {
    const given = [
      arm('a', { reward: 6, cost: 300, weight: 10 }),
      arm('b', { reward: 1, cost: 500, weight: 10 }, 3),
      arm('c', null),
    ];
    for (const exploration of [0, 0.3, 1]) {
      const expected = shares(given, exploration);
      createBandit({ type: 'matching' }, exploration)
        .probabilities(given, random)
        .forEach((p, i) => expect(p).toBeCloseTo(expected[i] as number, 12));
    }
  });
  it('counts dollars once some were spent', () => {
    const given = [
      arm('dear', { reward: 5, weight: 20, cost: 200, dollars: 2 }),
      arm('cheap', { reward: 5, weight: 20, cost: 200, dollars: 0.2 }),
    ];
    const [dear, cheap] = createBandit({ type: 'matching' }, 0).probabilities(given, random) as [number, number];
    expect(cheap).toBeGreaterThan(1.5 * dear);
  });
});

describe('ucb', () => {
  const ucb = createBandit({ type: 'ucb', exploration: 1, epsilon: 0.2, cost: 0 }, 0);
  it('tries the unseen first, each alike, and counts what is in flight as seen', () => {
    const given = [
      arm('a', { pulls: 3, submitted: 3, weight: 3 }),
      arm('b', null),
      arm('c', {}),
      arm('d', { submitted: 1 }),
    ];
    expect(ucb.probabilities(given, random)).toEqual([0, 0.5, 0.5, 0]);
  });
  it('is uniform where all tie', () => {
    const same = { pulls: 4, submitted: 4, weight: 4, upside: 1 };
    expect(ucb.probabilities([arm('a', same), arm('b', same), arm('c', same), arm('d', same)], random)).toEqual([
      0.25, 0.25, 0.25, 0.25,
    ]);
  });
  it('gives the best 1 − ε and shares ε among the others', () => {
    const given = ['a', 'b', 'c'].map((name, i) => arm(name, { pulls: 50, submitted: 50, weight: 20, upside: i * 5 }));
    const probabilities = ucb.probabilities(given, random);
    [0.1, 0.1, 0.8].forEach((p, i) => expect(probabilities[i]).toBeCloseTo(p, 12));
  });
  it('weighs the bonus by the square root of 2 ln t / n: where it wins is where the formula says', () => {
    // Means 1 and 0.5 of the best: the rarer arm leads once its bonus makes up for one half.
    const best = { submitted: 400, pulls: 400, weight: 30, upside: 30 * (Math.E - 1) };
    const half = (n: number): Partial<ArmState> => ({
      submitted: n,
      pulls: n,
      weight: 30,
      upside: 30 * (Math.sqrt(Math.E) - 1),
    });
    const bonus = (n: number, t: number): number => Math.sqrt((2 * Math.log(t)) / n);
    for (const n of [5, 10, 15, 17, 19, 21, 24, 40, 100]) {
      const leads = 0.5 + bonus(n, 400 + n) > 1 + bonus(400, 400 + n);
      const [p, q] = ucb.probabilities([arm('best', best), arm('half', half(n))], random) as [number, number];
      expect(q > p).toBe(leads);
    }
  });
  it('spreads proposals made at once', () => {
    const given = ['a', 'b', 'c', 'd'].map((name) => arm(name, {}));
    const counts = new Map<string, number>();
    for (let i = 0; i < 40; i++) {
      const index = random.weighted(ucb.probabilities(given, random));
      const chosen = given[index] as Arm;
      (chosen.state as ArmState).submitted++;
      counts.set(chosen.name, (counts.get(chosen.name) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(count).toBeGreaterThan(4);
    expect(counts.size).toBe(4);
  });
  it('with cost takes the cheaper of two that earn the same', () => {
    const blend = createBandit({ type: 'ucb', exploration: 1, epsilon: 0.2, cost: 0.5 }, 0);
    const same = { pulls: 50, submitted: 50, weight: 20, upside: 4, cost: 100 };
    expect(blend.probabilities([arm('a', { ...same, dollars: 9 }), arm('b', { ...same, dollars: 3 })], random)).toEqual(
      [expect.closeTo(0.2, 12), expect.closeTo(0.8, 12)],
    );
  });
});

describe('cheapness', () => {
  it('is the median over the cost, in dollars where some were spent, free arms cheapest', () => {
    const one = (dollars: number): Partial<ArmState> => ({ weight: 10, cost: 7, dollars });
    expect(cheapness([arm('a', one(10)), arm('b', one(20)), arm('c', one(40)), arm('d', null)])).toEqual([
      2, 1, 0.5, 1,
    ]);
    expect(cheapness([arm('a', one(0)), arm('b', one(0)), arm('c', one(3))])).toEqual([64, 64, 1]);
    expect(cheapness([arm('a', { weight: 1, cost: 20 }), arm('b', { weight: 1, cost: 10 })])).toEqual([0.75, 1.5]);
  });
});

describe('thompson', () => {
  it('gives two arms their chance of being best: P(Beta(a, 1) > Beta(c, 1)) = a / (a + c)', () => {
    const bandit = createBandit({ type: 'thompson', epsilon: 0, cost: 0 }, 0);
    const given = [arm('a', { reward: 5, weight: 5, pulls: 5 }), arm('b', { reward: 2, weight: 2, pulls: 2 })];
    let sum = 0;
    const runs = 400;
    for (let i = 0; i < runs; i++) sum += bandit.probabilities(given, createRandom(i))[0] as number;
    // Six of nine; standard error sqrt(p q / (128 × 400)) = 0.0021.
    expect(Math.abs(sum / runs - 6 / 9)).toBeLessThan(4 * 0.0021);
  });
  it('draws Beta and Gamma with the moments of their closed forms', () => {
    const stream = createRandom('moments');
    const n = 40_000;
    for (const [a, b] of [
      [1, 1],
      [1, 30],
      [3.5, 2],
      [40, 7],
    ] as const) {
      let mean = 0;
      let square = 0;
      for (let i = 0; i < n; i++) {
        const x = drawBeta(a, b, stream);
        mean += x / n;
        square += (x * x) / n;
      }
      const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
      expect(Math.abs(mean - a / (a + b))).toBeLessThan(4 * Math.sqrt(variance / n));
      expect((square - mean * mean) / variance).toBeGreaterThan(0.95);
      expect((square - mean * mean) / variance).toBeLessThan(1.05);
    }
    let gamma = 0;
    for (let i = 0; i < n; i++) gamma += drawGamma(2.5, stream) / n;
    expect(Math.abs(gamma - 2.5)).toBeLessThan(4 * Math.sqrt(2.5 / n));
  });
  it('draws Beta(1, 1) uniformly (chi-square, 20 cells) and Beta(2, 1) by its square', () => {
    const stream = createRandom('cells');
    const n = 20_000;
    for (const [a, cell] of [
      [1, (x: number) => x],
      [2, (x: number) => x * x],
    ] as const) {
      const cells = new Array<number>(20).fill(0);
      for (let i = 0; i < n; i++) {
        const at = Math.min(19, Math.floor(20 * cell(drawBeta(a, 1, stream))));
        cells[at] = (cells[at] as number) + 1;
      }
      const chi = cells.reduce((sum, seen) => sum + (seen - n / 20) ** 2 / (n / 20), 0);
      // 0.999 quantile of chi-square with 19 degrees of freedom.
      expect(chi).toBeLessThan(43.82);
    }
  });
});

describe('arms', () => {
  it('sum with decay 0.97 and count without', () => {
    const state = emptyArm();
    creditArm(state, { reward: 1, cost: 10, dollars: 0.5, accepted: true, best: true });
    creditArm(state, { reward: 0, cost: 20, dollars: 0, accepted: false, best: false });
    expect(state.pulls).toBe(2);
    expect(state.accepted).toBe(1);
    expect(state.bests).toBe(1);
    expect(state.reward).toBeCloseTo(0.97, 12);
    expect(state.weight).toBeCloseTo(1.97, 12);
    expect(state.upside).toBeCloseTo(0.97 * (Math.E - 1), 12);
    expect(state.cost).toBeCloseTo(29.7, 12);
    expect(state.dollars).toBeCloseTo(0.485, 12);
  });
  it.each([
    [0, 0],
    [0.2, 30],
    [3, 12],
    [20, 33],
  ])('hold what is drawn from their belief nine times in ten (%s of %s)', (reward, weight) => {
    const { mean, low, high } = posteriorOf({ ...emptyArm(), reward, weight });
    const stream = createRandom('interval');
    let inside = 0;
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      const x = drawBeta(1 + reward, 1 + weight - reward, stream);
      sum += x;
      if (x >= low && x <= high) inside++;
    }
    expect(sum / 20_000).toBeCloseTo(mean, 2);
    expect(inside / 20_000).toBeGreaterThan(0.87);
    expect(inside / 20_000).toBeLessThan(0.95);
  });
});

describe('rewards', () => {
  it('are 1, 0.2, 0.05 and 0', () => {
    expect(rewardOf({ best: true, admitted: true, betterThanParent: true })).toBe(1);
    expect(rewardOf({ best: false, admitted: true, betterThanParent: true })).toBe(0.2);
    expect(rewardOf({ best: false, admitted: true, betterThanParent: false })).toBe(0.05);
    expect(rewardOf({ best: false, admitted: false, betterThanParent: true })).toBe(0);
  });
  it('by rank depend on order only', () => {
    const recent = [-3, 1, 2, 2, 8];
    expect(rankGain(2, -3, recent)).toBeCloseTo((3 - 0.5) / 5, 12);
    const scaled = recent.map((x) => x * 1e-12 + 5);
    expect(rankGain(2e-12 + 5, -3e-12 + 5, scaled)).toBeCloseTo(0.5, 12);
    expect(rankGain(1e300, -1e300, recent)).toBe(1);
    expect(rankGain(1, -Infinity, recent)).toBeCloseTo(0.3, 12);
    expect(rankGain(1, 2, [])).toBe(0);
    expect(rewardByRank(false, -0.4)).toBe(0);
    expect(rewardByRank(true, -0.4)).toBe(1);
  });
  it('by rank look at the latest 500 only', () => {
    const recent = [...new Array<number>(1000).fill(100), ...new Array<number>(500).fill(0)];
    expect(rankGain(50, -50, recent)).toBe(1);
  });
});
