/** Whose turn it is: probabilities over islands. */
import { exp } from '../arithmetic.ts';
import type { IslandSampler } from '../strategy.ts';

export interface IslandView {
  readonly alive: boolean;
  /** Correct programs it has made since it began. */
  readonly correct: number;
  /** Fitness of its best; −Infinity while it has none. */
  readonly best: number;
}

/**
 * Unnormalised probabilities, one an island; 0 for those that have ended.
 * - `turns`: one after the other by the number of the job;
 * - `uniform`;
 * - `equal`: the one that has made the fewest correct programs, ties share;
 * - `proportional`: softmax of the rank of its best among the islands, 0 to 1, temperature 1 (ranks, where ShinkaEvolve takes raw fitness);
 * - `weighted`: rank of its best over what it has made, so that a good island that was seldom chosen comes first.
 */
export function islandWeights(sampler: IslandSampler, islands: readonly IslandView[], job: number): number[] {
  const alive = islands.flatMap(({ alive: lives }, i) => (lives ? [i] : []));
  const weights = islands.map(() => 0);
  const set = (weight: (i: number) => number): number[] => {
    for (const i of alive) weights[i] = weight(i);
    return weights;
  };
  const view = (i: number): IslandView => islands[i] as IslandView;
  switch (sampler) {
    case 'turns': {
      const turn = alive[Math.max(0, job - 1) % Math.max(1, alive.length)];
      return set((i) => (i === turn ? 1 : 0));
    }
    case 'uniform':
      return set(() => 1);
    case 'equal': {
      const fewest = alive.reduce((least, i) => Math.min(least, view(i).correct), Infinity);
      return set((i) => (view(i).correct === fewest ? 1 : 0));
    }
    case 'proportional':
      return set((i) => exp(standing(view(i).best)));
    case 'weighted':
      return set((i) => (0.5 + standing(view(i).best)) / (1 + view(i).correct));
    default:
      return sampler satisfies never;
  }

  /** Share of the others it beats, ties counted half; 1 for the only one. */
  function standing(best: number): number {
    if (alive.length < 2) return 1;
    let sum = -0.5;
    for (const i of alive) sum += view(i).best < best ? 1 : view(i).best === best ? 0.5 : 0;
    return sum / (alive.length - 1);
  }
}
