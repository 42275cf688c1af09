import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import { estimateRun, proposalCalls, type CallPlan } from '../../../../web/engine/models/estimate.ts';
import { ledgerOf, ledgerOfEntries, type Entry } from '../../../../web/engine/models/ledger.ts';
import type { Price } from '../../../../web/engine/models/price.ts';
import { createRandom } from '../../../../web/engine/rng.ts';

const PRICES: Readonly<Record<string, Price>> = {
  big: { input: 10, cached: 10, output: 50, written: null, long: null },
  small: { input: 1, cached: 1, output: 5, written: null, long: null },
};

function plans(options: {
  ensemble?: Record<string, number>;
  attempts?: number;
  again?: number;
  refinements?: number;
}): CallPlan[] {
  return proposalCalls({
    asking: 0.5,
    search: { share: 0, most: 2 },
    ensemble: { big: 1, small: 3 },
    price: (model) => PRICES[model] ?? null,
    attempts: 3,
    refinements: 0,
    again: 0.2,
    prompt: 2_000,
    reply: 1_000,
    promptTokens: 10_000,
    replyTokens: 4_000,
    ...options,
  });
}

describe('the estimate', () => {
  it('sums likely calls by purpose', () => {
    const budget = { ...DEFAULT_BUDGET, evaluations: 1_000 };
    const estimate = estimateRun({ budget, evaluations: 2, calls: plans({ refinements: 1 }) });
    expect(estimate.proposals).toBe(500);
    expect(estimate.asking).toBe(1);
    expect(estimate.lines.map(({ purpose }) => purpose)).toEqual(['propose', 'refine']);
    const [propose, refine] = estimate.lines as [(typeof estimate.lines)[0], (typeof estimate.lines)[0]];
    // 500 × ½ × 1.2 calls; a call of the big one 7 cents, of the small one 0.7.
    expect(propose.likely.calls).toBeCloseTo(300, 9);
    expect(propose.likely.tokens).toBeCloseTo(900_000, 6);
    expect(propose.likely.dollars).toBeCloseTo(75 * 0.07 + 225 * 0.007, 6);
    expect(refine.likely.calls).toBeCloseTo(250, 9);
    expect(estimate.likely.dollars).toBeCloseTo(propose.likely.dollars + refine.likely.dollars, 8);
    // At worst each of 1,000 proposals takes one evaluation and four calls of the big one at full length, 30 cents each.
    expect(estimate.worst.dollars).toBeCloseTo(1_000 * 4 * 0.3, 6);
    expect(estimate.worst.calls).toBe(4_000);
  });
  it('never goes beyond hard caps, and says how far money lasts', () => {
    const calls = plans({});
    const free = estimateRun({ budget: { ...DEFAULT_BUDGET, evaluations: 1_000 }, evaluations: 2, calls });
    const cap = free.likely.dollars / 4;
    for (const caps of [{ dollars: cap }, { soft: { calls: null, tokens: null, dollars: cap } }]) {
      const estimate = estimateRun({
        budget: { ...DEFAULT_BUDGET, evaluations: 1_000, ...caps },
        evaluations: 2,
        calls,
      });
      expect(estimate.asking).toBeCloseTo(0.25, 6);
      expect(estimate.likely.dollars).toBeCloseTo(cap, 6);
      if ('dollars' in caps) expect(estimate.worst.dollars).toBe(cap);
      else expect(estimate.worst.dollars).toBeGreaterThan(cap);
    }
  });
  it('is for 1,000 proposals where nothing ends the run, names models without a price, and is nothing without models', () => {
    const estimate = estimateRun({
      budget: DEFAULT_BUDGET,
      evaluations: 2,
      calls: plans({ ensemble: { mystery: 1 } }),
    });
    expect(estimate.proposals).toBeNull();
    expect(estimate.unpriced).toEqual(['mystery']);
    expect(estimate.likely.calls).toBeCloseTo(600, 9);
    expect(estimate.likely.dollars).toBe(0);
    const offline = estimateRun({ budget: DEFAULT_BUDGET, evaluations: 2, calls: plans({ ensemble: {} }) });
    expect(offline).toMatchObject({ lines: [], asking: 1, likely: { calls: 0, tokens: 0, dollars: 0 } });
  });
  it('agrees with a played run within sampling error', () => {
    const estimate = estimateRun({
      budget: { ...DEFAULT_BUDGET, evaluations: 40_000 },
      evaluations: 2,
      calls: plans({}),
    });
    const random = createRandom('played');
    let dollars = 0;
    for (let i = 0; i < 20_000; i++) {
      if (random.next() >= 0.5) continue;
      const each = random.next() < 0.25 ? 0.07 : 0.007;
      dollars += each * (random.next() < 0.2 ? 2 : 1);
    }
    expect(dollars / estimate.likely.dollars).toBeGreaterThan(0.97);
    expect(dollars / estimate.likely.dollars).toBeLessThan(1.03);
  });
});

describe('the ledger', () => {
  const entry = (purpose: Entry['purpose'], model: string, dollars: number | null, failed = false): Entry => ({
    purpose,
    model,
    usage: { input: 100, output: 10, cached: 40, reasoning: 5 },
    dollars,
    failed,
  });
  const entries = [
    entry('judge', 'b', 0.1),
    entry('propose', 'b', 0.2),
    entry('propose', 'a', null, true),
    entry('propose', 'a', 0.3),
  ];
  it('sums by purpose and by model, and says what it could not count', () => {
    const { total, purposes, models } = ledgerOfEntries(entries);
    expect(total).toEqual({
      calls: 4,
      tokens: 440,
      dollars: 0.6,
      input: 400,
      output: 40,
      cached: 160,
      reasoning: 20,
      searches: 0,
      failed: 1,
      unpriced: 1,
    });
    expect([...purposes.keys()]).toEqual(['propose', 'judge']);
    expect([...models.keys()]).toEqual(['a', 'b']);
    expect(purposes.get('propose')).toMatchObject({ calls: 3, dollars: 0.5, unpriced: 1, failed: 1 });
    expect(models.get('b')?.dollars).toBe(0.3);
  });
  it('has the same sums however entries were grouped before', () => {
    const random = createRandom('ledger');
    const many = Array.from({ length: 500 }, () =>
      entry(random.pick(['propose', 'fix', 'judge']), random.pick(['a', 'b', 'c']), random.next() / 7),
    );
    const whole = ledgerOfEntries(many);
    const halves = [ledgerOfEntries(many.slice(0, 200)), ledgerOfEntries(many.slice(200))];
    const merged = ledgerOf(
      halves.flatMap(({ purposes }) => [...purposes].map(([purpose, line]) => ({ ...line, purpose, model: 'any' }))),
    );
    expect(merged.total).toEqual(whole.total);
    expect(merged.purposes).toEqual(whole.purposes);
  });
});
