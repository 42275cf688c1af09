import { exp } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';

/** Above it differences may overflow, so all is made smaller first. */
const HUGE = 1e300;

/**
 * ShinkaEvolve's weighted selection (arXiv 2509.19349): sigmoid(lambda · (f − median)/MAD) × 1/(1 + children). Scale-free: the
 * spread is the median absolute deviation; the mean one where more than half tie; where all tie only children count.
 */
export function weighted(lambda: number): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      // Best first, so the ends are the largest.
      const ends = [candidates[0], candidates[candidates.length - 1]].map((each) => Math.abs(each?.fitness ?? 0));
      const unit = Math.max(...ends) > HUGE ? 1 / 1_073_741_824 : 1;
      const fitness = Float64Array.from(candidates, (candidate) => candidate.fitness * unit);
      const middle = median(fitness);
      const spread = spreadAround(middle, fitness);
      return candidates.map(({ children }, i) => {
        const distance = (fitness[i] as number) - middle;
        const z = distance === 0 ? 0 : (lambda * distance) / spread;
        return 1 / (1 + exp(-Math.max(-40, Math.min(40, z)))) / (1 + children);
      });
    },
  };
}

/** Never 0, so that a distance of 0 is the only one that counts for nothing. */
function spreadAround(middle: number, values: Float64Array): number {
  const distances = values.map((value) => Math.abs(value - middle));
  const deviation = median(distances);
  if (deviation > 0) return deviation;
  return Math.max(Number.MIN_VALUE, distances.reduce((sum, distance) => sum + distance, 0) / values.length);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
