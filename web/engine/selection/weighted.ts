import { exp } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';
import { median, spreadAround, unitFor } from './spread.ts';

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
      const unit = unitFor(Math.max(...ends));
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
