import { describe, expect, it } from 'vitest';
import { createNumberComparison } from '../../sandboxes/comparing/compare-numbers.ts';

const compare = createNumberComparison();

describe('compareNumbers', () => {
  it('takes only the same without a tolerance, whatever holds the numbers', () => {
    expect(compare([1, 2], new Float64Array([1, 2]))).toEqual({
      equal: true,
      reason: '',
      index: -1,
      expected: null,
      actual: null,
      different: 0,
      largest: 0,
    });
    expect(compare(0, -0).equal).toBe(true);
    expect(compare([1, 2, 3], [1, 2.5, 4])).toEqual({
      equal: false,
      reason: 'at 1: 2.5, expected 2 (2 of 3 differ)',
      index: 1,
      expected: 2,
      actual: 2.5,
      different: 2,
      largest: 1,
    });
  });

  it('allows differences that are small, or small in proportion, or a few steps', () => {
    expect(compare([1000], [1000.5], { absolute: 0.5 }).equal).toBe(true);
    expect(compare([1000], [1000.6], { absolute: 0.5 }).equal).toBe(false);
    expect(compare([1e9], [1e9 + 10], { relative: 1e-8 }).equal).toBe(true);
    expect(compare([1e9], [1e9 + 11], { relative: 1e-8 }).equal).toBe(false);
    const next = 1 + Number.EPSILON;
    expect(compare([1], [next], { ulps: 1 }).equal).toBe(true);
    expect(compare([1], [next + Number.EPSILON], { ulps: 1 }).equal).toBe(false);
    // Across zero: from the least number below it to the least above are two steps.
    expect(compare([-Number.MIN_VALUE], [Number.MIN_VALUE], { ulps: 2 }).equal).toBe(true);
    expect(compare([-Number.MIN_VALUE], [Number.MIN_VALUE], { ulps: 1 }).equal).toBe(false);
  });

  it('knows NaN and infinities', () => {
    expect(compare([NaN], [NaN]).equal).toBe(true);
    expect(compare([NaN], [NaN], { nan: false }).equal).toBe(false);
    expect(compare([1], [NaN], { absolute: 1e9 })).toMatchObject({ equal: false, largest: Infinity });
    expect(compare([Infinity], [Infinity]).equal).toBe(true);
    expect(compare([Infinity], [-Infinity], { relative: 10 }).equal).toBe(false);
    expect(compare([1], [Infinity], { relative: 10, absolute: 1e308, ulps: 1e18 }).equal).toBe(false);
  });

  it('refuses what is no list of numbers, or one of another length', () => {
    expect(compare([1, 2], [1])).toMatchObject({ equal: false, index: -1, reason: 'has 1 numbers, expected 2' });
    expect(compare([1], 'one')).toMatchObject({ equal: false, reason: 'the result is no list of numbers' });
    expect(compare([1], ['1'])).toMatchObject({ equal: false, index: 0, actual: null, largest: Infinity });
    expect(compare([1], null).equal).toBe(false);
  });
});
