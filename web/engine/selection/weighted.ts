import { exp } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';

const SMALLEST_SPREAD = 1e-12;

/**
 * ShinkaEvolve's weighted selection (arXiv 2509.19349): sigmoid(lambda · (f − median)/MAD) × 1/(1 + children). Scale-free: the
 * spread is the median absolute deviation, with a floor relative to the scores so that ties fall back to novelty alone.
 */
export function weighted(lambda: number): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      const middle = median(candidates.map((candidate) => candidate.fitness));
      const deviation = median(candidates.map((candidate) => Math.abs(candidate.fitness - middle)));
      const spread = Math.max(deviation, SMALLEST_SPREAD * Math.max(1, Math.abs(middle)));
      return candidates.map(({ fitness, children }) => {
        const z = (lambda * (fitness - middle)) / spread;
        return 1 / (1 + exp(-Math.max(-40, Math.min(40, z)))) / (1 + children);
      });
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}
