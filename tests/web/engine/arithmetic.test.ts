import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, pow } from '../../../web/engine/arithmetic.ts';

function relativeError(found: number, expected: number): number {
  return expected === 0 || !Number.isFinite(expected) ? (found === expected ? 0 : 1) : Math.abs(found / expected - 1);
}

describe('arithmetic', () => {
  it('exp agrees with the built-in one', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => relativeError(exp(x), Math.exp(x)) < 1e-15),
      { numRuns: 5_000 },
    );
    expect(exp(0)).toBe(1);
    expect(exp(710)).toBe(Infinity);
    expect(exp(-746)).toBe(0);
    expect(exp(NaN)).toBeNaN();
  });

  it('log agrees with the built-in one', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (x) => {
        const expected = Math.log(x);
        return (
          Math.abs(log(x) - expected) <=
          1e-15 * Math.max(Math.abs(expected), Math.abs(x - 1) < 0.1 ? Math.abs(x - 1) : 0) + 1e-300
        );
      }),
      { numRuns: 5_000 },
    );
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
  });

  it('pow holds at its edges', () => {
    expect(pow(0, 2)).toBe(0);
    expect(pow(0, 0)).toBe(1);
    expect(pow(0, -1)).toBe(Infinity);
    expect(relativeError(pow(2, 10), 1024)).toBeLessThan(1e-14);
  });
});
