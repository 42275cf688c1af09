import { describe, expect, it } from 'vitest';
import type { Goal } from '../../web/engine/experiment.ts';
import { experiment } from '../web/engine/stand-ins.ts';
import { compare, summarise } from './comparison.ts';
import type { ControlResult } from './control-run.ts';
import { comparisonTable, summaryTable } from './control-table.ts';

const plain = experiment().goal;
const goals = new Map<string, Goal>([
  ['low', { ...plain, better: 'lower', unseen: 'unseen', digits: 2 }],
  ['high', { ...plain, better: 'higher', digits: 0 }],
]);
const arms = ['evolution', 'x', 'y'];

function runs(
  example: string,
  arm: string,
  values: readonly (number | null)[],
  unseen: number | null,
): ControlResult[] {
  return values.map((value, i) => ({
    ...{ v: 1, example, arm, seed: i + 1, evaluations: 9, settings: arm, value, unseen, spent: 9, programs: 3 },
    ...{ timeouts: 0, steps: [], milliseconds: 1 },
  }));
}

const results = [
  ...runs('low', 'evolution', [1, 2, 3, 4, 5], 7),
  ...runs('low', 'x', [2, 4, 6, 8, 10], 7),
  ...runs('low', 'y', [1, 1, 3, 3, null], 8),
  ...runs('high', 'evolution', [50, 50, 50, 50, 50], null),
  ...runs('high', 'x', [40, 30, 20, 10, 0], null),
  ...runs('high', 'y', [60, 50, 50, 50, 50], null),
];

function find(example: string, arm: string, figure = 'training') {
  return compare(results, goals, arms).find(
    (each) => each.example === example && each.arm === arm && each.figure === figure,
  );
}

describe('a comparison with the base', () => {
  it('is positive where the base is better, whichever way the metric goes', () => {
    expect(find('low', 'x')).toMatchObject({ ahead: [1, 2, 3, 4, 5], median: 3, wins: 5, losses: 0, p: 2 / 32 });
    expect(find('high', 'x')).toMatchObject({ ahead: [10, 20, 30, 40, 50], median: 30, wins: 5, losses: 0 });
    expect(find('high', 'y')).toMatchObject({ ahead: [-10, 0, 0, 0, 0], median: 0, wins: 0, losses: 1, p: 1 });
  });

  it('leaves out pairs of which one has no figure', () => {
    expect(find('low', 'y')?.ahead).toEqual([0, -1, 0, -1]);
  });

  it('pairs by seed, whatever order the runs ended in', () => {
    expect(compare([...results].reverse(), goals, arms)).toEqual(compare(results, goals, arms));
  });

  it('is adjusted over the arms of its example and figure', () => {
    expect(find('low', 'x')?.adjusted).toBe(4 / 32);
    expect(find('low', 'y')?.adjusted).toBe(0.5);
  });

  it('is made on unseen figures where there are some', () => {
    expect(find('low', 'x', 'unseen')).toMatchObject({ ahead: [0, 0, 0, 0, 0], p: 1 });
    expect(find('low', 'y', 'unseen')).toMatchObject({ ahead: [1, 1, 1, 1, 1] });
    expect(find('high', 'x', 'unseen')).toBeUndefined();
  });

  it('of all examples together weighs each example alike', () => {
    const all = find('all', 'x');
    expect(all?.ahead).toHaveLength(10);
    expect(all?.ahead.slice(0, 5)).toEqual(all?.ahead.slice(5));
    expect(all?.p).toBe(2 / 1024);
    expect(find('all', 'x', 'unseen')).toBeUndefined();
  });
});

describe('the tables', () => {
  it('show medians with their intervals and each run', () => {
    const text = summaryTable(summarise(results, goals, arms), goals);
    expect(text).toContain(
      '| low | score (lower is better) | evolution | **3.00** | 1.00 … 5.00 | 1.00 2.00 3.00 4.00 5.00 |',
    );
    expect(text).toContain('| high | score (higher is better) | x | **20** | 0 … 40 | 40 30 20 10 0 |');
    expect(text).toContain('| low | unseen | y | **8.00** |');
  });

  it('show what the base is ahead by, with counts and chances', () => {
    const text = comparisonTable(compare(results, goals, arms), goals);
    expect(text).toContain('| low | training | x | 3.00 | 1.00 … 5.00 | 5 / 0 / 0 | 0.063 | 0.125 |');
    expect(text).toContain('| high | training | y | 0 | -10 … 0 | 0 / 1 / 4 | 1.000 | 1.000 |');
    expect(text).toMatch(/\| all \| training \| x \| 1\.00 \| /);
  });
});
