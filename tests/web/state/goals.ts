import type { Goal } from '../../../web/engine/experiment.ts';
import type { Program } from '../../../web/engine/program.ts';

export const goal: Goal = {
  metric: 'sum',
  label: 'Sum of radii',
  better: 'higher',
  unit: '',
  digits: 3,
  unseen: 'held',
  baselines: [{ name: 'Best fit', value: 2, unseen: 2 }],
  best: { value: 3, source: 'a paper' },
};

export function program(id: number, sum: number | null, more: Partial<Program> = {}): Program {
  const scored = {
    fitness: sum,
    correct: true,
    metrics: { sum: sum ?? 0 },
    hidden: { held: sum ?? 0 },
    feedback: '',
    features: {},
    scores: {},
    artifacts: {},
    fuel: 1,
  };
  return {
    id,
    parent: id === 0 ? null : 0,
    inspirations: [],
    island: 0,
    operator: 'tune',
    ...{ model: null, prompt: null, dollars: 0, vector: null, trials: null },
    note: '',
    status: sum === null ? 'crashed' : 'correct',
    reason: '',
    evaluation: sum === null ? null : scored,
    evaluations: 1,
    at: id,
    generation: 0,
    change: null,
    ...more,
  };
}
