import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../../web/engine/population/archives/index.ts';
import type { Member } from '../../../../web/engine/population/archive-contract.ts';
import type { ArchiveSettings, Axis } from '../../../../web/engine/strategy.ts';
import { Island, member } from './members.ts';

const adaptive = (feature: string, bins = 3): Axis => ({ feature, bins, scale: 'adaptive', least: null, most: null });
const axes: Axis[] = [adaptive('x'), { feature: 'y', bins: 4, scale: 'fixed', least: 0, most: 1 }];
const size = 5;
const ARCHIVES: ArchiveSettings[] = [
  { type: 'fitness', size, criteria: { fitness: 1 } },
  { type: 'fitness', size, criteria: { fitness: 1, length: -0.3, speed: 0.5 } },
  { type: 'crowding', size, criteria: { fitness: 1 }, by: 'syntax' },
  { type: 'crowding', size, criteria: { length: -1 }, by: 'features' },
  { type: 'crowding', size, criteria: { fitness: 1 }, by: 'scores' },
  { type: 'crowding', size, criteria: { fitness: 1 }, by: 'behaviour' },
  { type: 'grid', size, axes },
  { type: 'grid', size, axes: [adaptive('length'), { feature: 'x', bins: 2, scale: 'log', least: 0.1, most: 10 }] },
  { type: 'cvt', size, axes, samples: 200 },
  { type: 'threshold', size, axes, rate: 0.3 },
  { type: 'threshold', size: 1, axes, rate: 0 },
  { type: 'pareto', size, front: 'instances', objectives: { fitness: 1 } },
  { type: 'pareto', size, front: 'objectives', objectives: { fitness: 1, length: -1 } },
  { type: 'pareto', size, front: 'hybrid', objectives: { length: -1 } },
];

const figure = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(1e300, -1e300, 1.7e308, -1.7e308, 1e-12, -1e-12, 1, 1 + 1e-12, 0, -0),
);
const programs = fc.array(
  fc.record({
    fitness: fc.oneof(
      { weight: 9, arbitrary: figure },
      { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity, NaN) },
    ),
    correct: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    x: figure,
    y: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
    a: figure,
    b: figure,
    length: fc.integer({ min: 1, max: 50 }),
    fuel: fc.integer({ min: 1, max: 4 }),
    vector: fc.option(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 4, maxLength: 4 })),
    pinned: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { maxLength: 40 },
);

function built(drawn: typeof programs extends fc.Arbitrary<infer T> ? T : never): Member[] {
  return drawn.map(({ fitness, correct, x, y, a, b, length, fuel, vector }, id) =>
    member(id, fitness, {
      ...{ correct, length, fuel, features: { x, y }, scores: { a, b }, metrics: { speed: a } },
      vector: vector && Int8Array.from(vector),
    }),
  );
}

describe.each(ARCHIVES.map((settings) => [createArchive(settings).name, settings] as const))('%s', (_, settings) => {
  const fit = (id: number, fitness: number, more: object = {}): Member =>
    member(id, fitness, { features: { x: 1, y: 0.5 }, scores: { a: fitness }, ...more });

  it('takes the first correct program and says why', () => {
    const island = new Island(createArchive(settings));
    const { status, evicted, reason } = island.add(fit(0, -5));
    expect([status, evicted]).toEqual(['new', []]);
    expect(reason).not.toBe('');
    expect(island.add(fit(0, -5)).reason).toBe('it is already there');
  });

  it('takes none without a finite score, and none that is incorrect', () => {
    for (const bad of [fit(0, Infinity), fit(0, -Infinity), fit(0, NaN), fit(0, 3, { correct: false })]) {
      expect(createArchive(settings).admit(new Island(createArchive(settings)).view, bad).status).toBe('rejected');
    }
  });

  it('keeps its rules over random programs', () => {
    fc.assert(
      fc.property(programs, (drawn) => {
        const archive = createArchive(settings);
        const pinned = new Set(drawn.map(({ pinned }, id) => (pinned ? id : -1)));
        const island = new Island(archive, [], pinned);
        let best = -Infinity;
        for (const newcomer of built(drawn)) {
          const before = [...island.ids];
          const thresholds = [...island.view.thresholds];
          const decision = archive.admit(island.view, newcomer);
          expect(archive.admit(island.view, newcomer)).toEqual(decision);
          expect(createArchive(settings).admit(island.view, newcomer)).toEqual(decision);
          expect(island.ids).toEqual(before);
          expect([...island.view.thresholds]).toEqual(thresholds);
          const { status, evicted, reason } = island.add(newcomer);
          expect(reason.length).toBeGreaterThan(0);
          expect(new Set(evicted).size).toBe(evicted.length);
          for (const id of evicted) {
            expect(before).toContain(id);
            expect(pinned.has(id)).toBe(false);
          }
          if (status === 'rejected') expect(evicted).toEqual([]);
          else expect(Number.isFinite(newcomer.fitness) && newcomer.evaluation.correct).toBe(true);
          expect(island.ids.length).toBeLessThanOrEqual(settings.size);
          const isFull = before.length >= settings.size && before.every((id) => pinned.has(id));
          if (newcomer.evaluation.correct && Number.isFinite(newcomer.fitness) && !isFull) {
            best = Math.max(best, newcomer.fitness);
          }
          expect((island.view.members[0]?.fitness ?? -Infinity) === best).toBe(true);
          if (archive.cells !== null && status !== 'rejected') {
            expect(archive.cellOf(island.view, newcomer)).not.toBeNull();
          }
        }
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it('comes down to its size when that was lowered', () => {
    const many = Array.from({ length: 9 }, (_, i) => fit(i, i, { length: 20 - i, features: { x: i, y: 0.1 * i } }));
    const island = new Island(createArchive(settings), many);
    expect(island.add(fit(20, 50, { length: 1, features: { x: 9, y: 1 } })).status).not.toBe('rejected');
    expect(island.ids.length).toBeLessThanOrEqual(settings.size);
    expect(island.ids[0]).toBe(20);
  });
});
