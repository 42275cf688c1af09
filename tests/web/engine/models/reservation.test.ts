import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { Reserved } from '../../../../web/engine/events.ts';
import type { Budget } from '../../../../web/engine/experiment.ts';
import { costOf } from '../../../../web/engine/models/cost.ts';
import { fromNano, nanoDown, nanoUp } from '../../../../web/engine/models/money.ts';
import type { Price } from '../../../../web/engine/models/price.ts';
import {
  addReserved,
  callsOf,
  fits,
  left,
  NOTHING_RESERVED,
  reserve,
  softReached,
  subtractReserved,
  type Demand,
} from '../../../../web/engine/models/reservation.ts';
import { createRandom } from '../../../../web/engine/rng.ts';

const PRICE: Price = { input: 2, cached: 0.1, output: 10, written: 2.5, long: null };

function budget(caps: Partial<Budget>): Budget {
  return { ...DEFAULT_BUDGET, ...caps };
}

describe('money', () => {
  it('comes back from dollars as the same whole number of nano-dollars', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 51 }), (nano) => {
        expect(nanoUp(fromNano(nano))).toBe(nano);
        expect(nanoDown(fromNano(nano))).toBe(nano);
      }),
      { seed: 1, numRuns: 5000 },
    );
  });
  it('rounds spending up and allowances down', () => {
    expect(nanoUp(1.5e-9)).toBe(2);
    expect(nanoDown(1.5e-9)).toBe(1);
    expect(nanoUp(0.1 + 0.2)).toBeGreaterThanOrEqual(300_000_000);
  });
});

describe('reservations', () => {
  it('never let spent and reserved pass a hard cap, over 3,000 random runs', () => {
    let jobs = 0;
    let full = 0;
    for (let run = 0; run < 3000; run++) {
      const random = createRandom(`run ${run}`);
      const some = (x: number): number | null => (random.next() < 0.3 ? null : x);
      const caps = budget({
        evaluations: some(random.below(200)),
        calls: some(random.below(60)),
        tokens: some(random.below(300_000)),
        dollars: some(Math.round(random.next() * 1e4) / 1e4),
      });
      let spent: Reserved = NOTHING_RESERVED;
      const flights: { reserved: Reserved; calls: number; demand: Demand; price: Price }[] = [];
      let held: Reserved = NOTHING_RESERVED;
      for (let step = 0; step < 60; step++) {
        if (flights.length > 0 && random.next() < 0.5) {
          const [flight] = flights.splice(random.below(flights.length), 1) as [(typeof flights)[number]];
          held = subtractReserved(held, flight.reserved);
          let cost: Reserved = { ...NOTHING_RESERVED, evaluations: random.below(flight.reserved.evaluations + 1) };
          for (let call = 0; call < flight.calls; call++) {
            const { promptTokens, replyTokens } = flight.demand.calls[0] as Demand['calls'][number];
            const input = random.below(promptTokens + 1);
            const output = random.next() < 0.3 ? replyTokens : random.below(replyTokens + 1);
            const usage = { input, output, cached: random.below(input + 1), reasoning: 0 };
            cost = addReserved(cost, {
              evaluations: 0,
              calls: 1,
              tokens: input + output,
              dollars: costOf(usage, flight.price),
            });
          }
          expect(fits(cost, flight.reserved)).toBe(true);
          spent = addReserved(spent, cost);
        } else {
          const price: Price = {
            input: random.next() * 10,
            cached: random.next() * 10,
            output: random.next() * 50,
            written: random.next() < 0.5 ? null : random.next() * 15,
            long: random.next() < 0.5 ? null : { above: random.below(9000), input: 20, cached: 12, output: 75 },
          };
          const demand: Demand = {
            evaluations: { most: 1 + random.below(60), least: 1 },
            calls: [
              {
                model: 'm',
                price,
                promptTokens: random.below(9000),
                replyTokens: random.below(4000),
                most: 1 + random.below(4),
                least: random.below(2),
              },
            ],
          };
          const room = left(caps, spent, held);
          const answer = reserve(demand, room);
          if (answer.type === 'refused') full++;
          else {
            jobs++;
            expect(fits(answer.reserved, room)).toBe(true);
            expect(answer.reserved.calls).toBe(answer.calls[0]);
            flights.push({ reserved: answer.reserved, calls: answer.calls[0] as number, demand, price });
            held = addReserved(held, answer.reserved);
          }
        }
        const total = addReserved(spent, held);
        const over = (['evaluations', 'calls', 'tokens'] as const).some((key) => total[key] > (caps[key] ?? Infinity));
        if (over || (caps.dollars !== null && nanoUp(total.dollars) > nanoDown(caps.dollars))) {
          expect.fail(`${JSON.stringify(total)} is beyond ${JSON.stringify(caps)}`);
        }
      }
      for (const flight of flights) held = subtractReserved(held, flight.reserved);
      expect(held).toEqual(NOTHING_RESERVED);
    }
    expect(jobs).toBeGreaterThan(10_000);
    expect(full).toBeGreaterThan(10_000);
  }, 60_000);

  it('are for the worst case of 1 + retries calls, and shrink to what fits', () => {
    const settings = { promptTokens: 10_000, replyTokens: 1_000, attempts: 3, refinements: 1 };
    const demand: Demand = {
      evaluations: { most: 5, least: 1 },
      calls: callsOf('program', settings, { name: 'm', price: PRICE }, null),
    };
    // 10,000 × $2.50 + 1,000 × $10 a million: 3.5 cents a call.
    const open = left(budget({}), NOTHING_RESERVED, NOTHING_RESERVED);
    expect(reserve(demand, open)).toEqual({
      type: 'reserved',
      reserved: { evaluations: 5, calls: 4, tokens: 44_000, dollars: 0.14 },
      calls: [4],
    });
    const tight = left(budget({ dollars: 0.1, evaluations: 3 }), NOTHING_RESERVED, NOTHING_RESERVED);
    expect(reserve(demand, tight)).toMatchObject({ reserved: { evaluations: 3, calls: 2, dollars: 0.07 } });
    const none = left(budget({ dollars: 0.034999999 }), NOTHING_RESERVED, NOTHING_RESERVED);
    expect(reserve(demand, none)).toEqual({ type: 'refused', reason: 'too few dollars are left', short: 'dollars' });
    const exact = left(budget({ dollars: 0.035 }), NOTHING_RESERVED, NOTHING_RESERVED);
    expect(reserve(demand, exact)).toMatchObject({ type: 'reserved', calls: [1] });
  });

  it('do without the judge before they do without a proposal', () => {
    const settings = { promptTokens: 1_000, replyTokens: 100, attempts: 1, refinements: 0 };
    const calls = callsOf('program', settings, { name: 'm', price: PRICE }, { name: 'j', price: PRICE });
    const room = left(budget({ calls: 1 }), NOTHING_RESERVED, NOTHING_RESERVED);
    expect(reserve({ evaluations: { most: 1, least: 1 }, calls }, room)).toMatchObject({ calls: [1, 0] });
  });

  it('refuse a model without a price where dollars are limited, and only there', () => {
    const settings = { promptTokens: 1_000, replyTokens: 100, attempts: 1, refinements: 0 };
    const demand: Demand = {
      evaluations: { most: 1, least: 1 },
      calls: callsOf('program', settings, { name: 'mystery', price: null }, null),
    };
    expect(reserve(demand, left(budget({ dollars: 5 }), NOTHING_RESERVED, NOTHING_RESERVED))).toEqual({
      type: 'refused',
      reason: "nobody knows the price of mystery, so a limit in dollars can't be kept",
      short: null,
    });
    expect(reserve(demand, left(budget({ tokens: 5000 }), NOTHING_RESERVED, NOTHING_RESERVED)).type).toBe('reserved');
  });

  it('add without drift', () => {
    let sum = NOTHING_RESERVED;
    for (let i = 0; i < 100_000; i++) sum = addReserved(sum, { ...NOTHING_RESERVED, dollars: 0.1 });
    expect(sum.dollars).toBe(10_000);
  });
});

