/** Random experiments for whole runs: all that `../settings.ts` draws, and islands with settings of their own, caps and failures. */
import fc from 'fast-check';
import type { Budget } from '../../../../web/engine/experiment.ts';
import type { IslandStrategy } from '../../../../web/engine/strategy.ts';
import { modelStrategies, strategies } from '../settings.ts';
import { strategyOf, type StrategyPart } from '../stand-ins.ts';
import type { Setup } from './world.ts';

/** Parts of another strategy as an island's own. */
function ownOf(part: StrategyPart, which: number): Partial<IslandStrategy> {
  const { archive, selection, inspirations, operators, bandit, exploration, models, prompts } = strategyOf(part);
  const all: Partial<IslandStrategy>[] = [
    { archive },
    { selection, bandit, exploration },
    { inspirations },
    { operators: { ...operators, mutate: 1 } },
    { models, prompts: { ...prompts, task: 'Take the other way.' } },
    {},
  ];
  return all[which % all.length] as Partial<IslandStrategy>;
}

const which = fc.integer({ min: 0, max: 5 });

function withOwn(base: fc.Arbitrary<StrategyPart>): fc.Arbitrary<StrategyPart> {
  const own = fc.array(fc.tuple(base, which), { maxLength: 2 });
  return fc.tuple(base, own).map(([part, others]) => ({
    ...part,
    islands: { ...part.islands, own: others.map(([other, n]) => ownOf(other, n)) },
  }));
}

/** No operator asks a model. */
export const offline: fc.Arbitrary<StrategyPart> = withOwn(
  strategies.map((part) => ({ ...part, operators: { mutate: 1 } })),
);

export const asking: fc.Arbitrary<StrategyPart> = withOwn(modelStrategies);

export const seeds = fc.integer({ min: 0, max: 1e6 });
export const share = fc.double({ min: 0, max: 1, noNaN: true });

export const caps: fc.Arbitrary<Partial<Budget>> = fc.record({
  evaluations: fc.integer({ min: 1, max: 30 }),
  calls: fc.constantFrom(null, null, 3, 20),
  tokens: fc.constantFrom(null, null, 60_000, 300_000),
  dollars: fc.constantFrom(null, null, 0.05, 0.5),
  soft: fc.record({
    calls: fc.constantFrom(null, null, 8),
    tokens: fc.constantFrom(null, null, 40_000),
    dollars: fc.constantFrom(null, null, 0.02),
  }),
});

export const failures = fc.record({ rate: fc.constantFrom(0, 0.1, 0.6, 1), retryAfter: fc.constantFrom(null, 5) });

/** Two runs in three ask models. */
export const setups: fc.Arbitrary<Setup> = fc
  .record({ strategy: fc.oneof(offline, asking, asking), budget: caps, seed: seeds, failures })
  .map((setup) => setup);
