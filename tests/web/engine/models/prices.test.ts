import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, worstCostOf } from '../../../../web/engine/models/cost.ts';
import { PRICE_TABLE } from '../../../../web/engine/models/price-table.ts';
import type { Price } from '../../../../web/engine/models/price.ts';
import { factsOf, priceOf, problemsOfPrices, unpriced } from '../../../../web/engine/models/prices.ts';
import { canSearch, MOST_SEARCHES, readAtMost } from '../../../../web/engine/models/search.ts';
import { promptTokensAtMost, tokensAtMost, tokensLikely } from '../../../../web/engine/models/tokens.ts';

const usage = (input: number, output: number, cached = 0) => ({ input, output, cached, reasoning: 0 });

describe('the price table', () => {
  it('has a source, a day and sensible figures for every model, each once', () => {
    expect(new Set(PRICE_TABLE.map(({ model }) => model)).size).toBe(PRICE_TABLE.length);
    for (const facts of PRICE_TABLE) {
      expect(facts.source).toMatch(/^https:\/\//);
      expect(facts.date).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(facts.input).toBeGreaterThan(0);
      expect(facts.cached).toBeLessThanOrEqual(facts.input);
      expect(facts.output).toBeGreaterThan(facts.input);
      if (facts.written !== null) expect(facts.written).toBeGreaterThan(facts.input);
      if (facts.long) expect(facts.long.input).toBeGreaterThan(facts.input);
      if (facts.context !== null) expect(facts.context).toBeGreaterThan(100_000);
    }
    expect(new Set(PRICE_TABLE.map(({ provider }) => provider)).size).toBe(4);
  });
  it('knows a snapshot by its name without the day, and nothing by a guess', () => {
    expect(factsOf('claude-haiku-4-5-20251001')?.model).toBe('claude-haiku-4-5');
    expect(factsOf('gpt-6-sol-2026-09-22')?.model).toBe('gpt-6-sol');
    expect(factsOf('claude-haiku')).toBeNull();
    expect(factsOf('constructor')).toBeNull();
  });
  it('yields to the table of the run', () => {
    expect(priceOf('gpt-6-sol', { 'gpt-6-sol': { input: 7, output: 8 } })).toMatchObject({
      input: 7,
      cached: 7,
      output: 8,
      long: null,
    });
    expect(priceOf('home', {})).toBeNull();
    expect(priceOf('toString', {})).toBeNull();
    expect(priceOf('home', { home: { input: 0, output: 0 } })).toMatchObject({ input: 0, output: 0 });
    expect(unpriced(['gpt-6-sol', 'home', 'b'], { b: { input: 1, output: 1 } })).toEqual(['home']);
  });
  it('says what a search costs only where it is known, also in the table of the run', () => {
    const searching = PRICE_TABLE.filter((facts) => canSearch(facts)).map(({ provider }) => provider);
    expect(new Set(searching)).toEqual(new Set(['openai', 'anthropic']));
    const own = { a: { input: 1, output: 1, search: 0.02 }, 'gpt-6-sol': { input: 1, output: 1 } };
    expect([canSearch(priceOf('a', own)), priceOf('a', own)?.search]).toEqual([true, 0.02]);
    expect([canSearch(priceOf('gpt-6-sol', own)), canSearch(priceOf('gpt-6-sol', {})), canSearch(null)]).toEqual([
      false,
      true,
      false,
    ]);
  });
  it('says what is wrong with a table a person wrote', () => {
    expect(problemsOfPrices({ a: { input: 0, output: 2 }, b: { input: 0, output: 2, search: 0.01 } })).toEqual([]);
    expect(
      problemsOfPrices({ a: { input: 0, output: 2, search: -1 }, b: { input: 0, output: 2, search: '1' } }),
    ).toHaveLength(2);
    expect(problemsOfPrices({ a: { input: -1, output: NaN } })).toHaveLength(2);
    expect(problemsOfPrices({ a: { input: '1', output: 2e6 } })).toHaveLength(2);
    expect(problemsOfPrices({ a: null, ' ': {} })).toHaveLength(2);
    expect(problemsOfPrices([])).toHaveLength(1);
    expect(problemsOfPrices(null)).toHaveLength(1);
  });
});

describe('cost', () => {
  const price: Price = {
    input: 2,
    cached: 0.1,
    output: 10,
    written: 2.5,
    long: { above: 272_000, input: 4, cached: 0.2, output: 15 },
  };
  it('is tokens times price, to the nano-dollar', () => {
    expect(costOf(usage(1000, 500, 400), price)).toBe(0.00624);
    expect(costOf(usage(1, 0, 1), { ...price, cached: 0.0028 })).toBe(3e-9);
    expect(costOf(usage(0, 0), price)).toBe(0);
  });
  it('charges a long prompt as a whole at the long price', () => {
    expect(costOf(usage(272_000, 0), price)).toBe(0.544);
    expect(costOf(usage(272_001, 1000), price)).toBe(1.103004);
  });
  it('takes more cached tokens than there are for all of them, and none below 0', () => {
    expect(costOf(usage(10, 0, 50), price)).toBe(1e-6);
    expect(costOf(usage(-10, 5), price)).toBe(5e-5);
  });
  it('is never above the worst case, for any usage within the limits and any model of the table', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PRICE_TABLE),
        fc.nat(500_000),
        fc.nat(100_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (facts, prompt, reply, a, b, c) => {
          const input = Math.round(a * prompt);
          const cost = costOf(usage(input, Math.round(b * reply), Math.round(c * input)), facts);
          expect(cost).toBeLessThanOrEqual(worstCostOf(prompt, reply, facts));
        },
      ),
      { seed: 3, numRuns: 5000 },
    );
  });
  it('with searches neither, whatever they bring in up to what is set aside for them', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PRICE_TABLE),
        fc.nat(100_000),
        fc.nat(100_000),
        fc.integer({ min: 1, max: MOST_SEARCHES }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(MOST_SEARCHES),
        (facts, prompt, reply, most, a, b, made) => {
          const input = Math.round(a * readAtMost(prompt, most));
          const used = { ...usage(input, reply, Math.round(b * input)), searches: Math.min(made, most) };
          const cost = costOf(used, facts);
          expect(cost).toBeLessThanOrEqual(worstCostOf(prompt, reply, facts, most));
          const fee = (facts.search ?? 0) * used.searches;
          expect(cost).toBeCloseTo(costOf({ ...used, searches: 0 }, facts) + fee, 9);
        },
      ),
      { seed: 4, numRuns: 3000 },
    );
  });
  it('in the worst case counts that the prompt may be written to a cache', () => {
    expect(worstCostOf(1000, 0, price)).toBe(0.0025);
    expect(worstCostOf(300_000, 0, price)).toBe(1.5);
  });
});

describe('tokens', () => {
  it('are at most the bytes of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(tokensAtMost(text)).toBe(new TextEncoder().encode(text).length);
      }),
      { seed: 5, numRuns: 3000 },
    );
    for (const text of ['\ud800', 'a\udc00b', '\ud800\ud800\udc00', 'x\ud83d']) {
      expect(tokensAtMost(text)).toBe(new TextEncoder().encode(text).length);
    }
  });
  it('of a whole are never above those of its parts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(tokensAtMost(a + b)).toBeLessThanOrEqual(tokensAtMost(a) + tokensAtMost(b));
      }),
      { seed: 6, numRuns: 1000 },
    );
  });
  it('of a request count what is put around messages; the likely number is about a third', () => {
    const text = 'export function step(x: number): number {\n  return x * 2;\n}\n'.repeat(10);
    expect(promptTokensAtMost([{ role: 'user', content: text }])).toBeGreaterThan(text.length);
    expect(tokensLikely(text)).toBeLessThan(tokensAtMost(text) / 3);
    expect(tokensLikely('')).toBe(0);
  });
});
