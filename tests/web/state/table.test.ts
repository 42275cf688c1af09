import { describe, expect, it } from 'vitest';
import { parseFilter, tableRows } from '../../../web/state/table.ts';
import { goal, program } from './goals.ts';

const programs = [
  program(0, 1, { operator: 'seed' }),
  program(1, 3),
  undefined,
  program(3, null, { operator: 'mutate', reason: 'x is not defined' }),
  program(4, 2, { island: 1 }),
];
const kept = (text: string): number[] => [
  ...tableRows(programs, goal, { column: 'id', descending: false }, parseFilter(text, goal)),
];

describe('programs table', () => {
  it('sorts by figure with what has none last, either way', () => {
    expect([...tableRows(programs, goal, { column: 'value', descending: true }, null)]).toEqual([1, 4, 0, 3]);
    expect([...tableRows(programs, goal, { column: 'value', descending: false }, null)]).toEqual([0, 4, 1, 3]);
  });

  it('filters by operator, status, island, bounds, words and their opposites', () => {
    expect(kept('')).toEqual([0, 1, 3, 4]);
    expect(kept('op:tune')).toEqual([1, 4]);
    expect(kept('status:crash')).toEqual([3]);
    expect(kept('island:2')).toEqual([4]);
    expect(kept('>1.5')).toEqual([1, 4]);
    expect(kept('>=2 <3')).toEqual([4]);
    expect(kept('defined')).toEqual([3]);
    expect(kept('-tune')).toEqual([0, 3]);
    expect(kept('correct')).toEqual([0, 1, 4]);
  });
});
