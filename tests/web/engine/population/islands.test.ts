import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../../web/engine/population/archives/index.ts';
import { planMerge } from '../../../../web/engine/population/merge.ts';
import { nextInterval, planMigration } from '../../../../web/engine/population/migrations.ts';
import { planSplit } from '../../../../web/engine/population/split.ts';
import { decideStagnation, type IslandView } from '../../../../web/engine/population/stagnation.ts';
import { edges } from '../../../../web/engine/population/topology.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { Topology } from '../../../../web/engine/strategy.ts';
import { Island, member } from './members.ts';

describe('topologies', () => {
  const cases: [Topology, number[], number[][]][] = [
    ['ring', [0, 2, 3], [[0, 2], [2, 3], [3, 0]]],
    ['two-way-ring', [0, 1], [[0, 1], [1, 0]]],
    ['complete', [0, 1, 4], [[0, 1], [0, 4], [1, 0], [1, 4], [4, 0], [4, 1]]],
    ['star-in', [1, 2, 3], [[2, 1], [3, 1]]],
    ['star-out', [1, 2, 3], [[1, 2], [1, 3]]],
    ['star', [0, 1], [[1, 0], [0, 1]]],
    ['none', [0, 1], []],
    [[[0, 1], [1, 2], [0, 1], [2, 2]], [0, 1], [[0, 1]]],
  ]; // prettier-ignore
  it.each(cases)('%j over %j', (topology, alive, expected) => {
    expect(edges(topology, alive)).toEqual(expected);
  });

  it('lead nowhere from one island or none', () => {
    for (const topology of ['ring', 'two-way-ring', 'complete', 'star', 'star-in', 'star-out'] as const) {
      expect([edges(topology, []), edges(topology, [3])]).toEqual([[], []]);
    }
  });
});

describe('migration', () => {
  const base = { hash: (id: number) => (id === 9 ? 'h1' : `h${id}`), consumed: 100, rest: 50 };
  const island = (archive: number[], startedAt = 0): { archive: number[]; startedAt: number } => ({
    archive,
    startedAt,
  });

  it('offers the best of each, but not what is known there', () => {
    const islands = [island([5, 1, 2, 3]), island([9, 4, 6]), island([5], 60)];
    const graph = edges('complete', [0, 1, 2]);
    expect(planMigration({ ...base, edges: graph, islands, rate: 0.5 })).toEqual([
      // #1 has the text of #9, and so has #9 of #1; island 2 began anew a moment ago.
      { program: 5, from: 0, to: 1 },
      { program: 4, from: 1, to: 0 },
    ]);
  });

  it('offers at least one, and to one target nothing twice', () => {
    const islands = [island([1]), island([9, 2]), island([])];
    const offers = planMigration({ ...base, edges: [[0, 2], [1, 2], [0, 7]], islands, rate: 0 }); // prettier-ignore
    expect(offers).toEqual([{ program: 1, from: 0, to: 2 }]);
  });

  it('comes sooner while it helps', () => {
    const outcome = (helped: boolean, n: number): { helped: boolean }[] =>
      Array.from({ length: n }, () => ({ helped }));
    expect(nextInterval(100, [])).toBe(100);
    expect(nextInterval(100, outcome(false, 2))).toBe(225);
    expect(nextInterval(100, outcome(true, 1))).toBe(67);
    expect([nextInterval(100, outcome(false, 99)), nextInterval(100, outcome(true, 99))]).toEqual([800, 25]);
    expect([nextInterval(0, outcome(true, 1)), nextInterval(1, outcome(true, 9))]).toEqual([0, 1]);
  });
});

