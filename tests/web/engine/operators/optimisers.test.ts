import { describe, expect, it } from 'vitest';
import { cmaEs } from '../../../../web/engine/operators/optimisers/cma-es.ts';
import { OPTIMISERS } from '../../../../web/engine/operators/optimisers/index.ts';
import type { CreateOptimiser } from '../../../../web/engine/operators/optimisers/optimiser.ts';
import { createRandom } from '../../../../web/engine/rng.ts';

type Cost = (x: readonly number[]) => number;

/** Evaluations until the cost falls to the target, or Infinity. */
function evaluationsTo(create: CreateOptimiser, cost: Cost, from: number[], target: number, limit: number, seed = 1) {
  const optimiser = create({ point: from, score: -cost(from), sigma: 0.5, random: createRandom(seed) });
  let spent = 0;
  while (spent < limit) {
    const points = optimiser.ask();
    const costs = points.map(cost);
    for (const value of costs) {
      spent++;
      if (value <= target) return spent;
    }
    optimiser.tell(costs.map((value) => -value));
  }
  return Infinity;
}

const sphere: Cost = (x) => x.reduce((sum, v) => sum + v * v, 0);

const rosenbrock: Cost = (x) => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [x[i] as number, x[i + 1] as number];
    sum += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
  }
  return sum;
};

/** Axes of lengths 1 to 1000 turned by reflections, so that no coordinate is an axis. */
function rotatedEllipsoid(n: number): Cost {
  const random = createRandom('rotation');
  const mirrors = Array.from({ length: n }, () => {
    const v = Array.from({ length: n }, () => random.normal());
    const length = Math.sqrt(sphere(v));
    return v.map((value) => value / length);
  });
  return (x) => {
    let y = [...x];
    for (const mirror of mirrors) {
      const along = y.reduce((sum, v, i) => sum + v * (mirror[i] as number), 0);
      y = y.map((v, i) => v - 2 * along * (mirror[i] as number));
    }
    return y.reduce((sum, v, i) => sum + (1000 ** (i / (n - 1)) * v) ** 2, 0);
  };
}

describe('CMA-ES', () => {
  it.each([1, 2, 3])('solves the sphere in 10 dimensions within 2,500 evaluations (seed %i)', (seed) => {
    expect(evaluationsTo(cmaEs, sphere, Array(10).fill(1), 1e-8, 2_500, seed)).toBeLessThan(Infinity);
  });

  it.each([1, 2, 3])('solves Rosenbrock in 5 dimensions within 6,000 evaluations (seed %i)', (seed) => {
    expect(evaluationsTo(cmaEs, rosenbrock, Array(5).fill(0), 1e-8, 6_000, seed)).toBeLessThan(Infinity);
  });

  it.each([1, 2, 3])('solves a rotated ellipsoid in 8 dimensions within 8,000 evaluations (seed %i)', (seed) => {
    expect(evaluationsTo(cmaEs, rotatedEllipsoid(8), Array(8).fill(1), 1e-8, 8_000, seed)).toBeLessThan(Infinity);
  });

  it('takes the separable form above 40 dimensions and still solves the sphere', () => {
    expect(cmaEs({ point: Array(41).fill(0), score: 0, sigma: 1, random: createRandom(1) }).name).toContain(
      'separable',
    );
    expect(evaluationsTo(cmaEs, sphere, Array(60).fill(1), 1e-8, 20_000)).toBeLessThan(Infinity);
  });
});

describe.each(OPTIMISERS.map((create) => [create.name, create] as const))('optimiser %s', (_, create) => {
  it('gets a shifted sphere a thousand times better', () => {
    const cost: Cost = (x) => sphere(x.map((v, i) => v - i / 4));
    const from = Array(6).fill(3);
    expect(evaluationsTo(create, cost, from, cost(from) / 1000, 1_500)).toBeLessThan(Infinity);
  });

  it('asks for the same points when the stream and the scores are the same', () => {
    const points = () => {
      const seen: number[][] = [];
      const optimiser = create({ point: [1, 2, 3], score: -14, sigma: 0.3, random: createRandom(7) });
      for (let i = 0; i < 20; i++) {
        const asked = optimiser.ask();
        seen.push(...asked);
        optimiser.tell(asked.map((x) => -sphere(x)));
      }
      return seen;
    };
    expect(points()).toEqual(points());
  });

  it('goes on where all or some points fail', () => {
    const optimiser = create({ point: [1, 1], score: -2, sigma: 0.3, random: createRandom(3) });
    for (let i = 0; i < 50; i++) {
      const asked = optimiser.ask();
      expect(asked.flat().every(Number.isFinite)).toBe(true);
      optimiser.tell(asked.map((x, j) => (i < 5 || j % 2 ? -Infinity : -sphere(x))));
    }
  });

  it('works in one dimension', () => {
    expect(evaluationsTo(create, sphere, [2], 1e-6, 500)).toBeLessThan(Infinity);
  });
});
