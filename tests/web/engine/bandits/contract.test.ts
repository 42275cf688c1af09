import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditArm, emptyArm } from '../../../../web/engine/bandits/arms.ts';
import type { Arm, ArmState } from '../../../../web/engine/bandits/bandit.ts';
import { createBandit } from '../../../../web/engine/bandits/index.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { BanditSettings } from '../../../../web/engine/strategy.ts';

const BANDITS: readonly BanditSettings[] = [
  { type: 'matching' },
  { type: 'ucb', exploration: 1, epsilon: 0.2, cost: 0 },
  { type: 'ucb', exploration: 1, epsilon: 0, cost: 0.5 },
  { type: 'thompson', epsilon: 0.1, cost: 0 },
  { type: 'thompson', epsilon: 0, cost: 1 },
  { type: 'fixed' },
];

const amounts = fc.oneof(
  fc.double({ min: 0, max: 50, noNaN: true }),
  fc.constantFrom(0, 1e-12, 1e300, Infinity, -Infinity, NaN, -1),
);
const states: fc.Arbitrary<ArmState> = fc.record({
  pulls: amounts,
  submitted: amounts,
  reward: amounts,
  weight: amounts,
  upside: amounts,
  cost: amounts,
  dollars: amounts,
  accepted: amounts,
  bests: amounts,
});
const arms: fc.Arbitrary<Arm[]> = fc.array(fc.record({ name: fc.string(), prior: amounts, state: fc.option(states) }), {
  maxLength: 8,
});

describe.each(BANDITS)('the contract of $type', (settings) => {
  it.each([0, 0.3, 1])('gives probabilities whatever the arms are, exploration %s', (exploration) => {
    const bandit = createBandit(settings, exploration);
    fc.assert(
      fc.property(arms, fc.integer(), (given, seed) => {
        const before = JSON.stringify(given);
        const probabilities = bandit.probabilities(given, createRandom(seed));
        expect(JSON.stringify(given)).toBe(before);
        expect(probabilities).toHaveLength(given.length);
        const some = given.some(({ prior }) => prior > 0);
        expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(some ? 1 : 0, 9);
        probabilities.forEach((p, i) => {
          expect(p >= 0 && p <= 1 + 1e-12).toBe(true);
          if (!((given[i] as Arm).prior > 0)) expect(p).toBe(0);
        });
        expect(bandit.probabilities(given, createRandom(seed))).toEqual(probabilities);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('has nothing to choose from where there is no arm', () => {
    expect(createBandit(settings, 0.3).probabilities([], createRandom(1))).toEqual([]);
  });

  it('leaves all to the priors at exploration 1', () => {
    const good = emptyArm();
    for (let i = 0; i < 20; i++) creditArm(good, { reward: 1, cost: 1, dollars: 0, accepted: true, best: true });
    const given = [
      { name: 'a', prior: 3, state: good },
      { name: 'b', prior: 1, state: null },
    ];
    expect(createBandit(settings, 1).probabilities(given, createRandom(1))).toEqual([0.75, 0.25]);
  });

  it('prefers the arm that earns more for the same cost, unless it is fixed', () => {
    const good = emptyArm();
    const bad = emptyArm();
    for (let i = 0; i < 200; i++) {
      good.submitted++;
      bad.submitted++;
      creditArm(good, { reward: i % 2, cost: 10, dollars: 0, accepted: true, best: false });
      creditArm(bad, { reward: 0, cost: 10, dollars: 0, accepted: false, best: false });
    }
    const given = [
      { name: 'bad', prior: 1, state: bad },
      { name: 'good', prior: 1, state: good },
    ];
    const [low, high] = createBandit(settings, 0).probabilities(given, createRandom(2)) as [number, number];
    if (settings.type === 'fixed') expect(high).toBe(low);
    else expect(high).toBeGreaterThan(0.75);
  });
});
