/** Random experiments for whole runs: all that `../settings.ts` draws, and islands with settings of their own, caps and failures. */
import fc from 'fast-check';
import type { Budget } from '../../../../web/engine/experiment.ts';
import type { IslandStrategy } from '../../../../web/engine/strategy.ts';
import { lessAlike, modelStrategies, strategies } from '../settings.ts';
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
  strategies.map((part) => lessAlike({ ...part, operators: { mutate: 1 } })),
);

/** One operator that asks at least. */
export const asking: fc.Arbitrary<StrategyPart> = withOwn(
  fc
    .tuple(modelStrategies, fc.constantFrom('diff', 'rewrite', 'cross', 'fix', 'refine'))
    .map(([part, operator]) => ({ ...part, operators: { ...part.operators, [operator]: 2 } }))
    .map(lessAlike),
);

export const seeds = fc.integer({ min: 0, max: 1e6 });
/** Evenly spread, where `fc.double` would give tiny numbers mostly. */
export const share = fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 1_000_000);

const seldom = <T>(...values: T[]): fc.Arbitrary<T | null> =>
  fc.option(fc.constantFrom(...values), { nil: null, freq: 1 });

/** What ends most runs early is in few of them. */
const rarely = <T>(...values: T[]): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom(...values) });

export const caps: fc.Arbitrary<Partial<Budget>> = fc.record({
  evaluations: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 10, max: 50 })),
  // Without a cap a run whose candidates are all like each other asks for ever.
  calls: fc.constantFrom(3, 20, 60, 100),
  tokens: seldom(60_000, 300_000),
  dollars: seldom(0.05, 0.5),
  target: rarely(-25, -5),
  patience: rarely(6, 20),
  soft: fc.record({ calls: seldom(8, 30), tokens: seldom(40_000), dollars: seldom(0.02) }),
});

export const failures = fc.record({ rate: fc.constantFrom(0, 0.1, 0.1, 0.6, 1), retryAfter: fc.constantFrom(null, 5) });

/** Two runs in three ask models. */
export const setups: fc.Arbitrary<Setup> = fc
  .record({ strategy: fc.oneof(offline, asking, asking), budget: caps, seed: seeds, failures })
  .map((setup) => setup);
