export interface Tolerance {
  /** Difference that is allowed, and the same as a share of the larger of both. */
  readonly absolute?: number;
  readonly relative?: number;
  /** Steps between neighbouring doubles. */
  readonly ulps?: number;
  /** NaN counts as equal to NaN; true where it is left out. */
  readonly nan?: boolean;
}

export interface NumberComparison {
  readonly equal: boolean;
  /** For feedback; empty where they are equal. */
  readonly reason: string;
  /** First place that differs: -1 where none does, or the lengths do. */
  readonly index: number;
  readonly expected: number | null;
  readonly actual: number | null;
  /** How many places differ, and by how much at most (infinite for what is no number). */
  readonly different: number;
  readonly largest: number;
}

/**
 * Makes the comparison of two lists of numbers (typed arrays, lists, or single numbers). Within any of the tolerances is equal; with none,
 * only the same value is, and 0 and -0 are the same. One self-contained function: it is turned to text.
 */
export function createNumberComparison(): (
  expected: unknown,
  actual: unknown,
  tolerance?: Tolerance,
) => NumberComparison {
  'use strict';
  const view = new DataView(new ArrayBuffer(8));
  const { isArray } = Array;
  const { isView } = ArrayBuffer;

  /** Doubles in their order as whole numbers. */
  function place(value: number): bigint {
    view.setFloat64(0, value);
    const bits = view.getBigInt64(0);
    return bits < 0n ? -9223372036854775808n - bits : bits;
  }

  function listOf(value: unknown): ArrayLike<unknown> | null {
    if (typeof value === 'number') return [value];
    return isArray(value) || isView(value) ? (value as unknown as ArrayLike<unknown>) : null;
  }

  return (expected, actual, { absolute = 0, relative = 0, ulps = 0, nan = true } = {}) => {
    const a = listOf(expected);
    const b = listOf(actual);
    const refuse = (reason: string): NumberComparison => ({
      equal: false,
      reason,
      index: -1,
      expected: null,
      actual: null,
      different: 0,
      largest: 0,
    });
    if (a === null) return refuse('what is expected is no list of numbers');
    if (b === null) return refuse('the result is no list of numbers');
    if (a.length !== b.length) return refuse(`has ${b.length} numbers, expected ${a.length}`);
    let index = -1;
    let different = 0;
    let largest = 0;
    for (let i = 0; i < a.length; i++) {
      const x = a[i];
      const y = b[i];
      let gap = Infinity;
      if (typeof x === 'number' && typeof y === 'number') {
        if (x === y || (nan && x !== x && y !== y)) continue;
        gap = Math.abs(x - y);
        // Infinities equal only themselves, and NaN is within no tolerance.
        if (gap < Infinity) {
          if (gap <= absolute || gap <= relative * Math.max(Math.abs(x), Math.abs(y))) continue;
          if (ulps > 0) {
            const steps = place(x) - place(y);
            if ((steps < 0n ? -steps : steps) <= BigInt(Math.floor(ulps))) continue;
          }
        } else gap = Infinity;
      }
      if (different === 0) index = i;
      different++;
      if (!(gap <= largest)) largest = gap;
    }
    if (different === 0) return { ...refuse(''), equal: true };
    const told = (value: unknown): string => (typeof value === 'number' ? `${value}` : `a ${typeof value}`);
    const x = a[index];
    const y = b[index];
    return {
      equal: false,
      reason: `at ${index}: ${told(y)}, expected ${told(x)}${different > 1 ? ` (${different} of ${a.length} differ)` : ''}`,
      index,
      expected: typeof x === 'number' ? x : null,
      actual: typeof y === 'number' ? y : null,
      different,
      largest,
    };
  };
}
