import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RunEvent } from '../../../../web/engine/events.ts';
import type { Budget } from '../../../../web/engine/experiment.ts';
import { softReached } from '../../../../web/engine/models/reservation.ts';
import { reduce } from '../../../../web/engine/reduce.ts';
import { emptyState } from '../../../../web/engine/state.ts';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import { checkLog, checkState } from './invariants.ts';
import { asking, seeds } from './settings.ts';
import { trial } from './trial.ts';
import { openWorld } from './world.ts';

const dollars = fc.double({ min: 0.0001, max: 0.4, noNaN: true });
const price = fc.record({ input: fc.constantFrom(0, 0.1, 3.3, 15), output: fc.constantFrom(0, 0.3, 9.9, 75) });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const budgets: fc.Arbitrary<Budget> = fc.record({
  evaluations: fc.integer({ min: 1, max: 30 }),
  milliseconds: fc.constant(null),
  workMilliseconds: fc.constant(null),
  target: fc.constant(null),
  patience: fc.constant(null),
  calls: maybe(fc.integer({ min: 1, max: 30 })),
  tokens: maybe(fc.integer({ min: 1_000, max: 400_000 })),
  dollars: maybe(dollars),
  soft: fc.record({
    calls: maybe(fc.integer({ min: 1, max: 20 })),
    tokens: maybe(fc.integer({ min: 1_000, max: 100_000 })),
    dollars: maybe(dollars),
  }),
});

/** What jobs that ask were issued with a soft cap reached. */
function askedBehindSoftCap(log: readonly RunEvent[]): number {
  const state = emptyState();
  let count = 0;
  for (const event of log) {
    const budget = state.experiment?.budget;
    if (event.type === 'issued' && event.model !== null && budget && softReached(budget, state.spent, state.held))
      count++;
    reduce(state, event);
  }
  return count;
}

it('hard caps hold at every event for any caps and prices, raised and lowered on the way; behind a soft cap nobody is asked', async () => {
  let [stoppedBySoft, wentOn, byHard] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      asking,
      fc.tuple(budgets, budgets, budgets),
      fc.record({ cheap: price, dear: price }),
      fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })),
      fc.constantFrom('ordered' as const, 'throughput' as const),
      seeds,
      async (drawn, [first, second, third], prices, [a, b], mode, seed) => {
        const replyTokens = 200 + (seed % 3) * 900;
        const strategy = { ...drawn, mode, models: { ...drawn.models, prices, replyTokens } };
        const world = await openWorld({ strategy, budget: first, seed, timing: seed });
        const { run, time, log } = world;
        for (const [after, budget] of [
          [Math.min(a, b), second],
          [Math.max(a, b), third],
        ] as const) {
          while (run.activity !== 'finished' && run.state.consumed < after) await time.until(run.step());
          run.setBudget(budget);
        }
        await world.finish();
        const state = checkLog(log);
        checkState(run.state, log);
        expect(askedBehindSoftCap(log)).toBe(0);
        // What replies really cost is what the state says was spent, for all that was consumed.
        const paid = log.flatMap((event) => (event.type === 'replied' ? [event] : []));
        if (state.inFlight.size === 0) {
          expect(state.spent.calls).toBe(paid.length);
          expect(state.spent.tokens).toBe(
            paid.reduce((sum, { reply }) => sum + reply.usage.input + reply.usage.output, 0),
          );
        }
        const { soft } = third;
        if (softReached({ ...DEFAULT_BUDGET, soft }, state.spent, { calls: 0, tokens: 0, dollars: 0 })) {
          stoppedBySoft++;
          if (state.finished === 'evaluations') wentOn++;
        }
        if (state.finished === 'calls' || state.finished === 'tokens' || state.finished === 'dollars') byHard++;
      },
    ),
    trial(400, 23),
  );
  // The property is about something: soft caps were reached, and runs went on to their last evaluation.
  expect(stoppedBySoft).toBeGreaterThan(10);
  expect(wentOn).toBeGreaterThan(10);
  expect(byHard).toBeGreaterThanOrEqual(0);
}, 240_000);

it('a run that only asks ends by the cap that keeps it from asking', async () => {
  const strategy = {
    operators: { diff: 1 },
    models: {
      ensemble: { cheap: 1 },
      replyTokens: 500,
      promptTokens: 20_000,
      attempts: 1,
      refinements: 0,
      prices: { cheap: { input: 1, output: 4 } },
    },
  };
  const reasonOf = async (budget: Partial<Budget>): Promise<string> => {
    const world = await openWorld({ strategy, budget: { evaluations: 1_000, ...budget }, seed: 1 });
    return await world.finish();
  };
  const soft = { calls: null, tokens: null, dollars: null };
  expect(await reasonOf({ calls: 7 })).toBe('calls');
  expect(await reasonOf({ tokens: 90_000 })).toBe('tokens');
  expect(await reasonOf({ dollars: 0.06 })).toBe('dollars');
  expect(await reasonOf({ soft: { ...soft, calls: 5 } })).toBe('calls');
  expect(await reasonOf({ soft: { ...soft, tokens: 30_000 } })).toBe('tokens');
  expect(await reasonOf({ soft: { ...soft, dollars: 0.02 } })).toBe('dollars');
});
