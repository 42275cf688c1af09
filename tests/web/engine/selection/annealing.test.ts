import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptance,
  annealingOf,
  temperatureAt,
  type AnnealingSettings,
} from '../../../../web/engine/selection/annealing.ts';
import { createSelection } from '../../../../web/engine/selection/index.ts';

const settings: AnnealingSettings = { type: 'annealing', temperature: 2, period: 400 };

describe('acceptance', () => {
  it('is 1 where a program is as good, else exp(−gap/T) with the gap in median deviations', () => {
    expect(acceptance(5, 5, [1, 2, 3], 1)).toBe(1);
    expect(acceptance(6, 5, [], 0.001)).toBe(1);
    // Of 2, 4, 5, 8, 9 the median is 5 and the median deviation 3.
    expect(acceptance(2, 4, [5, 8, 9], 0.5)).toBeCloseTo(Math.exp(-(2 / 3) / 0.5), 12);
    expect(acceptance(2, 9, [4, 5, 8], 2)).toBeCloseTo(Math.exp(-(7 / 3) / 2), 12);
    // Where most tie the mean deviation: of 1, 5, 5, 5 it is 1.
    expect(acceptance(1, 5, [5, 5], 1)).toBeCloseTo(Math.exp(-4), 12);
    // Nothing else is known: of two the deviation is half their distance.
    expect(acceptance(1, 1.000_001, [], 1)).toBeCloseTo(Math.exp(-2), 9);
  });

  it('does not care about scale or zero of fitness, up to what a number can hold', () => {
    const list = [2, 4, 5, 8, 9];
    const expected = acceptance(list[0]!, list[3]!, list, 1);
    const moved = (f: (x: number) => number): number => acceptance(f(list[0]!), f(list[3]!), list.map(f), 1);
    for (const unit of [1e-200, 1e-13, 1e9, 1e200, 1e307]) expect(moved((x) => x * unit)).toBeCloseTo(expected, 10);
    expect(moved((x) => x - 1e6)).toBeCloseTo(expected, 8);
    expect(acceptance(-1.7e308, 1.7e308, [], 1)).toBeCloseTo(Math.exp(-2), 10);
  });

  it('is a probability above 0 for all that there is, and falls with the gap and with the cold', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        finite,
        finite,
        fc.array(finite, { maxLength: 20 }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (a, b, recent, heat) => {
          const p = acceptance(a, b, recent, heat);
          expect(p).toBeGreaterThan(0);
          expect(p).toBeLessThanOrEqual(1);
          expect(acceptance(a, b, recent, heat / 2)).toBeLessThanOrEqual(p);
        },
      ),
      { seed: 8, numRuns: 500 },
    );
    const gaps = [0, 1, 2, 3].map((gap) => acceptance(10 - gap, 10, [0, 4, 8, 12, 16], 1));
    expect([...gaps].sort((x, y) => y - x)).toEqual(gaps);
    expect(new Set(gaps).size).toBe(4);
  });
});

describe('the schedule', () => {
  it('falls from the temperature to a hundredth of it over the period, and no further', () => {
    expect(temperatureAt(settings, 0)).toBe(2);
    expect(temperatureAt(settings, 200)).toBeCloseTo(0.2, 12);
    expect(temperatureAt(settings, 400)).toBeCloseTo(0.02, 12);
    expect(temperatureAt(settings, 1e9)).toBeCloseTo(0.02, 12);
  });

  it('is found alone and in a mix', () => {
    expect(annealingOf(settings)).toBe(settings);
    expect(annealingOf({ type: 'mix', of: [{ type: 'uniform' }, settings], bandit: { type: 'fixed' } })).toBe(settings);
    expect(annealingOf({ type: 'uniform' })).toBeNull();
    expect(createSelection(settings).from).toBe('current');
  });
});
