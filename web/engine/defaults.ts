import type { Budget, Limits, Strategy } from './experiment.ts';

export const DEFAULT_LIMITS: Limits = {
  milliseconds: 2_000,
  megabytes: 64,
  outputBytes: 1_000_000,
  messages: 1_000,
  fuel: 1_000_000,
};

export const DEFAULT_BUDGET: Budget = {
  evaluations: null,
  milliseconds: null,
  workMilliseconds: null,
  calls: null,
  tokens: null,
  dollars: null,
  target: null,
  patience: null,
  soft: { calls: null, tokens: null, dollars: null },
};

const NO_INSPIRATIONS = { best: 0, near: 0, far: 0, complementary: 0, random: 0, foreign: 0 };

export const DEFAULT_STRATEGY: Strategy = {
  mode: 'ordered',
  lookAhead: 8,
  proposals: 8,
  evaluations: 0,
  mostAhead: 32,
  islands: {
    count: 2,
    topology: 'ring',
    migrateEvery: 300,
    rate: 0.1,
    adaptive: false,
    restartAfter: 0,
    onStagnation: 'restart',
    from: 'seed',
    most: 8,
    sampler: 'turns',
    own: [],
  },
  archive: { type: 'fitness', size: 8, criteria: { fitness: 1 } },
  selection: { type: 'tournament', size: 4 },
  inspirations: { count: 2, mix: { ...NO_INSPIRATIONS, random: 1 }, order: 'drawn', failures: 3 },
  operators: { brood: 0.5, mutate: 0.3, splice: 0.1, merge: 0.05, tune: 0.05 },
  bandit: { type: 'matching' },
  exploration: 0.3,
  models: {
    ensemble: {},
    temperatures: [0.7],
    efforts: ['low'],
    replyTokens: 8_192,
    promptTokens: 64_000,
    attempts: 2,
    refinements: 0,
    prices: {},
    search: { share: 0, most: 2 },
  },
  prompts: { task: '', evolveEvery: 0, size: 10 },
  memory: { every: 0, recommendations: 5, model: null },
  novelty: { vectors: 'none', threshold: 0.99, judge: null, model: null },
  evaluation: { stages: [], repeats: 1, stop: { type: 'never' }, race: false, minibatch: 0, best: false, judge: null },
  tune: { evaluations: 60, literals: 40 },
  brood: { size: 12 },
  vocabulary: {
    functions: { 'Math.sqrt': 1, 'Math.abs': 1, 'Math.max': 2, 'Math.min': 2 },
    constants: [0, 0.5, 1, 2, 10],
    binary: ['+', '-', '*', '/'],
    comparisons: ['<', '>', '<=', '>='],
    leaves: [],
    blocks: [],
  },
  longest: 20_000,
  attempts: 6,
};
