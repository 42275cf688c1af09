import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../../web/engine/population/archives/index.ts';
import { centroidsOf, nearestCentroid } from '../../../../web/engine/population/archives/centroids.ts';
import { coverage, diversity, qdScore } from '../../../../web/engine/population/measures.ts';
import type { Axis } from '../../../../web/engine/strategy.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import { Island, member } from './members.ts';

const axis = (feature: string, bins: number): Axis => ({ feature, bins, scale: 'adaptive', least: null, most: null });

describe('fitness', () => {
  const archive = createArchive({ type: 'fitness', size: 2, criteria: { fitness: 1 } });

  it('keeps one program a score, the one that spends least', () => {
    const island = new Island(archive, [member(0, 1, { fuel: 5 })]);
    expect(island.add(member(1, 1, { fuel: 6 })).status).toBe('rejected');
    expect(island.add(member(2, 1, { fuel: 5 })).evicted).toEqual([0]);
    expect(island.add(member(3, 0)).status).toBe('new');
    expect(island.add(member(4, -1)).reason).toBe('not better than #3, the worst of the archive: -1 against 0');
    expect(island.add(member(5, 0.5)).evicted).toEqual([3]);
  });

  it('weighs fractions that are beaten, whatever the scale', () => {
    const signed = createArchive({ type: 'fitness', size: 3, criteria: { fitness: 1, length: -0.8 } });
    const island = new Island(signed, [
      member(0, 1e300, { length: 300 }),
      member(1, 5, { length: 200 }),
      member(2, 4, { length: 250 }),
    ]);
    // Fractions of the other three: #2 beats none on fitness but the newcomer, and one on length.
    const { evicted } = island.add(member(3, 3, { length: 10 }));
    expect(evicted).toEqual([2]);
  });
});

describe('crowding', () => {
  it('lets the nearest stand up', () => {
    const archive = createArchive({ type: 'crowding', size: 2, criteria: { fitness: 1 }, by: 'syntax' });
    const island = new Island(archive, [
      member(0, 9, { vector: Int8Array.of(1, 0) }),
      member(1, 1, { vector: Int8Array.of(0, 1) }),
    ]);
    expect(island.add(member(2, 5, { vector: Int8Array.of(9, 1) })).status).toBe('rejected');
    expect(island.add(member(3, 5, { vector: Int8Array.of(1, 9) })).evicted).toEqual([1]);
    expect(island.ids).toEqual([0, 3]);
    expect(island.add(member(4, 6)).evicted).toEqual([3]);
  });

  it('measures features by the ranges seen', () => {
    const archive = createArchive({ type: 'crowding', size: 2, criteria: { fitness: 1 }, by: 'features' });
    const island = new Island(archive, [
      member(0, 2, { features: { wide: 0, thin: 0 } }),
      member(1, 1, { features: { wide: 1000, thin: 0.001 } }),
    ]);
    expect(island.add(member(2, 3, { features: { wide: 400, thin: 0 } })).evicted).toEqual([0]);
  });
});

describe('crowding by behaviour', () => {
  const archive = createArchive({ type: 'crowding', size: 2, criteria: { fitness: 1 }, by: 'behaviour' });

  it('takes features, scores and probes together, each by its range', () => {
    const island = new Island(archive, [
      member(0, 2, { features: { wide: 0 }, scores: { a: 5 }, artifacts: { probe: [1, 0] } }),
      member(1, 1, { features: { wide: 1000 }, scores: { a: 5 }, artifacts: { probe: [0, 1] } }),
    ]);
    // One coordinate is nearer to #0, the two of the probe to #1.
    const newcomer = member(2, 3, { features: { wide: 100 }, scores: { a: 5 }, artifacts: { probe: [0, 1] } });
    const { evicted, reason } = island.add(newcomer);
    expect(evicted).toEqual([1]);
    expect(reason).toContain('the nearest by behaviour');
  });

  it('goes by standing where nothing is shown', () => {
    const island = new Island(archive, [member(0, 2), member(1, 1, { artifacts: { probe: 'no number' } })]);
    expect(island.add(member(2, 3, { scores: { a: 1 } })).evicted).toEqual([1]);
  });
});

describe('grid', () => {
  const archive = createArchive({ type: 'grid', size: 10, axes: [axis('x', 2)] });
  const at = (id: number, fitness: number, x: number): ReturnType<typeof member> =>
    member(id, fitness, { features: { x } });

  it('sorts its members again when a range moves', () => {
    const island = new Island(archive);
    island.add(at(0, 1, 0));
    expect(island.add(at(1, 2, 1)).cell).toBe('1');
    expect(island.ids).toEqual([1, 0]);
    const { evicted, cell, reason } = island.add(at(2, 0, 10));
    expect([evicted, cell]).toEqual([[0], '1']);
    expect(reason).toContain('#0 shared a cell with a better one since a range moved');
    expect(archive.cellOf(island.view, at(1, 2, 1))).toBe('0');
  });

  it('names what a program lacks', () => {
    expect(new Island(archive).add(member(0, 1)).reason).toBe('it has no feature "x"');
  });

  it('gives the worst cell for a better one when cells are more than places', () => {
    const small = createArchive({
      type: 'grid',
      size: 2,
      axes: [{ feature: 'x', bins: 4, scale: 'log', least: 1, most: 16 }],
    });
    const island = new Island(small);
    expect([at(0, 1, 1), at(1, 2, 3)].map((each) => island.add(each).cell)).toEqual(['0', '1']);
    expect(island.add(at(2, 0.5, 9)).status).toBe('rejected');
    expect(island.add(at(3, 5, 1000))).toMatchObject({ evicted: [0], cell: '3', status: 'new' });
    expect(coverage(small, island.view)).toBe(0.5);
    expect(qdScore(small, island.view, 1, 5)).toEqual({ raw: 5, normalised: 1.25 / 4 });
  });
});

