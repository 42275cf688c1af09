import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cluster, nearestCentre } from '../../../../web/engine/novelty/clusters.ts';
import { fitProjection, project } from '../../../../web/engine/novelty/pca.ts';
import { createRandom } from '../../../../web/engine/rng.ts';

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}

/** Rows that spread along three known directions, most along the first. */
function spread(count: number, size: number, seed: string): Int8Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const row = new Float64Array(size);
    row[0] = 100;
    row[3] = 20 * random.normal();
    row[5] = 10 * random.normal();
    row[7] = 4 * random.normal();
    return Int8Array.from(row, (x) => Math.max(-127, Math.min(127, Math.round(x))));
  });
}

describe('fitProjection', () => {
  it('finds the directions of the largest spread, in order, with positive signs', () => {
    const { axes, explained } = fitProjection(spread(400, 32, 'a'), 3);
    for (const [i, component] of [3, 5, 7].entries()) expect(axes[i]?.[component]).toBeGreaterThan(0.95);
    expect(explained).toEqual([...explained].sort((a, b) => b - a));
    expect(explained.reduce((a, b) => a + b)).toBeGreaterThan(0.95);
  });

  it('has orthonormal axes that no rotation of the data along them could better', () => {
    const row = fc.int8Array({ minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 6, maxLength: 40 }), (rows) => {
        const projection = fitProjection(rows, 2);
        const [a, b] = projection.axes as [Float64Array, Float64Array];
        for (const axis of [a, b]) {
          const length = dot(axis, axis);
          expect(Math.min(Math.abs(length), Math.abs(length - 1))).toBeLessThan(1e-9);
          if (length > 0)
            expect(axis.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0)).toBeGreaterThan(0);
        }
        expect(Math.abs(dot(a, b))).toBeLessThan(1e-9);
        const points = rows.map((one) => project(projection, one) as [number, number]);
        const [x, y] = [0, 1].map((i) => points.reduce((sum, point) => sum + (point[i] as number) ** 2, 0));
        expect(x).toBeGreaterThanOrEqual((y as number) - 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('places new rows without a new fit, around a mean of zero', () => {
    const rows = spread(300, 256, 'b');
    const projection = fitProjection(rows, 2);
    const points = rows.map((row) => project(projection, row));
    for (const i of [0, 1]) expect(points.reduce((sum, point) => sum + (point[i] as number), 0)).toBeCloseTo(0, 8);
    const doubled = Int8Array.of(...new Array<number>(256).fill(0));
    doubled.set([50, 0, 0, 10]);
    const whole = Int8Array.of(...new Array<number>(256).fill(0));
    whole.set([100, 0, 0, 20]);
    project(projection, doubled).forEach((x, i) => expect(x).toBeCloseTo(project(projection, whole)[i] as number, 12));
  });

  it('is the same each time, and bears nothing, one row, equal rows and thousands', () => {
    const rows = spread(2_000, 64, 'c');
    expect(fitProjection(rows, 3)).toEqual(fitProjection(rows, 3));
    expect(fitProjection([], 2).axes).toHaveLength(2);
    for (const few of [rows.slice(0, 1), Array.from({ length: 9 }, () => rows[0] as Int8Array), [new Int8Array(64)]]) {
      const projection = fitProjection(few, 3);
      expect(projection.axes).toHaveLength(3);
      for (const coordinate of project(projection, few[0] as Int8Array)) expect(coordinate).toBeCloseTo(0, 9);
    }
  });
});

describe('cluster', () => {
  const groups = (count: number): number[][] => {
    const random = createRandom('groups');
    return Array.from({ length: count }, (_, i) => {
      const [x, y] = [
        [0, 0],
        [50, 0],
        [0, 50],
        [50, 50],
      ][i % 10 < 4 ? 0 : 1 + (i % 3)] as [number, number];
      return [x + random.normal(), y + random.normal()];
    });
  };

  it('finds groups that are apart, the largest first', () => {
    const points = groups(300);
    const { centres, labels } = cluster(points, createRandom(1));
    expect(centres).toHaveLength(4);
    expect(Math.hypot(...(centres[0] as number[]))).toBeLessThan(1);
    points.forEach((point, i) => {
      expect(labels[i]).toBe(nearestCentre(point, centres));
      expect(Math.hypot(...point.map((x, j) => x - (centres[labels[i] as number]?.[j] as number)))).toBeLessThan(6);
    });
  });

  it('gives the same for the same stream, and fewer groups where fewer points differ', () => {
    const points = groups(50);
    expect(cluster(points, createRandom(2))).toEqual(cluster(points, createRandom(2)));
    expect(cluster([], createRandom(3))).toEqual({ centres: [], labels: [] });
    expect(cluster([[1], [1], [2], [1]], createRandom(4))).toEqual({ centres: [[1], [2]], labels: [0, 0, 1, 0] });
  });

  it('labels all of more points than it fits', () => {
    const points = groups(5_000);
    const { labels, centres } = cluster(points, createRandom(5));
    expect(labels).toHaveLength(5_000);
    expect(new Set(labels).size).toBe(4);
    expect(Math.hypot(...(centres[0] as number[]))).toBeLessThan(1);
  });
});
