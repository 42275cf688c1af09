import type { Budget, Limits, Strategy } from './experiment.ts';

export const DEFAULT_LIMITS: Limits = {
  milliseconds: 2_000,
  megabytes: 64,
  outputBytes: 1_000_000,
  messages: 1_000,
  fuel: 1_000_000,
};

export const DEFAULT_BUDGET: Budget = { evaluations: null, milliseconds: null };

export const DEFAULT_STRATEGY: Strategy = {
  mode: 'ordered',
  lookAhead: 8,
  proposals: 8,
  islands: { count: 2, migrateEvery: 300, restartAfter: 0 },
  archive: { size: 8 },
  selection: { type: 'tournament', size: 4 },
  inspirations: 2,
  operators: { brood: 0.5, mutate: 0.3, splice: 0.1, merge: 0.05, tune: 0.05 },
  exploration: 0.3,
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