describe('stagnation', () => {
  const settings = { restartAfter: 10, onStagnation: 'restart', from: 'seed', most: 3 } as const;
  const run = { seed: 0, best: 7, consumed: 100 };
  const view = (stagnation: number, best: number, archive: number[], more: Partial<IslandView> = {}): IslandView => ({
    ...{ alive: true, stagnation, startedAt: 0, best, archive, ...more },
  });
  const islands = [view(12, 5, [7, 1]), view(11, -2, [2]), view(3, 1, [3])];
  const random = createRandom(1);

  it('does nothing without stagnant islands', () => {
    expect(decideStagnation(islands, { ...settings, restartAfter: 0 }, run, random)).toEqual({ type: 'none' });
    expect(decideStagnation(islands, { ...settings, restartAfter: 13 }, run, random)).toEqual({ type: 'none' });
    const dead = islands.map((each) => ({ ...each, alive: false }));
    expect(decideStagnation(dead, settings, run, random)).toEqual({ type: 'none' });
  });

  it('restarts the worst', () => {
    const reason = '11 results without a better one';
    expect(decideStagnation(islands, settings, run, random)).toEqual({ type: 'restart', island: 1, from: 0, reason });
    expect(decideStagnation(islands, { ...settings, from: 'best' }, run, random)).toMatchObject({ from: 7 });
    for (let i = 0; i < 20; i++) {
      const decision = decideStagnation(islands, { ...settings, from: 'random' }, run, random);
      expect([1, 3, 7]).toContain(decision.type === 'restart' && decision.from);
    }
  });

  it('spawns while there is room, once in a while', () => {
    const spawn = { ...settings, onStagnation: 'spawn', most: 4 } as const;
    expect(decideStagnation(islands, spawn, run, random)).toMatchObject({ type: 'spawn', from: [0] });
    expect(decideStagnation(islands, { ...spawn, most: 3 }, run, random)).toMatchObject({ type: 'restart', island: 1 });
    const young = [...islands, view(0, 0, [0], { startedAt: 95 })];
    expect(decideStagnation(young, { ...spawn, most: 9 }, run, random)).toEqual({ type: 'none' });
  });

  it('retires neither the last nor the one with the best', () => {
    const retire = { ...settings, onStagnation: 'retire' } as const;
    expect(decideStagnation(islands, retire, run, random)).toMatchObject({ type: 'retire', island: 1, into: 0 });
    expect(decideStagnation(islands.slice(0, 1), retire, run, random)).toEqual({ type: 'none' });
    const left = [islands[0] as IslandView, view(0, 1, [3])];
    expect(decideStagnation(left, retire, run, random)).toEqual({ type: 'none' });
    const empty = [islands[2] as IslandView, view(50, -Infinity, [])];
    expect(decideStagnation(empty, retire, run, random)).toMatchObject({ island: 1, into: null });
  });
});

describe('merging', () => {
  it('moves what the target takes and keeps', () => {
    const archive = createArchive({ type: 'fitness', size: 3, criteria: { fitness: 1 } });
    const target = new Island(archive, [member(1, 1), member(2, 2), member(3, 3)]);
    const source = [member(4, 9), member(3, 3), member(5, 2.5), member(6, 0)];
    expect(planMerge(source, target.view, archive)).toEqual({ moved: [4, 5], evicted: [2, 1] });
    expect(target.ids).toEqual([3, 2, 1]);
  });
});

describe('splitting', () => {
  it('parts two kinds', () => {
    const kinds = [[9, 1], [0, 9], [8, 0], [1, 8], [9, 0]]; // prettier-ignore
    const members = kinds.map((kind, id) => member(id, -id, { vector: Int8Array.from(kind) }));
    expect(planSplit(members, createRandom(1))).toEqual([1, 3]);
    expect(
      planSplit(
        members.map((each) => ({ ...each, vector: null })),
        createRandom(1),
      ),
    ).toEqual([1, 3]);
    expect(planSplit(members.slice(0, 1), createRandom(1))).toEqual([]);
  });

  it('never moves all or none', () => {
    const vector = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(vector, { minLength: 2, maxLength: 12 }), fc.integer(), (vectors, seed) => {
        const members = vectors.map((each, id) => member(id, -id, { vector: Int8Array.from(each) }));
        const moved = planSplit(members, createRandom(seed));
        expect(moved.length).toBeGreaterThan(0);
        expect(moved).not.toContain(0);
        expect(new Set(moved).size).toBe(moved.length);
      }),
      { seed: 9 },
    );
  });
});
