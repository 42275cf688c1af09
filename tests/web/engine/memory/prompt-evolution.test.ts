import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_FITNESSES, observe, percentile, SAMPLE_SIZE } from '../../../../web/engine/memory/percentiles.ts';
import {
  credited,
  promptEvicted,
  promptFitness,
  promptLineage,
  promptScores,
  promptWeights,
} from '../../../../web/engine/memory/prompt-evolution.ts';
import { createRandom } from '../../../../web/engine/rng.ts';
import type { PromptRecord } from '../../../../web/engine/memory/prompt-evolution.ts';

const record = (id: string, parts: Partial<PromptRecord> = {}): PromptRecord => ({
  id,
  parent: 'own',
  name: id,
  text: id,
  programs: 10,
  percentiles: 5,
  ...parts,
});
const own = record('own', { parent: null });

describe('percentiles', () => {
  it('is the share beaten, ties counted half', () => {
    const sample = [1, 2, 2, 3].reduce(observe, NO_FITNESSES);
    expect(percentile(sample, 0)).toBe(0);
    expect(percentile(sample, 2)).toBe(0.5);
    expect(percentile(sample, 2.5)).toBe(0.75);
    expect(percentile(sample, 9)).toBe(1);
    expect(percentile(NO_FITNESSES, 1)).toBe(0.5);
    expect(percentile(sample, NaN)).toBe(0);
    expect(observe(sample, NaN)).toBe(sample);
  });

  it('stays close to the exact share, at any length of the run, in bounded room', () => {
    const random = createRandom('percentiles');
    let sample = NO_FITNESSES;
    const all: number[] = [];
    for (let i = 0; i < 30_000; i++) {
      // It drifts, as scores of a run do.
      const value = random.normal() + i / 10_000;
      all.push(value);
      sample = observe(sample, value);
      expect(sample.values.length).toBeLessThan(SAMPLE_SIZE);
    }
    expect([...sample.values].sort((a, b) => a - b)).toEqual(sample.values);
    let worst = 0;
    for (let x = -2; x <= 5; x += 0.25) {
      const exact = all.filter((value) => value < x).length / all.length;
      worst = Math.max(worst, Math.abs(percentile(sample, x) - exact));
    }
    expect(worst).toBeLessThan(0.07);
  });

  it('depends on ranks alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 }), (values) => {
        const small = values.reduce(observe, NO_FITNESSES);
        const large = values.map((value) => value * 1e300).reduce(observe, NO_FITNESSES);
        for (const value of values) expect(percentile(large, value * 1e300)).toBe(percentile(small, value));
      }),
    );
  });
});

describe('credit', () => {
  it('is the mean share of correct programs beaten', () => {
    let prompt = record('a', { programs: 0, percentiles: 0 });
    expect(promptFitness(prompt)).toBe(0);
    for (const share of [0.2, 0.4, 0.9]) prompt = credited(prompt, share);
    prompt = credited(prompt, null);
    expect(prompt.programs).toBe(3);
    expect(prompt.results).toBe(4);
    expect(promptFitness(prompt)).toBeCloseTo(0.5, 12);
  });
});

describe('choice of a prompt', () => {
  it('is fitness + c·√(ln N / n), with a uniform part', () => {
    const prompts = [
      record('a', { programs: 10, percentiles: 6 }),
      record('b', { programs: 40, percentiles: 30 }),
      record('c', { programs: 50, percentiles: 20 }),
    ];
    const scores = promptScores(prompts, 1);
    const total = Math.log(100);
    [0.6 + Math.sqrt(total / 10), 0.75 + Math.sqrt(total / 40), 0.4 + Math.sqrt(total / 50)].forEach((score, i) => {
      expect(scores[i]).toBeCloseTo(score, 12);
    });
    const weights = promptWeights(prompts);
    expect(weights[0]).toBeCloseTo(0.9 + 0.1 / 3, 12);
    expect(weights[1]).toBeCloseTo(0.1 / 3, 12);
    expect(promptWeights(prompts, { epsilon: 1, exploration: 1 })).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it('tries each three times first, and drops one that never makes a correct program', () => {
    const proven = record('a', { programs: 100, percentiles: 90 });
    const fresh = record('b', { programs: 2, percentiles: 0 });
    expect(promptWeights([proven, fresh])[1]).toBeCloseTo(0.95, 12);
    const barren = record('b', { programs: 0, percentiles: 0, results: 500 });
    const weights = promptWeights([proven, barren]);
    expect(weights[0]).toBeGreaterThan(0.9);
  });

  it('shares ties, sums to one, and takes none and one', () => {
    expect(promptWeights([])).toEqual([]);
    expect(promptWeights([own])).toEqual([1]);
    expect(promptWeights([record('a'), record('b')])).toEqual([0.5, 0.5]);
    const arbitrary = fc.record({ programs: fc.nat(50), share: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 12 }), (many) => {
        const prompts = many.map(({ programs, share }, i) =>
          record(`p${i}`, { programs, percentiles: programs * share }),
        );
        const weights = promptWeights(prompts);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
        for (const weight of weights) expect(weight).toBeGreaterThanOrEqual(0.1 / prompts.length - 1e-12);
      }),
    );
  });

  it('draws as it says', () => {
    const prompts = [record('a', { percentiles: 9 }), record('b'), record('c', { percentiles: 9 })];
    const weights = promptWeights(prompts);
    const random = createRandom('draws');
    const counts = [0, 0, 0];
    for (let i = 0; i < 6_000; i++) {
      const drawn = random.weighted(weights);
      counts[drawn] = (counts[drawn] as number) + 1;
    }
    const chiSquare = counts.reduce((sum, count, i) => {
      const expected = 6_000 * (weights[i] as number);
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    // 99.9 % quantile with two degrees of freedom.
    expect(chiSquare).toBeLessThan(13.82);
  });
});

describe('eviction', () => {
  const poor = record('poor', { percentiles: 1 });
  const good = record('good', { percentiles: 8 });
  const fresh = record('fresh', { programs: 1, percentiles: 0 });
  const newcomer = record('new', { programs: 0, percentiles: 0 });

  it('takes the least fit, and nobody while there is room', () => {
    expect(promptEvicted([own, poor, good, newcomer], 'new', 4)).toBeNull();
    expect(promptEvicted([own, good, poor, newcomer], 'new', 3)).toBe('poor');
  });

  it('spares one that has not been tried, unless all others have not either', () => {
    expect(promptEvicted([own, fresh, good, newcomer], 'new', 3)).toBe('good');
    expect(promptEvicted([own, fresh, { ...fresh, id: 'later' }, newcomer], 'new', 3)).toBe('fresh');
  });

  it('never takes what a person wrote, nor the newcomer', () => {
    const bad = { ...own, programs: 50, percentiles: 0 };
    expect(promptEvicted([bad, good, newcomer], 'new', 1)).toBe('good');
    expect(promptEvicted([bad, { ...bad, id: 'own2' }, newcomer], 'new', 1)).toBeNull();
  });
});

describe('lineage', () => {
  it('goes back to the person, and does not run in circles', () => {
    const prompts = [
      own,
      record('a'),
      record('b', { parent: 'a' }),
      record('x', { parent: 'y' }),
      record('y', { parent: 'x' }),
    ];
    expect(promptLineage(prompts, 'b')).toEqual(['b', 'a', 'own']);
    expect(promptLineage(prompts, 'x')).toEqual(['x', 'y']);
    expect(promptLineage(prompts, 'gone')).toEqual([]);
  });
});
