import { exp } from '../arithmetic.ts';
import type { ParentSelection } from './selection.ts';

/** Below this share of the first temperature it does not fall: at zero the best cluster alone would be left. */
const COLDEST = 0.01;

/**
 * FunSearch (Nature 625, 2024): programs of one score are a cluster; a cluster is drawn by a softmax whose temperature falls over each
 * `period` results, T = T₀ (1 − (n mod P)/P); inside it short programs come first, by a softmax of −(length − least)/(most + 10⁻⁶).
 * Scores are taken as ranks in [0, 1], so that no scale of fitness counts; in FunSearch they are divided by the largest.
 */
export function clusters(temperature: number, period: number): ParentSelection {
  return {
    from: 'archive',
    weights(candidates, { consumed }) {
      const bounds: number[] = [];
      candidates.forEach(({ fitness }, i) => {
        if (i === 0 || fitness !== candidates[i - 1]?.fitness) bounds.push(i);
      });
      const last = Math.max(1, bounds.length - 1);
      const heat = temperature * Math.max(COLDEST, 1 - (consumed % period) / period);
      const weights: number[] = [];
      bounds.forEach((start, rank) => {
        const end = bounds[rank + 1] ?? candidates.length;
        const share = exp(Math.max(-700, -rank / last / heat));
        // A length may have to be measured: not where there is nothing to compare it with.
        if (end - start === 1) {
          weights.push(share);
          return;
        }
        const lengths = candidates.slice(start, end).map(({ length }) => length);
        const least = lengths.reduce((a, b) => Math.min(a, b), Infinity);
        const most = lengths.reduce((a, b) => Math.max(a, b), 0);
        const inside = lengths.map((length) => exp(-(length - least) / (most + 1e-6)));
        const total = inside.reduce((a, b) => a + b, 0);
        for (const each of inside) weights.push((share * each) / total);
      });
      return weights;
    },
  };
}
