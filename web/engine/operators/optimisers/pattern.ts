import type { Random } from '../../rng.ts';
import type { Optimiser, OptimiserStart } from './optimiser.ts';

/** Axes polled at once, both ways each. */
const AXES = 3;

/**
 * Pattern search (R. Hooke, T. Jeeves, 1961), for the last digits: polls both ways along a few axes at a time with a step of each
 * axis' own, goes where it got better, and lengthens or shortens that axis' step.
 */
export function pattern(start: OptimiserStart): Optimiser {
  return new Pattern(start);
}

class Pattern implements Optimiser {
  readonly name = 'pattern search';
  readonly #random: Random;
  #point: number[];
  #score: number;
  readonly #steps: number[];
  #order: number[] = [];
  #polled: number[] = [];

  constructor({ point, score, sigma, random }: OptimiserStart) {
    this.#point = [...point];
    this.#score = score;
    this.#steps = point.map(() => sigma);
    this.#random = random;
  }

  ask(): number[][] {
    this.#polled = [];
    const points: number[][] = [];
    while (this.#polled.length < Math.min(AXES, this.#point.length)) {
      if (this.#order.length === 0) this.#order = this.#shuffled();
      const axis = this.#order.pop() as number;
      if (this.#polled.includes(axis)) continue;
      this.#polled.push(axis);
      for (const way of [1, -1]) points.push(this.#moved([[axis, way]]));
    }
    return points;
  }

  tell(scores: readonly number[]): void {
    let best = this.#score;
    let move: readonly (readonly [number, number])[] = [];
    this.#polled.forEach((axis, i) => {
      const up = scores[2 * i] ?? -Infinity;
      const down = scores[2 * i + 1] ?? -Infinity;
      const better = Math.max(up, down);
      if (better > best) {
        best = better;
        move = [[axis, up >= down ? 1 : -1]];
      }
      if (better <= this.#score) this.#steps[axis] = (this.#steps[axis] as number) * 0.5;
    });
    this.#point = this.#moved(move);
    for (const [axis] of move) this.#steps[axis] = (this.#steps[axis] as number) * 2;
    this.#score = best;
  }

  #moved(ways: readonly (readonly [number, number])[]): number[] {
    const point = [...this.#point];
    for (const [axis, way] of ways) point[axis] = (point[axis] as number) + way * (this.#steps[axis] as number);
    return point;
  }

  #shuffled(): number[] {
    const axes = this.#point.map((_, i) => i);
    for (let i = axes.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      [axes[i], axes[j]] = [axes[j] as number, axes[i] as number];
    }
    return axes;
  }
}