describe('soft caps', () => {
  const soft = (caps: Partial<Budget['soft']>): Budget =>
    budget({ soft: { calls: null, tokens: null, dollars: null, ...caps } });
  it('expect of calls in flight what calls have cost so far', () => {
    const spent = { calls: 10, tokens: 1000, dollars: 1 };
    const held = { calls: 5, tokens: 90_000, dollars: 4 };
    expect(softReached(soft({ dollars: 1.51 }), spent, held)).toBeNull();
    expect(softReached(soft({ dollars: 1.5 }), spent, held)).toBe('dollars');
    expect(softReached(soft({ tokens: 1501 }), spent, held)).toBeNull();
    expect(softReached(soft({ tokens: 1500 }), spent, held)).toBe('tokens');
    expect(softReached(soft({ calls: 15 }), spent, held)).toBe('calls');
    expect(softReached(soft({ calls: 16 }), spent, held)).toBeNull();
  });
  it('expect the worst where nothing is known yet, and never more than is held', () => {
    const held = { calls: 5, tokens: 90_000, dollars: 4 };
    expect(softReached(soft({ dollars: 4 }), { calls: 0, tokens: 0, dollars: 0 }, held)).toBe('dollars');
    expect(softReached(soft({ dollars: 5.1 }), { calls: 1, tokens: 1, dollars: 1 }, held)).toBeNull();
  });
  it('are off without a figure', () => {
    expect(softReached(soft({}), { calls: 9, tokens: 9, dollars: 9 }, { calls: 9, tokens: 9, dollars: 9 })).toBeNull();
  });
});
