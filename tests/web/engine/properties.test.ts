import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { Strategy } from '../../../web/engine/experiment.ts';
import { createRandom } from '../../../web/engine/rng.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { emptyState } from '../../../web/engine/state.ts';
import { canonicalLog, type StrategyPart, experiment, finish, harness } from './stand-ins.ts';

const strategies: fc.Arbitrary<StrategyPart> = fc.record({
  lookAhead: fc.integer({ min: 1, max: 20 }),
  proposals: fc.integer({ min: 1, max: 4 }),
  islands: fc.record({
    count: fc.integer({ min: 1, max: 5 }),
    migrateEvery: fc.integer({ min: 0, max: 20 }),
    restartAfter: fc.integer({ min: 0, max: 30 }),
  }),
  archive: fc.record({ size: fc.integer({ min: 1, max: 12 }) }),
  selection: fc.constantFrom<Strategy['selection']>(
    { type: 'power-law', alpha: 1 },
    { type: 'weighted', lambda: 10 },
    { type: 'tournament', size: 3 },
    { type: 'uniform' },
  ),
  inspirations: fc.integer({ min: 0, max: 3 }),
  exploration: fc.double({ min: 0, max: 1, noNaN: true }),
  attempts: fc.integer({ min: 1, max: 3 }),
});

function jitter(seed: number): () => number {
  const random = createRandom(seed);
  return () => (random.next() < 0.7 ? 0 : 1);
}

it('ordered runs: one log for any timing, any cut resumes to it, no job twice, the budget holds', async () => {
  await fc.assert(
    fc.asyncProperty(
      strategies,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 1e6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (strategy, evaluations, seed, at) => {
        const setup = { experiment: experiment(strategy, { budget: { ...DEFAULT_BUDGET, evaluations } }), seed };
        const whole = await harness(setup);
        const expected = await finish(whole);
        expect(await finish(await harness({ ...setup, delay: jitter(seed) }))).toEqual(expected);
        const cut = 1 + Math.floor(at * (whole.log.length - 1));
        const resumed = await harness({ ...setup, log: whole.log.slice(0, cut), delay: jitter(seed + 1) });
        expect(await finish(resumed)).toEqual(expected);
        checkInvariants(whole.log, evaluations);
      },
    ),
    { numRuns: 150, seed: 7 },
  );
}, 120_000);

it('throughput runs: every job once, the budget holds, any cut goes on to the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      strategies,
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 0, max: 1e6 }),
      async (strategy, evaluations, seed) => {
        const budget = { ...DEFAULT_BUDGET, evaluations };
        const setup = {
          experiment: experiment({ ...strategy, mode: 'throughput' }, { budget }),
          seed,
          delay: jitter(seed),
        };
        const whole = await harness(setup);
        await finish(whole);
        checkInvariants(whole.log, evaluations);
        const cut = 1 + (seed % whole.log.length);
        const resumed = await harness({ ...setup, log: whole.log.slice(0, cut) });
        await finish(resumed);
        expect(canonicalLog(resumed.log).slice(0, cut)).toEqual(canonicalLog(whole.log).slice(0, cut));
        checkInvariants(resumed.log, evaluations);
      },
    ),
    { numRuns: 60, seed: 8 },
  );
}, 120_000);

function checkInvariants(log: readonly RunEvent[], cap: number): void {
  const state = emptyState();
  const evaluated = new Set<number>();
  for (const event of log) {
    reduce(state, event);
    if (event.type === 'evaluated') {
      expect(evaluated.has(event.job)).toBe(false);
      evaluated.add(event.job);
    }
    expect(state.evaluations).toBeLessThanOrEqual(cap);
    expect(state.evaluations + state.reserved).toBeLessThanOrEqual(Math.max(cap, state.evaluations));
    expect(state.reserved).toBeGreaterThanOrEqual(0);
  }
  expect(log.at(-1)?.type).toBe('run-finished');
}
