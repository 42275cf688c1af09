import { log } from '../../arithmetic.ts';

/** Constants of a CMA-ES in n dimensions; names and formulas as in N. Hansen, The CMA Evolution Strategy: A Tutorial (2016). */
export interface Constants {
  readonly lambda: number;
  /** Positive recombination weights, best first; they sum to 1. */
  readonly weights: readonly number[];
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cC: number;
  readonly c1: number;
  readonly cMu: number;
  /** Expected length of a standard normal vector. */
  readonly chi: number;
}

export function constants(n: number, separable: boolean): Constants {
  const lambda = 4 + Math.floor(3 * log(n));
  const mu = Math.floor(lambda / 2);
  const raw: number[] = [];
  for (let i = 0; i < mu; i++) raw.push(log((lambda + 1) / 2) - log(i + 1));
  const sum = raw.reduce((a, b) => a + b, 0);
  const weights = raw.map((w) => w / sum);
  const muEff = 1 / weights.reduce((a, w) => a + w * w, 0);
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  // A diagonal has n numbers to learn instead of n²/2 and may learn faster (R. Ros, N. Hansen, 2008).
  const speed = separable ? (n + 2) / 3 : 1;
  const c1 = Math.min(0.5, (speed * 2) / ((n + 1.3) * (n + 1.3) + muEff));
  const cMu = Math.min(1 - c1, (speed * 2 * (muEff - 2 + 1 / muEff)) / ((n + 2) * (n + 2) + muEff));
  const chi = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  return { lambda, weights, muEff, cSigma, dSigma, cC, c1, cMu, chi };
}
