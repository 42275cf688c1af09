import { describe, expect, it } from 'vitest';
import { normalCdf, studentCdf, studentQuantile } from '../../../../web/engine/evaluation/distributions.ts';
import { createStop } from '../../../../web/engine/evaluation/stop.ts';

describe('distributions', () => {
  it('give the known values of the normal', () => {
    const known = [
      [0, 0.5],
      [1, 0.8413447460685429],
      [-1.6448536269514722, 0.05],
      [1.959963984540054, 0.975],
      [-3, 0.0013498980316300946],
      [-5, 2.866515718791939e-7],
    ] as const;
    for (const [x, p] of known) expect(Math.abs(normalCdf(x) - p)).toBeLessThan(1e-12);
    expect(normalCdf(Infinity)).toBe(1);
    expect(normalCdf(-Infinity)).toBe(0);
  });

  it('give the known quantiles of t', () => {
    const known = [
      [0.975, 1, 12.706204736432095],
      [0.975, 2, 4.302652729911275],
      [0.95, 4, 2.1318467863266499],
      [0.975, 10, 2.2281388519649385],
      [0.995, 30, 2.7499956535670305],
    ] as const;
    for (const [p, degrees, t] of known) {
      expect(Math.abs(studentQuantile(p, degrees) - t)).toBeLessThan(1e-8);
      expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-t, 8);
    }
    expect(studentCdf(1, 1)).toBeCloseTo(0.75, 12);
  });
});

describe('stop', () => {
  const bayesian = createStop({ type: 'bayesian', risk: 0.05, least: 2 });
  const interval = createStop({ type: 'interval', confidence: 0.9, least: 2 });
  const hybrid = createStop({ type: 'hybrid', risk: 0.05, confidence: 0.9, least: 3 });

  it('decides only by what the samples say', () => {
    expect(createStop({ type: 'never' }).decide([9, 9, 9], 0)).toBe('go-on');
    for (const stop of [bayesian, interval]) {
      expect(stop.decide([5], 0)).toBe('go-on');
      expect(stop.decide([1, -1], 0.1)).toBe('go-on');
      expect(stop.decide([5, 5], 4)).toBe('above');
      expect(stop.decide([5, 5], 6)).toBe('below');
      expect(stop.decide([5, 5], 5)).toBe('go-on');
      expect(stop.decide([5, 6], -Infinity)).toBe('above');
      expect(stop.decide([1e300, 1.0001e300], -1e300)).toBe('above');
    }
    expect(hybrid.decide([5, 5], 4)).toBe('go-on');
    expect(hybrid.decide([5, 5.1, 4.9], 6)).toBe('below');
  });

  it('asks more of the t interval than of the normal', () => {
    // Two standard errors above: 0.977 under the normal, but t with one degree of freedom needs 6.31.
    expect(bayesian.decide([1, 3], 0)).toBe('above');
    expect(interval.decide([1, 3], 0)).toBe('go-on');
  });
});
