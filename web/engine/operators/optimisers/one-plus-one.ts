import type { Random } from '../../rng.ts';
import type { Optimiser, OptimiserStart } from './optimiser.ts';

/** Points asked for at once: a few, so that a message to the sandbox is shared, yet the step size is never long out of date. */
const BATCH = 3;
const GROW = 1.5;
/** GROW^(−1/4): the step holds still at one success in five. */
const SHRINK = 0.9036020036098449;

/** (1+1)-ES with the one-fifth rule (I. Rechenberg); each point changes all coordinates or, half the time, a few. */
export function onePlusOne(start: OptimiserStart): Optimiser {
  return new OnePlusOne(start);
}

class OnePlusOne implements Optimiser {
  readonly name = '(1+1)-ES';
  readonly #random: Random;
  #point: number[];
  #score: number;
  #sigma: number;
  #asked: number[][] = [];

  constructor({ point, score, sigma, random }: OptimiserStart) {
    this.#point = [...point];
    this.#score = score;
    this.#sigma = sigma;
    this.#random = random;
  }

  ask(): number[][] {
    this.#asked = [];
    for (let i = 0; i < BATCH; i++) this.#asked.push(this.#step());
    return this.#asked;
  }

  #step(): number[] {
    const n = this.#point.length;
    const share = this.#random.next() < 0.5 ? 1 : Math.min(1, 2 / n);
    const sure = this.#random.below(n);
    return this.#point.map((x, j) =>
      j === sure || this.#random.next() < share ? x + this.#sigma * this.#random.normal() : x,
    );
  }

  tell(scores: readonly number[]): void {
    scores.forEach((score, i) => {
      if (score >= this.#score && score > -Infinity) {
        if (score > this.#score) this.#sigma *= GROW;
        this.#point = this.#asked[i] as number[];
        this.#score = score;
      } else {
        this.#sigma *= SHRINK;
      }
    });
  }
}
