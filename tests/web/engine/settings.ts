/** Random experiments for property tests: every family of settings, every member of it. */
import fc from 'fast-check';
import type {
  ArchiveSettings,
  Axis,
  BanditSettings,
  EvaluationSettings,
  InspirationSettings,
  SelectionSettings,
  SimpleSelection,
  StopSettings,
} from '../../../web/engine/strategy.ts';
import { INSPIRATION_KINDS, type InspirationKind } from '../../../web/engine/strategy.ts';
import type { StrategyPart } from './stand-ins.ts';

const bandits = fc.constantFrom<BanditSettings>(
  { type: 'matching' },
  { type: 'ucb', exploration: 1, epsilon: 0.2, cost: 0.3 },
  { type: 'thompson', epsilon: 0.1, cost: 0.3 },
  { type: 'fixed' },
);

const simple = fc.constantFrom<SimpleSelection>(
  { type: 'power-law', alpha: 1 },
  { type: 'weighted', lambda: 10 },
  { type: 'tournament', size: 3 },
  { type: 'uniform' },
  { type: 'rank-roulette' },
  { type: 'beam', width: 2 },
  { type: 'hill-climb' },
  { type: 'best-of-n' },
  { type: 'pareto', front: 'hybrid', objectives: { fitness: 1, length: -1 } },
  { type: 'cells', by: 'curiosity' },
  { type: 'clusters', temperature: 0.1, period: 20 },
  { type: 'uct', exploration: 0.5 },
  { type: 'tree', exploration: 0.5, value: 'best' },
  { type: 'tree', exploration: 0.2, value: 'mean' },
  { type: 'annealing', temperature: 1, period: 30 },
);

const selections: fc.Arbitrary<SelectionSettings> = fc.oneof(
  { weight: 3, arbitrary: simple },
  {
    weight: 1,
    arbitrary: fc
      .record({ of: fc.array(simple, { minLength: 2, maxLength: 4 }), bandit: bandits })
      .map(({ of, bandit }): SelectionSettings => ({ type: 'mix', of, bandit })),
  },
);

const AXES: Axis[] = [
  { feature: 'size', bins: 4, scale: 'adaptive', least: null, most: null },
  { feature: 'length', bins: 3, scale: 'adaptive', least: null, most: null },
];

const archives = fc
  .record({ size: fc.integer({ min: 1, max: 12 }), which: fc.integer({ min: 0, max: 6 }) })
  .map(({ size, which }): ArchiveSettings => {
    const all: ArchiveSettings[] = [
      { type: 'fitness', size, criteria: { fitness: 1, length: -0.2 } },
      { type: 'crowding', size, criteria: { fitness: 1 }, by: 'features' },
      { type: 'grid', size, axes: AXES },
      { type: 'cvt', size, axes: AXES.slice(0, 1), samples: 200 },
      { type: 'threshold', size, axes: AXES, rate: 0.3 },
      { type: 'pareto', size, front: 'hybrid', objectives: { fitness: 1, length: -1 } },
      { type: 'crowding', size, criteria: { fitness: 1 }, by: 'behaviour' },
    ];
    return all[which] as ArchiveSettings;
  });

const shares = fc.constantFrom(0, 0.3, 1);
const inspirations: fc.Arbitrary<InspirationSettings> = fc.record({
  count: fc.integer({ min: 0, max: 3 }),
  mix: fc.record(
    Object.fromEntries(INSPIRATION_KINDS.map((kind) => [kind, shares])) as Record<InspirationKind, typeof shares>,
  ),
  order: fc.constantFrom<InspirationSettings['order']>('ascending', 'chronological', 'drawn'),
  failures: fc.integer({ min: 0, max: 3 }),
});

const stops = fc.constantFrom<StopSettings>(
  { type: 'never' },
  { type: 'bayesian', risk: 0.05, least: 2 },
  { type: 'interval', confidence: 0.9, least: 2 },
  { type: 'hybrid', risk: 0.05, confidence: 0.9, least: 2 },
);

const evaluations: fc.Arbitrary<EvaluationSettings> = fc.record({
  stages: fc.constantFrom<EvaluationSettings['stages']>(
    [],
    [
      { name: 'smoke', threshold: -60 },
      { name: 'full', threshold: null },
    ],
  ),
  repeats: fc.integer({ min: 1, max: 3 }),
  stop: stops,
  race: fc.boolean(),
  minibatch: fc.integer({ min: 0, max: 1 }),
  best: fc.boolean(),
  judge: fc.constant(null),
});

