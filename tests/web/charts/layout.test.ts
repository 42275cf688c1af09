import { describe, expect, it } from 'vitest';
import { Occupancy } from '../../../web/charts/draw/dots.ts';
import { chartLayout, nearest } from '../../../web/charts/layout.ts';
import { linear, logarithmic, roomFor } from '../../../web/charts/scales.ts';
import { Series } from '../../../web/state/series.ts';
import { goal } from '../state/goals.ts';

function series(values: readonly number[]): Series {
  const made = new Series();
  let best = -Infinity;
  values.forEach((value, row) => {
    made.ids[row] = row;
    made.at[row] = row * 10;
    made.time[row] = row * 100;
    made.value[row] = value;
    if (value > best) {
      best = value;
      made.bests.push(row);
    }
    made.length++;
  });
  made.operatorIndex('tune');
  return made;
}

describe('run chart', () => {
  it('scales hold values inside their range and come back', () => {
    const scale = linear([0, 10], [100, 0]);
    expect(scale.at(5)).toBe(50);
    expect(scale.at(99)).toBe(0);
    expect(scale.invert(50)).toBe(5);
    const log = logarithmic([1, 0.01], [100, 0]);
    expect(log.at(0.1)).toBeCloseTo(50);
    expect(log.at(-1)).toBeCloseTo(0);
    expect(log.ticks(3)).toHaveLength(3);
    expect(roomFor(501, 500)).toBe(625);
  });

  it('puts better higher on both scales, whichever way is better', () => {
    for (const upward of ['value', 'gap'] as const) {
      const options = { across: 'evaluations', upward } as const;
      const up = chartLayout(series([1, 2, 2.5]), goal, 800, 400, options);
      const height = (value: number): number => up.y.at(upward === 'gap' ? 3 - value : value);
      expect(height(2.5)).toBeLessThan(height(2));
      expect(height(2)).toBeLessThan(height(1));
    }
    const lower = { ...goal, better: 'lower', best: null } as const;
    const down = chartLayout(series([3, 5]), lower, 800, 400, { across: 'time', upward: 'gap' });
    expect(down.options.upward).toBe('value');
    expect(down.y.at(3)).toBeLessThan(down.y.at(5));
  });

  it('holds its key while nothing settled has to move', () => {
    const rows = series([1, 2, 2.5]);
    const options = { across: 'evaluations', upward: 'value' } as const;
    const before = chartLayout(rows, goal, 800, 400, options).key;
    rows.value[3] = 1.5;
    rows.at[3] = 40;
    rows.length++;
    expect(chartLayout(rows, goal, 800, 400, options).key).toBe(before);
    expect(chartLayout(rows, goal, 700, 400, options).key).not.toBe(before);
  });

  it('finds the dot under the pointer, those without a score on the strip', () => {
    const rows = series([1, NaN, 2.5]);
    const layout = chartLayout(rows, goal, 800, 400, { across: 'evaluations', upward: 'value' });
    expect(nearest(rows, goal, layout, layout.x.at(20) + 3, layout.y.at(2.5), 16)).toBe(2);
    expect(nearest(rows, goal, layout, layout.x.at(10), layout.strip[0], 16)).toBe(1);
    expect(nearest(rows, goal, layout, 700, 30, 16)).toBe(-1);
  });

  it('draws many dots on one spot once', () => {
    const occupancy = new Occupancy();
    occupancy.reset(100, 100);
    expect([occupancy.take(50, 50, 1), occupancy.take(50, 51, 1), occupancy.take(50, 50, 2)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
