/** Experiments for worker tests: cheap, with pictures, and one whose candidates take long. */
import type { Experiment } from '../../../web/engine/experiment.ts';
import { validateExperiment } from '../../../web/engine/validation.ts';

const SEED = `// EVOLVE-BLOCK-START
export function height(x) {
  let total = 0;
  for (let i = 0; i < 4; i++) {
    total = total + x * 0.25;
  }
  return total + 1;
}
// EVOLVE-BLOCK-END
`;

const EVALUATOR = `
const POINTS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2];
export async function evaluate(candidate, context) {
  const heights = await candidate.callMany('height', POINTS.map((x) => [x]));
  let error = 0;
  for (let i = 0; i < POINTS.length; i++) {
    const height = heights[i];
    if (typeof height !== 'number' || !Number.isFinite(height)) return { fitness: null, correct: false, feedback: 'no number' };
    error += Math.abs(height - (3 * POINTS[i] * POINTS[i] - 2));
  }
  const picture = { view: [0, 0, 2, 10], shapes: [{ type: 'circle', x: 1, y: error, r: 0.1 }], summary: 'An error of ' + error };
  return {
    fitness: -error,
    correct: true,
    metrics: { error },
    artifacts: context.picture ? { picture } : {},
  };
}
`;

export function parabola(change: Record<string, unknown> = {}): Experiment {
  const validated = validateExperiment({
    v: 1,
    name: 'parabola',
    title: 'Parabola',
    language: 'javascript',
    files: { 'seed.js': SEED },
    entry: 'seed.js',
    evaluator: { files: { 'evaluator.js': EVALUATOR }, entry: 'evaluator.js' },
    goal: { metric: 'error', label: 'Error', better: 'lower', digits: 3 },
    strategy: { operators: { mutate: 0.9, splice: 0.05, merge: 0.05 } },
    budget: { evaluations: null },
    // A loop that has lost its end costs no more than it must.
    limits: { fuel: 10_000 },
    ...change,
  });
  if (validated.type === 'failed') throw new Error(validated.problems.join('\n'));
  return validated.experiment;
}
