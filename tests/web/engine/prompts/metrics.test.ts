import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMetrics, difference, figure, MOST_METRICS } from '../../../../web/engine/prompts/metrics.ts';
import { describeScores } from '../../../../web/engine/prompts/scores.ts';
import { evaluation, experiment } from './fixtures.ts';

const { goal } = experiment();

describe('figures', () => {
  it('tells 2.635983 from 2.6359831, whichever is shown', () => {
    expect(figure(2.635983, [2.6359831])).not.toBe(figure(2.6359831, [2.635983]));
    expect(figure(2.6359831, [2.635983])).toBe('2.6359831');
    expect(figure(2.635983, [2.6359831])).toBe('2.635983');
  });

  it('shows how close three numbers are to each other', () => {
    const group = [2.5000031, 2.5000072, 2.5000093];
    expect(group.map((value) => figure(value, group))).toEqual(['2.5000031', '2.5000072', '2.5000093']);
    const others = [2.5, 7, 2.6359830849].map((value) => figure(value, [2.5, 7, 2.6359830849]));
    expect(others).toEqual(['2.5', '7', '2.63598']);
  });

  it('takes six digits where nothing needs more', () => {
    expect(figure(2.6359830849)).toBe('2.63598');
    expect(figure(2.6359830849, [1])).toBe('2.63598');
    expect(figure(12)).toBe('12');
    expect(figure(1e300, [-1e300])).toBe('1e+300');
  });

  it('never shows two different numbers alike, whatever they are', () => {
    const number = fc.double({ noNaN: true });
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(a !== b);
        expect(figure(a, [b])).not.toBe(figure(b, [a]));
      }),
      { numRuns: 2000 },
    );
    for (const a of [1, 2.635983, -1e300, 1e-12, 12345678, 0.1]) {
      const next = a * (1 + Number.EPSILON);
      expect(figure(a, [next])).not.toBe(figure(next, [a]));
    }
  });

  it('gives a number back to the digits it shows', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (a) => {
        expect(Math.abs(Number(figure(a)) - a)).toBeLessThanOrEqual(Math.abs(a) * 5.1e-6);
      }),
    );
  });

  it('gives differences three digits', () => {
    expect(difference(2.6359831, 2.635983)).toBe('1e-7');
    expect(difference(1, 1.123456)).toBe('0.123');
  });
});

describe('metrics in words', () => {
  const best = { name: 'the best', evaluation: evaluation({ fitness: 2.6359831, metrics: { sum: 2.6359831, ms: 4 } }) };
  const parent = { name: 'its parent', evaluation: evaluation({ fitness: 2.5, metrics: { sum: 2.5 } }) };

  it('says how far the best and the parent are, and in which direction', () => {
    const own = evaluation({ fitness: 2.635983, metrics: { sum: 2.635983, ms: 9 } });
    const lines = describeMetrics(own, goal, [best, parent]).split('\n');
    expect(lines[0]).toContain('fitness (higher is better): 2.635983');
    expect(lines[0]).toContain('1e-7 worse than the best (2.6359831)');
    expect(lines[0]).toContain('0.136 better than its parent (2.5)');
    expect(lines[1]).toContain('sum of radii');
    // Nobody said which way a metric of its own is better.
    expect(lines[2]).toBe('- ms: 9; 5 above the best (4)');
  });

  it('turns the words where lower is better', () => {
    const lower = { ...goal, better: 'lower' as const, unit: 'km' };
    const text = describeMetrics(evaluation({ fitness: -3, metrics: { sum: 3 } }), lower, [
      { name: 'the best', evaluation: evaluation({ fitness: -2, metrics: { sum: 2 } }) },
    ]);
    expect(text).toContain('fitness (higher is better): -3; 1 worse than the best (-2)');
    expect(text).toContain('(lower is better): 3 km; 1 worse than the best (2)');
  });

  it('speaks of ties, of no fitness, and of what is not correct', () => {
    expect(describeMetrics(evaluation({ fitness: 2.5 }), goal, [parent])).toContain('2.5; equal to its parent');
    const wrong = describeMetrics(evaluation({ fitness: null, correct: false }), goal, [best]);
    expect(wrong).toContain('no fitness');
    expect(wrong).toContain('not correct');
  });

  it('bounds how many are shown, and puts the one people know first', () => {
    const metrics = Object.fromEntries([...Array(40).keys()].map((i) => [`m${i}`, i]));
    const lines = describeMetrics(evaluation({ metrics: { ...metrics, sum: 5 } }), goal, []).split('\n');
    expect(lines[1]).toContain('sum of radii');
    expect(lines).toHaveLength(1 + MOST_METRICS + 1);
    expect(lines.at(-1)).toContain(`${41 - MOST_METRICS} more`);
  });
});

describe('scores by instance', () => {
  it('names the weakest, and where a program wins and loses', () => {
    const own = evaluation({ scores: { a: 1, b: 5, c: 3, d: 2, e: 9 } });
    const other = {
      name: 'the current program',
      evaluation: evaluation({ scores: { a: 4, b: 1, c: 3, d: 2.5, z: 0 } }),
    };
    const text = describeScores(own, other) as string;
    expect(text).toContain('weakest of 5 instances (higher is better): a 1, d 2, c 3');
    expect(text).toContain('better on 1, worse on 2, equal on 1');
    expect(text).toContain('most better on: b 5 (4 more)');
    expect(text).toContain('most worse on: a 1 (3 less), d 2 (0.5 less)');
    expect(text).not.toContain('z ');
  });

  it('says nothing of a single instance', () => {
    expect(describeScores(evaluation({ scores: { a: 1 } }), null)).toBeNull();
    expect(describeScores(evaluation(), null)).toBeNull();
  });
});
