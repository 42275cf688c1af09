import { describe, expect, it } from 'vitest';
import { createRandom } from '../../web/engine/rng.ts';
import { bootstrapMedian, holm, medianOf, signFlip } from './statistics.ts';

describe('the median', () => {
  it('is the middle, or the mean of the middle two', () => {
    expect(medianOf([3, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(medianOf([-7])).toBe(-7);
    expect(medianOf([])).toBeNaN();
  });
});

describe('the bootstrap interval of the median', () => {
  it('says the same each time', () => {
    expect(bootstrapMedian([1, 5, 2, 9, 3])).toEqual(bootstrapMedian([1, 5, 2, 9, 3]));
  });

  it('does not ask in which order the values come', () => {
    const values = Array.from({ length: 30 }, (_, i) => (i * 7) % 30);
    const interval = bootstrapMedian(values);
    const turned = bootstrapMedian([...values].reverse());
    expect(Math.abs((interval?.low ?? NaN) - (turned?.low ?? NaN))).toBeLessThanOrEqual(1);
    expect(Math.abs((interval?.high ?? NaN) - (turned?.high ?? NaN))).toBeLessThanOrEqual(1);
  });

  // The median of five drawn values is the least one with probability P(at least 3 of 5 draws hit it) = 181/3125 = 0.058 > 0.025.
  it('reaches from the least to the greatest of five values', () => {
    expect(bootstrapMedian([10, 20, 30, 40, 50])).toEqual({ low: 10, high: 50 });
  });

  it('leaves out the ends where there are enough values', () => {
    const values = Array.from({ length: 101 }, (_, i) => i);
    const interval = bootstrapMedian(values);
    // The standard error of a median of n evenly spread values is width / (2 √n), here 5: 50 ± 1.96 · 5.
    expect(interval?.low).toBeGreaterThan(37);
    expect(interval?.low).toBeLessThan(43);
    expect(interval?.high).toBeGreaterThan(57);
    expect(interval?.high).toBeLessThan(63);
  });

  it('is a point where all are one, and nothing of nothing', () => {
    expect(bootstrapMedian([2, 2, 2])).toEqual({ low: 2, high: 2 });
    expect(bootstrapMedian([])).toBeNull();
  });

  it('holds the true median about as often as it says', () => {
    const random = createRandom(5);
    let held = 0;
    for (let trial = 0; trial < 100; trial++) {
      const interval = bootstrapMedian(Array.from({ length: 21 }, () => random.next()));
      if (interval && interval.low <= 0.5 && interval.high >= 0.5) held++;
    }
    expect(held).toBeGreaterThanOrEqual(88);
  });
});

describe('the sign-flip test', () => {
  it('is exact for few pairs', () => {
    expect(signFlip([1, 1, 1, 1, 1])).toBe(2 / 32);
    expect(signFlip([-3, -1, -2, -5, -4])).toBe(2 / 32);
    // |sum| ≥ 4 − 1 of {±1, ±4}: all but none; both +5 and ±3 reach it.
    expect(signFlip([4, -1])).toBe(1);
    // Sums are ±6 (1 pattern each), ±4, ±2, 0, …: |sum| ≥ 4 holds for +++ , −++ and their mirrors.
    expect(signFlip([-1, 2, 3])).toBe(4 / 8);
  });

  it('is 1 where nothing differs, and takes no notice of pairs that are equal', () => {
    expect(signFlip([0, 0])).toBe(1);
    expect(signFlip([])).toBe(1);
    expect(signFlip([1, 0, 1, 1, 0])).toBe(2 / 8);
  });

  it('counts patterns whose sums differ in the last bits only', () => {
    expect(signFlip([0.1, 0.2, 0.3])).toBe(2 / 8);
    expect(signFlip([0.1, 0.2, -0.3])).toBe(1);
  });

  it('draws where there are too many patterns to look at, near the exact value', () => {
    const differences = Array.from({ length: 13 }, (_, i) => (i < 11 ? 1 : -1));
    // P(|sum| ≥ 9) of 13 fair signs = 2 (1 + 13 + 78) / 8192.
    expect(signFlip(differences)).toBeCloseTo((2 * 92) / 8192, 2);
    expect(signFlip(Array.from({ length: 20 }, () => 1))).toBeLessThan(1e-4);
    expect(signFlip(differences)).toBe(signFlip(differences));
  });

  it('is below a twentieth about once in twenty where there is nothing to find', () => {
    const random = createRandom(6);
    let found = 0;
    for (let trial = 0; trial < 400; trial++) {
      if (signFlip(Array.from({ length: 8 }, () => random.next() - 0.5)) <= 0.05) found++;
    }
    expect(found).toBeGreaterThan(6);
    expect(found).toBeLessThan(36);
  });
});

describe("Holm's adjustment", () => {
  it('multiplies by how many are left, never falls, never passes 1', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.5, 0.6])).toEqual([1, 1]);
    expect(holm([0.02])).toEqual([0.02]);
    expect(holm([])).toEqual([]);
  });
});
