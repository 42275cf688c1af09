/** How many jobs should be in flight. */
import type { RunState } from './state.ts';

/** Results before the times of stages are trusted. */
const SAMPLES = 5;
/** Most proposals made ahead per evaluation that runs. */
const LARGEST_RATIO = 2;

/**
 * In ordered mode always `lookAhead`, for the log must not depend on the clock. In throughput mode, when proposing takes longer than
 * evaluating (a model is asked), more proposals are kept in flight so that evaluations never wait; the times are in the log, so a
 * replay comes to the same numbers. After ShinkaEvolve's controlled oversubscription.
 */
export function inFlightTarget({ experiment, pace }: RunState): number {
  if (!experiment) return 0;
  const { mode, lookAhead, mostAhead } = experiment.strategy;
  if (mode === 'ordered' || mostAhead <= lookAhead) return lookAhead;
  if (pace.samples < SAMPLES) return Math.min(lookAhead + 1, mostAhead);
  const making = pace.propose + pace.check + pace.novelty;
  const ratio = making / Math.max(pace.evaluate, 1e-3);
  return Math.min(mostAhead, lookAhead + Math.ceil(lookAhead * Math.min(ratio, LARGEST_RATIO)));
}