describe('cvt', () => {
  it('has cells that can all be reached, of about one size', () => {
    const centroids = centroidsOf(16, 3, 2_000);
    const random = createRandom(1);
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 8_000; i++) {
      const cell = nearestCentroid(centroids, [random.next(), random.next(), random.next()]);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(200);
    expect(Math.max(...counts)).toBeLessThan(1_000);
  });

  it('has a program in each', () => {
    const axes: Axis[] = ['x', 'y'].map((feature) => ({ feature, bins: 1, scale: 'fixed', least: -1, most: 1 }));
    const archive = createArchive({ type: 'cvt', size: 30, axes, samples: 1_000 });
    const island = new Island(archive);
    const random = createRandom(2);
    for (let id = 0; id < 2_000; id++) {
      island.add(member(id, random.next(), { features: { x: 2 * random.next() - 1, y: 2 * random.next() - 1 } }));
    }
    expect(coverage(archive, island.view)).toBe(1);
    expect(island.ids.length).toBe(30);
  });
});

describe('threshold', () => {
  const axes: Axis[] = [{ feature: 'x', bins: 2, scale: 'fixed', least: 0, most: 1 }];
  const at = (id: number, fitness: number): ReturnType<typeof member> => member(id, fitness, { features: { x: 0 } });

  it.each([0, 0.1, 0.5, 1])('follows the closed form at rate %d', (rate) => {
    const island = new Island(createArchive({ type: 'threshold', size: 8, axes, rate }));
    const random = createRandom(7);
    const taken: number[] = [];
    for (let id = 0; id < 200; id++) {
      const fitness = random.normal();
      const before = island.view.thresholds.get('0') ?? -Infinity;
      const { status, threshold } = island.add(at(id, fitness));
      expect(status !== 'rejected').toBe(fitness > before);
      if (status === 'rejected') continue;
      taken.push(fitness);
      const n = taken.length;
      const closed = taken.reduce(
        (sum, f, i) => sum + f * (i === 0 ? (1 - rate) ** (n - 1) : rate * (1 - rate) ** (n - 1 - i)),
        0,
      );
      expect(threshold).toBeCloseTo(closed, 10);
    }
    expect(taken.length).toBeGreaterThan(2);
    expect(island.view.members[0]?.fitness).toBe(Math.max(...taken));
    expect(island.ids.length).toBeLessThanOrEqual(2);
  });

  it('keeps the elite beside what is above the threshold only', () => {
    const island = new Island(createArchive({ type: 'threshold', size: 8, axes, rate: 0.1 }));
    island.add(at(0, 0));
    expect(island.add(at(1, 10))).toMatchObject({ evicted: [0], threshold: 1 });
    expect(island.add(at(2, 5))).toMatchObject({ status: 'improved', evicted: [], threshold: 1.4 });
    expect(island.add(at(3, 2)).evicted).toEqual([2]);
    expect(island.add(at(4, 11)).evicted.toSorted()).toEqual([1, 3]);
  });
});

describe('pareto', () => {
  it('is the front that brute force finds', () => {
    const point = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 40 }), (points) => {
        const archive = createArchive({ type: 'pareto', size: 1_000, front: 'instances', objectives: {} });
        const island = new Island(archive);
        // The sum is the greatest on the front, so the fittest is never a guest there.
        points.forEach(([a = 0, b = 0, c = 0], id) => island.add(member(id, a + b + c, { scores: { a, b, c } })));
        const beats = (p: number[], q: number[]): boolean =>
          p.every((v, i) => v >= (q[i] as number)) && p.some((v, i) => v > (q[i] as number));
        const front = new Set(points.filter((q) => !points.some((p) => beats(p, q))).map(String));
        const found = island.ids.map((id) => String(points[id]));
        expect(found.length).toBe(front.size);
        expect(new Set(found)).toEqual(front);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('thins a full front where it is densest, and keeps its ends', () => {
    const archive = createArchive({ type: 'pareto', size: 4, front: 'objectives', objectives: { u: 1, v: -1 } });
    const island = new Island(archive);
    [0, 1, 2, 3, 4].forEach((u) => island.add(member(u, u, { metrics: { u, v: u } })));
    expect(island.ids.length).toBe(4);
    expect(island.ids).toEqual(expect.arrayContaining([0, 4]));
  });
});

it('measures diversity as the mean over pairs', () => {
  const vectors = [Int8Array.of(3, 4), Int8Array.of(1, 0), Int8Array.of(0, -2)];
  const members = vectors.map((vector, id) => member(id, 0, { vector }));
  expect(diversity(members)).toBeCloseTo(1 - (0.6 - 0.8 + 0) / 3, 12);
  expect(diversity(members.slice(0, 1))).toBeNull();
});
