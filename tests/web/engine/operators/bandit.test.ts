import { expect, it } from 'vitest';
import { rewardOf, shares } from '../../../../web/engine/operators/bandit.ts';

const arm = (reward: number, cost: number) => ({ pulls: 1, reward, cost, accepted: 0, bests: 0 });
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

it('begins with the priors, renormalised over what applies', () => {
  expect(shares(['a', 'b'], { a: 3, b: 1, c: 6 }, new Map(), 0.3)).toEqual([0.75, 0.25]);
  expect(shares([], { a: 1 }, new Map(), 0.3)).toEqual([]);
});

it('moves towards what earns more for its cost, and leaves nobody out', () => {
  const arms = new Map([
    ['cheap', arm(4, 400)],
    ['dear', arm(4, 4_000)],
    ['useless', arm(0, 4_000)],
  ]);
  const p = shares(['cheap', 'dear', 'useless'], { cheap: 1, dear: 1, useless: 1 }, arms, 0.1);
  expect(sum(p)).toBeCloseTo(1, 12);
  expect(p[0]).toBeGreaterThan(p[1] as number);
  expect(p[1]).toBeGreaterThan(p[2] as number);
  expect(p[2]).toBeGreaterThan(0.1 / 3 - 1e-12);
});

it('stays with the priors at exploration 1', () => {
  const arms = new Map([['a', arm(9, 10)]]);
  expect(shares(['a', 'b'], { a: 1, b: 1 }, arms, 1)).toEqual([0.5, 0.5]);
});

it('pays for a new best most, and for a rejected program nothing', () => {
  const of = (best: boolean, admitted: boolean, betterThanParent: boolean) =>
    rewardOf({ best, admitted, betterThanParent });
  expect(of(true, true, true)).toBe(1);
  expect(of(false, true, true)).toBeGreaterThan(of(false, true, false));
  expect(of(false, false, true)).toBe(0);
});
