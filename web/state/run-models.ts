/** Which models the run on screen may ask. */
import type { Experiment } from '../engine/experiment.ts';
import { modelsIn } from '../engine/models/named.ts';

export function namesIn(experiment: Experiment | null): string[] {
  return experiment === null ? [] : modelsIn(experiment.strategy);
}

/** Whether the run may ask any model. */
export function hasModels(experiment: Experiment | null): boolean {
  return namesIn(experiment).length > 0;
}
