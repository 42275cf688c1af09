import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../web/engine/experiment.ts';
import * as measure from '../../../web/state/measure.ts';
import { goal, program } from './goals.ts';

describe('figures for people', () => {
  it('takes the metric, not the fitness, and nothing from an incorrect program', () => {
    expect(measure.measureOf({ ...goal, metric: 'fitness' }, program(1, 2))).toBe(2);
    expect(measure.measureOf(goal, program(1, 2))).toBe(2);
    expect(measure.measureOf(goal, program(1, null))).toBeNull();
    const wrong = program(1, 2);
    const evaluation = wrong.evaluation && { ...wrong.evaluation, correct: false };
    expect(measure.measureOf(goal, { ...wrong, evaluation })).toBeNull();
  });

  it('writes counts, times, gaps and signs', () => {
    expect(measure.formatCount(1234567)).toBe('1,234,567');
    expect(measure.formatTime(400)).toBe('0.4 s');
    expect(measure.formatTime(185_000)).toBe('3 min 05 s');
    expect(measure.formatGap(0.0021)).toBe('0.0021');
    expect(measure.formatGap(-0.5)).toBe('−0.50');
    expect(measure.formatFigure(goal, -1.23456)).toBe('−1.235');
    expect(measure.formatFigure(goal, -0.0001)).toBe('0.000');
    expect(measure.formatMeasure({ ...goal, unit: '%' }, 3)).toBe('3.000\u202f%');
  });

  it('measures the gap towards what is better', () => {
    expect(measure.gapOf(goal, 2.5)).toBeCloseTo(0.5);
    expect(measure.gapOf({ ...goal, better: 'lower' }, 2.5)).toBeCloseTo(-0.5);
    expect(measure.gapOf({ ...goal, best: null }, 2.5)).toBeNull();
  });

  it('warns where the unseen figure is worse than the baseline’s, and only there', () => {
    const experiment = { goal } as Experiment;
    expect(measure.unseenWarning(experiment, program(1, 1.9))).toContain('worse than Best fit (2.000)');
    expect(measure.unseenWarning(experiment, program(1, 2.1))).toBeNull();
  });
});
