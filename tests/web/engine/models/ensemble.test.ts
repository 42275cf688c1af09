import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOpen, PAUSE, pauseAfter, TRIPS_AFTER } from '../../../../web/engine/models/circuit.ts';
import { armName, armsOf, parseArm } from '../../../../web/engine/models/ensemble.ts';

const asks = (operator: string): boolean => operator === 'diff' || operator === 'rewrite';
const all = (): boolean => true;
const OPERATORS = { diff: 0.4, rewrite: 0.2, mutate: 0.4 };

describe('arms', () => {
  it('are operators, and operator × model × prompt where the operator asks', () => {
    const arms = armsOf({
      operators: OPERATORS,
      asks,
      ensemble: { big: 1, small: 3 },
      prompts: [
        { id: null, weight: 1 },
        { id: 'p1', weight: 1 },
      ],
      usable: all,
    });
    expect(arms.map(({ name }) => name)).toEqual([
      'diff·big',
      'diff·big·p1',
      'diff·small',
      'diff·small·p1',
      'rewrite·big',
      'rewrite·big·p1',
      'rewrite·small',
      'rewrite·small·p1',
      'mutate',
    ]);
    expect(arms.find(({ name }) => name === 'diff·small·p1')?.prior).toBeCloseTo(0.4 * 0.75 * 0.5, 12);
    expect(arms.reduce((sum, { prior }) => sum + prior, 0)).toBeCloseTo(1, 12);
  });
  it('of a model that may not be asked go to the other models', () => {
    const usable = (model: string): boolean => model !== 'big';
    const arms = armsOf({ operators: OPERATORS, asks, ensemble: { big: 1, small: 3 }, prompts: [], usable });
    expect(arms.map(({ name, prior }) => [name, Math.round(prior * 1e9) / 1e9])).toEqual([
      ['diff·small', 0.4],
      ['rewrite·small', 0.2],
      ['mutate', 0.4],
    ]);
  });
  it('without any model are the operators that need none', () => {
    const arms = armsOf({ operators: OPERATORS, asks, ensemble: { big: 1 }, prompts: [], usable: () => false });
    expect(arms).toEqual([{ name: 'mutate', operator: 'mutate', model: null, prompt: null, prior: 1 }]);
    expect(armsOf({ operators: { diff: 1 }, asks, ensemble: {}, prompts: [], usable: all })).toEqual([]);
  });
  it('leave out what has no share, whatever the shares are', () => {
    const arms = armsOf({
      operators: { diff: NaN, mutate: -1, splice: 0, tune: 2 },
      asks,
      ensemble: { a: Infinity, b: 0 },
      prompts: [],
      usable: all,
    });
    expect(arms.map(({ name, prior }) => [name, prior])).toEqual([['tune', 1]]);
  });
  it('have names that can be read back, each another', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '·', '%', 'B', '7', '2', '5', '/', ':'), minLength: 1 });
    const parts = fc.oneof(
      fc.record({ operator: text, model: fc.constant(null), prompt: fc.constant(null) }),
      fc.record({ operator: text, model: text, prompt: fc.option(text) }),
    );
    fc.assert(
      fc.property(parts, (arm) => {
        expect(parseArm(armName(arm))).toEqual(arm);
      }),
      { seed: 11, numRuns: 3000 },
    );
  });
});

describe('the circuit', () => {
  it('opens after failures in a row, lets one probe through after a pause, and waits twice as long after each that fails', () => {
    expect(modelOpen(undefined, 0, 9)).toBe(true);
    expect(modelOpen({ failures: TRIPS_AFTER - 1, at: 50 }, 50, 9)).toBe(true);
    const tripped = { failures: TRIPS_AFTER, at: 50 };
    expect(modelOpen(tripped, 50, 0)).toBe(false);
    expect(modelOpen(tripped, 50 + PAUSE - 1, 0)).toBe(false);
    expect(modelOpen(tripped, 50 + PAUSE, 0)).toBe(true);
    expect(modelOpen(tripped, 50 + PAUSE, 1)).toBe(false);
    expect(modelOpen({ failures: TRIPS_AFTER + 1, at: 66 }, 66 + PAUSE, 0)).toBe(false);
    expect(modelOpen({ failures: TRIPS_AFTER + 1, at: 66 }, 66 + 2 * PAUSE, 0)).toBe(true);
    expect(pauseAfter(100)).toBe(32 * PAUSE);
    expect(modelOpen({ failures: 0, at: 66 }, 67, 3)).toBe(true);
  });
  it('does not wait where there is nothing else to do', () => {
    expect(modelOpen({ failures: 9, at: 50 }, 50, 0, true)).toBe(true);
    expect(modelOpen({ failures: 9, at: 50 }, 50, 1, true)).toBe(false);
  });
});
