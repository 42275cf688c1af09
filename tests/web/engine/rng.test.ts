import { describe, expect, it } from 'vitest';
import { createRandom, restoreRandom, type Random } from '../../../web/engine/rng.ts';

function take(random: Random, n: number): number[] {
  return Array.from({ length: n }, () => random.next());
}

describe('random', () => {
  it('repeats for a seed and differs between seeds', () => {
    expect(take(createRandom(7), 20)).toEqual(take(createRandom(7), 20));
    expect(take(createRandom(7), 20)).not.toEqual(take(createRandom(8), 20));
    expect(take(createRandom('7'), 3)).toEqual(take(createRandom(7), 3));
  });

  it('goes on from its state', () => {
    const random = createRandom(1);
    take(random, 5);
    const again = restoreRandom(random.state);
    expect(take(again, 20)).toEqual(take(random, 20));
  });

  it('splits into streams that do not depend on what has been drawn', () => {
    const a = createRandom(1);
    const before = take(a.split('x'), 5);
    take(a, 100);
    expect(take(a.split('x'), 5)).toEqual(before);
    expect(take(a.split('y'), 5)).not.toEqual(before);
    expect(take(a.split('x').split(1), 5)).not.toEqual(take(a.split('x1'), 5));
    // A root restored from the log must split alike.
    expect(take(restoreRandom(createRandom(1).state).split('x'), 5)).toEqual(before);
  });

  it('is uniform: chi-square over 64 cells stays below the 0.999 quantile', () => {
    const cells = new Array<number>(64).fill(0);
    const random = createRandom(42);
    const n = 64_000;
    for (let i = 0; i < n; i++) cells[random.below(64)]! += 1;
    const chi = cells.reduce((sum, count) => sum + (count - n / 64) ** 2 / (n / 64), 0);
    expect(chi).toBeLessThan(103.4);
  });

  it('splits by job number are uncorrelated', () => {
    const root = createRandom(3);
    const first = Array.from({ length: 4_000 }, (_, job) => root.split(`select/${job}`).next());
    const mean = first.reduce((sum, x) => sum + x, 0) / first.length;
    let lag = 0;
    for (let i = 1; i < first.length; i++) lag += ((first[i] as number) - 0.5) * ((first[i - 1] as number) - 0.5);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    expect(Math.abs((lag / first.length) * 12)).toBeLessThan(0.06);
  });

  it('normal has mean 0 and variance 1', () => {
    const random = createRandom(5);
    const xs = Array.from({ length: 20_000 }, () => random.normal());
    const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length;
    const variance = xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / xs.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it('weighted never picks a weight of 0, and copes with bad weights', () => {
    const random = createRandom(6);
    for (let i = 0; i < 500; i++) expect([1, 3]).toContain(random.weighted([0, 1, 0, 2, 0]));
    for (let i = 0; i < 50; i++) expect(random.weighted([0, 0, 0])).toBeLessThan(3);
    for (let i = 0; i < 50; i++) expect(random.weighted([NaN, 1, NaN])).toBe(1);
    for (let i = 0; i < 50; i++) expect(random.weighted([Infinity, 1])).toBeLessThan(2);
  });
});
