import { exp } from '../../arithmetic.ts';
import type { Random } from '../../rng.ts';
import { eigen } from './jacobi.ts';
import { ranked } from './optimiser.ts';
import type { Optimiser, OptimiserStart } from './optimiser.ts';
import { constants } from './weights.ts';
import type { Constants } from './weights.ts';

/** Up to here the whole covariance is learned; above, only its diagonal. */
export const FULL_DIMENSIONS = 40;

/** CMA-ES (N. Hansen, A. Ostermeier, 2001) with rank-one and rank-µ update; above `FULL_DIMENSIONS` the separable form. */
export function cmaEs(start: OptimiserStart): Optimiser {
  return start.point.length <= FULL_DIMENSIONS ? new FullCmaEs(start) : new SeparableCmaEs(start);
}

abstract class CmaEs implements Optimiser {
  abstract readonly name: string;
  protected readonly n: number;
  protected readonly k: Constants;
  protected mean: Float64Array;
  protected sigma: number;
  protected readonly random: Random;
  protected readonly pathC: Float64Array;
  readonly #pathSigma: Float64Array;
  #generation = 0;
  /** Steps of the last population, in units of sigma: y = B D z, and C^(−1/2) y. */
  #steps: Float64Array[] = [];

  constructor({ point, sigma, random }: OptimiserStart, separable: boolean) {
    this.n = point.length;
    this.k = constants(this.n, separable);
    this.mean = Float64Array.from(point);
    this.sigma = sigma;
    this.random = random;
    this.pathC = new Float64Array(this.n);
    this.#pathSigma = new Float64Array(this.n);
  }

  /** A draw from N(0, C). */
  protected abstract draw(): Float64Array;
  /** C^(−1/2) y. */
  protected abstract whiten(step: Float64Array): Float64Array;
  /** The covariance learns from the path and the chosen steps. */
  protected abstract learn(steps: readonly Float64Array[], decay: number): void;

  ask(): number[][] {
    this.#steps = [];
    const points: number[][] = [];
    for (let i = 0; i < this.k.lambda; i++) {
      const step = this.draw();
      this.#steps.push(step);
      points.push(Array.from(step, (y, j) => (this.mean[j] as number) + this.sigma * y));
    }
    return points;
  }

  tell(scores: readonly number[]): void {
    const { weights, muEff, cSigma, dSigma, cC, chi } = this.k;
    const best = ranked(scores).filter((index) => (scores[index] as number) > -Infinity);
    if (best.length === 0) {
      this.sigma *= 0.5;
      return;
    }
    const chosen = weights.map((_, i) => this.#steps[best[Math.min(i, best.length - 1)] as number] as Float64Array);
    const move = new Float64Array(this.n);
    chosen.forEach((step, i) => {
      for (let j = 0; j < this.n; j++) move[j] = (move[j] as number) + (weights[i] as number) * (step[j] as number);
    });
    for (let j = 0; j < this.n; j++) this.mean[j] = (this.mean[j] as number) + this.sigma * (move[j] as number);
    this.#generation++;
    const white = this.whiten(move);
    let length = 0;
    let unlearned = 1;
    for (let g = 0; g < 2 * this.#generation && unlearned > 1e-12; g++) unlearned *= 1 - cSigma;
    const gain = Math.sqrt(cSigma * (2 - cSigma) * muEff);
    for (let j = 0; j < this.n; j++) {
      const p = (1 - cSigma) * (this.#pathSigma[j] as number) + gain * (white[j] as number);
      this.#pathSigma[j] = p;
      length += p * p;
    }
    length = Math.sqrt(length);
    const settled = length / Math.sqrt(1 - unlearned) < (1.4 + 2 / (this.n + 1)) * chi;
    const gainC = settled ? Math.sqrt(cC * (2 - cC) * muEff) : 0;
    for (let j = 0; j < this.n; j++) {
      this.pathC[j] = (1 - cC) * (this.pathC[j] as number) + gainC * (move[j] as number);
    }
    this.learn(chosen, settled ? 0 : cC * (2 - cC));
    this.sigma *= exp(Math.min(1, (cSigma / dSigma) * (length / chi - 1)));
  }
}

class FullCmaEs extends CmaEs {
  readonly name = 'CMA-ES';
  readonly #covariance: Float64Array;
  #vectors: Float64Array;
  #roots: Float64Array;
  #sinceEigen = 0;

  constructor(start: OptimiserStart) {
    super(start, false);
    const n = this.n;
    this.#covariance = identity(n);
    this.#vectors = identity(n);
    this.#roots = new Float64Array(n).fill(1);
  }

  protected draw(): Float64Array {
    const n = this.n;
    const step = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const z = this.random.normal() * (this.#roots[k] as number);
      for (let j = 0; j < n; j++) step[j] = (step[j] as number) + (this.#vectors[j * n + k] as number) * z;
    }
    return step;
  }

  protected whiten(step: Float64Array): Float64Array {
    const n = this.n;
    const result = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      let along = 0;
      for (let j = 0; j < n; j++) along += (this.#vectors[j * n + k] as number) * (step[j] as number);
      along /= this.#roots[k] as number;
      for (let j = 0; j < n; j++) result[j] = (result[j] as number) + (this.#vectors[j * n + k] as number) * along;
    }
    return result;
  }

  protected learn(steps: readonly Float64Array[], decay: number): void {
    const { c1, cMu, weights } = this.k;
    const n = this.n;
    const keep = 1 - c1 - cMu + c1 * decay;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let c = keep * (this.#covariance[i * n + j] as number);
        c += c1 * (this.pathC[i] as number) * (this.pathC[j] as number);
        for (let s = 0; s < steps.length; s++) {
          const step = steps[s] as Float64Array;
          c += cMu * (weights[s] as number) * (step[i] as number) * (step[j] as number);
        }
        this.#covariance[i * n + j] = c;
        this.#covariance[j * n + i] = c;
      }
    }
    // Between decompositions the old axes serve; the matrix changes little in so few steps.
    if (++this.#sinceEigen < 1 / ((c1 + cMu) * n * 10)) return;
    this.#sinceEigen = 0;
    const { values, vectors } = eigen(Float64Array.from(this.#covariance), n);
    let largest = 0;
    for (const value of values) largest = Math.max(largest, value);
    const least = Math.max(largest * 1e-14, 1e-300);
    this.#vectors = vectors;
    this.#roots = values.map((value) => Math.sqrt(Math.max(value, least)));
  }
}

class SeparableCmaEs extends CmaEs {
  readonly name = 'separable CMA-ES';
  readonly #variances: Float64Array;

  constructor(start: OptimiserStart) {
    super(start, true);
    this.#variances = new Float64Array(this.n).fill(1);
  }

  protected draw(): Float64Array {
    return this.#variances.map((variance) => Math.sqrt(variance) * this.random.normal());
  }

  protected whiten(step: Float64Array): Float64Array {
    return step.map((y, j) => y / Math.sqrt(this.#variances[j] as number));
  }

  protected learn(steps: readonly Float64Array[], decay: number): void {
    const { c1, cMu, weights } = this.k;
    const keep = 1 - c1 - cMu + c1 * decay;
    for (let j = 0; j < this.n; j++) {
      let c = keep * (this.#variances[j] as number) + c1 * (this.pathC[j] as number) * (this.pathC[j] as number);
      steps.forEach((step, s) => (c += cMu * (weights[s] as number) * (step[j] as number) * (step[j] as number)));
      this.#variances[j] = Math.max(c, 1e-300);
    }
  }
}

function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}
