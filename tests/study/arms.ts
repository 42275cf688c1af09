/**
 * What a study compares: each arm changes the search of an experiment and leaves its limits and words as they are, and its operators too
 * but for those that are on trial.
 */
import type { Experiment, Strategy } from '../../web/engine/experiment.ts';

type Change = (strategy: Strategy) => Strategy;

/** The settings an example ships with; every other arm is compared with it. */
export const BASE = 'evolution';

export const ARMS: Readonly<Record<string, Change>> = {
  [BASE]: (strategy) => strategy,

  // The controls.
  /** Each proposal begins from the seed and sees nothing that was found before, so splice and merge have nothing to draw on. */
  'best-of-n': (s) => alone({ ...s, selection: { type: 'best-of-n' }, inspirations: { ...s.inspirations, count: 0 } }),
  /** Each proposal begins from the best so far; what else is in the archive serves splice and merge only. */
  'hill-climb': (s) => alone({ ...s, selection: { type: 'hill-climb' } }),
  'one-island': alone,

  // Candidates for the defaults.
  'four-islands': (s) => ({ ...s, islands: { ...s.islands, count: 4 } }),
  'migrate-20': (s) => ({ ...s, islands: { ...s.islands, migrateEvery: 20 } }),
  'restart-50': (s) => ({ ...s, islands: { ...s.islands, restartAfter: 50 } }),
  'power-law': (s) => ({ ...s, selection: { type: 'power-law', alpha: 1 } }),
  weighted: (s) => ({ ...s, selection: { type: 'weighted', lambda: 10 } }),
  'rank-roulette': (s) => ({ ...s, selection: { type: 'rank-roulette' } }),
  'tournament-8': (s) => ({ ...s, selection: { type: 'tournament', size: 8 } }),
  /** One walk an island, which is cold after 2,000 of its own evaluations. */
  annealing: (s) => ({ ...s, selection: { type: 'annealing', temperature: 1, period: 2_000 } }),
  mix: (s) => ({
    ...s,
    selection: {
      type: 'mix',
      of: [
        { type: 'power-law', alpha: 1 },
        { type: 'weighted', lambda: 10 },
        { type: 'tournament', size: 4 },
      ],
      bandit: { type: 'matching' },
    },
  }),
  'archive-16': (s) => fitness(s, 16),
  'archive-32': (s) => fitness(s, 32),
  'crowding-syntax': (s) => ({
    ...s,
    archive: { type: 'crowding', size: s.archive.size, criteria: { fitness: 1 }, by: 'syntax' },
  }),
  ucb: (s) => ({ ...s, bandit: { type: 'ucb', exploration: 1, epsilon: 0.2, cost: 0.5 } }),
  thompson: (s) => ({ ...s, bandit: { type: 'thompson', epsilon: 0.2, cost: 0.5 } }),
  'fixed-shares': (s) => ({ ...s, bandit: { type: 'fixed' } }),
  recreate: (s) => ({ ...s, operators: { ...s.operators, recreate: 0.15 } }),
  'inspirations-mixed': (s) => ({
    ...s,
    inspirations: {
      ...s.inspirations,
      mix: { best: 1, near: 1, far: 1, complementary: 0, random: 1, foreign: 1 },
    },
  }),
};

/** Arms that add an operator to those of the example. */
export const OPERATORS_ON_TRIAL: Readonly<Record<string, string>> = { recreate: 'recreate' };

export const CONTROLS = [BASE, 'best-of-n', 'hill-climb', 'one-island'] as const;

/** Fuel, which is the same everywhere, shall end what runs too long; the wall clock, which is not on a busy machine, only what fuel can't. */
const PATIENCE = 10;

/** The experiment with an arm's search and this cap as its only one, in ordered mode, so that experiment and seed fix the result. */
export function armed(experiment: Experiment, arm: string, evaluations: number): Experiment {
  const change = ARMS[arm];
  if (!change) throw new Error(`there is no arm ${arm}`);
  return {
    ...experiment,
    limits: { ...experiment.limits, milliseconds: PATIENCE * experiment.limits.milliseconds },
    strategy: { ...change(experiment.strategy), mode: 'ordered' },
    budget: { ...experiment.budget, evaluations, milliseconds: null, workMilliseconds: null },
  };
}

/** One island that never begins anew. */
function alone(strategy: Strategy): Strategy {
  return { ...strategy, islands: { ...strategy.islands, count: 1, restartAfter: 0 } };
}

function fitness(strategy: Strategy, size: number): Strategy {
  return { ...strategy, archive: { type: 'fitness', size, criteria: { fitness: 1 } } };
}