/** Without models. */
export const strategies: fc.Arbitrary<StrategyPart> = fc.record({
  lookAhead: fc.integer({ min: 1, max: 20 }),
  proposals: fc.integer({ min: 1, max: 4 }),
  evaluations: fc.integer({ min: 0, max: 3 }),
  islands: fc.record({
    count: fc.integer({ min: 1, max: 5 }),
    topology: fc.constantFrom('ring', 'two-way-ring', 'complete', 'star-in', 'star-out', 'star', 'none'),
    migrateEvery: fc.integer({ min: 0, max: 20 }),
    rate: fc.double({ min: 0, max: 1, noNaN: true }),
    adaptive: fc.boolean(),
    restartAfter: fc.integer({ min: 0, max: 30 }),
    onStagnation: fc.constantFrom('restart', 'spawn', 'retire'),
    from: fc.constantFrom('seed', 'best', 'random'),
    most: fc.integer({ min: 1, max: 7 }),
    sampler: fc.constantFrom('turns', 'uniform', 'equal', 'proportional', 'weighted'),
    own: fc.array(fc.record({ exploration: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 2 }),
  }),
  archive: archives,
  selection: selections,
  inspirations,
  bandit: bandits,
  exploration: fc.double({ min: 0, max: 1, noNaN: true }),
  attempts: fc.integer({ min: 1, max: 3 }),
  evaluation: evaluations,
  novelty: fc.record({
    vectors: fc.constantFrom('none', 'local'),
    threshold: fc.constantFrom(0.9, 0.9995, 1),
    judge: fc.constant(null),
    model: fc.constant(null),
  }),
});

/** Programs of one line are all alike: with a low threshold nothing is ever evaluated. */
export function lessAlike(part: StrategyPart): StrategyPart {
  const novelty = part.novelty as NonNullable<StrategyPart['novelty']>;
  return { ...part, novelty: { ...novelty, threshold: novelty.threshold < 0.99 ? 0.998 : novelty.threshold } };
}

/** Nothing but the seed is ever evaluated. */
export function allAlike(part: StrategyPart): StrategyPart {
  const novelty = part.novelty as NonNullable<StrategyPart['novelty']>;
  return { ...part, novelty: { ...novelty, vectors: 'local', threshold: 0.9 } };
}

/** With two models, memory, evolving prompts, judges, vectors of a service and refinements now and then. */
export const modelStrategies: fc.Arbitrary<StrategyPart> = fc
  .record({
    base: strategies,
    operators: fc.record({
      mutate: fc.constantFrom(0.2, 1),
      diff: shares,
      rewrite: shares,
      cross: shares,
      fix: shares,
      refine: shares,
    }),
    attempts: fc.integer({ min: 1, max: 3 }),
    refinements: fc.integer({ min: 0, max: 2 }),
    search: fc.record({ share: fc.constantFrom(0, 0.3, 1), most: fc.integer({ min: 1, max: 3 }) }),
    every: fc.constantFrom(0, 5),
    evolveEvery: fc.constantFrom(0, 7),
    judge: fc.constantFrom(null, 'dear'),
    remote: fc.constantFrom(false, false, true),
    score: fc.constantFrom<EvaluationSettings['judge']>(
      ...[null, null],
      { model: 'judging', rubric: 'Is it short?', weight: 0.5 },
      { model: 'dear', rubric: 'Is it short?', weight: 0 },
    ),
  })
  .map(({ base, operators, attempts, refinements, search, every, evolveEvery, judge, remote, score }): StrategyPart => {
    const novelty = base.novelty as NonNullable<StrategyPart['novelty']>;
    const evaluation = base.evaluation as EvaluationSettings;
    return {
      ...base,
      operators,
      models: {
        ensemble: { cheap: 1, dear: 0.4 },
        temperatures: [0, 0.7],
        efforts: ['low', 'high'],
        replyTokens: 2_000,
        promptTokens: 20_000,
        attempts,
        refinements,
        search,
        prices: {
          ...{ cheap: { input: 0.5, output: 1, search: 0.01 }, dear: { input: 4, output: 9, search: 0 } },
          ...{ judging: { input: 1, output: 3 }, vectors: { input: 0.2, output: 0 } },
        },
      },
      memory: { every, recommendations: 3, model: null },
      prompts: { task: '', evolveEvery, size: 3 },
      novelty: { ...novelty, judge, ...(remote ? { vectors: 'remote', model: 'vectors' } : {}) },
      evaluation: { ...evaluation, judge: score },
    };
  });
