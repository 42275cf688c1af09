import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  behaviourDistance,
  behaviourNovelty,
  behaviourOf,
  BehaviourRanges,
  MOST_PROBES,
  type Behaviour,
} from '../../../../web/engine/novelty/behaviour.ts';
import type { Json } from '../../../../web/engine/program.ts';

const probe = (value: Json): Behaviour => behaviourOf({ features: {}, scores: {}, artifacts: { probe: value } });
const features = (values: Record<string, number>): Behaviour =>
  behaviourOf({ features: values, scores: {}, artifacts: {} });

function rangesOf(...seen: Behaviour[]): BehaviourRanges {
  const ranges = new BehaviourRanges();
  for (const behaviour of seen) ranges.see(behaviour);
  return ranges;
}

describe('behaviourOf', () => {
  it('takes features, scores and probes, finite numbers only, in a fixed order', () => {
    const behaviour = behaviourOf({
      features: { b: 2, a: 1, bad: NaN },
      scores: { one: -3, endless: Infinity },
      artifacts: { probe: [1, [true, 'x', null], { y: 4, x: 3 }], picture: [9] },
    });
    expect([...behaviour]).toEqual([
      ['feature:a', 1],
      ['feature:b', 2],
      ['score:one', -3],
      ['probe:/0', 1],
      ['probe:/1/0', 1],
      ['probe:/2/x', 3],
      ['probe:/2/y', 4],
    ]);
  });

  it('bounds what a probe may bring', () => {
    expect(probe(Array.from({ length: 10_000 }, (_, i) => i)).size).toBe(MOST_PROBES);
    let deep: Json = 1;
    for (let i = 0; i < 5_000; i++) deep = [deep];
    expect(probe(deep).size).toBe(0);
    expect(probe(7).size).toBe(1);
  });
});

describe('distance', () => {
  it('is a share of the range, so no axis outweighs another by its unit', () => {
    const [a, b, c] = [features({ x: 0, y: 0 }), features({ x: 1e9, y: 0 }), features({ x: 0, y: 1e-9 })];
    const ranges = rangesOf(a, b, c);
    expect(behaviourDistance(a, b, ranges)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(behaviourDistance(a, c, ranges)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(behaviourDistance(b, c, ranges)).toBe(1);
  });

  it('is in [0, 1], symmetric and 0 with itself, whatever the numbers', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 6 });
    fc.assert(
      fc.property(numbers, numbers, numbers, (x, y, z) => {
        const [a, b] = [probe(x), probe(y)];
        const ranges = rangesOf(a, b, probe(z));
        const distance = behaviourDistance(a, b, ranges);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(1);
        expect(behaviourDistance(b, a, ranges)).toBe(distance);
        expect(behaviourDistance(a, a, ranges)).toBe(0);
      }),
    );
  });

  it('spans ±1e308, counts what one lacks as the whole range, and knows nothing of nothing', () => {
    const [a, b, c] = [probe([-1.7e308]), probe([1.7e308]), probe([0])];
    const ranges = rangesOf(a, b, c);
    expect(behaviourDistance(a, b, ranges)).toBe(1);
    expect(behaviourDistance(a, c, ranges)).toBeCloseTo(0.5, 12);
    expect(behaviourDistance(a, probe([]), ranges)).toBe(1);
    expect(behaviourDistance(probe([]), probe([]), ranges)).toBe(0);
  });
});

describe('novelty', () => {
  it('is the mean distance to the nearest k', () => {
    const points = [0, 1, 2, 8, 10].map((x) => features({ x }));
    const ranges = rangesOf(...points);
    const of = (k: number) => behaviourNovelty(points[0] as Behaviour, points.slice(1), ranges, k);
    expect(of(1)).toBeCloseTo(0.1, 12);
    expect(of(2)).toBeCloseTo(0.15, 12);
    expect(of(99)).toBeCloseTo((0.1 + 0.2 + 0.8 + 1) / 4, 12);
    expect(behaviourNovelty(points[0] as Behaviour, [], ranges, 3)).toBe(1);
  });
});
