import type { IslandSampler } from '../strategy.ts';
export interface IslandView { readonly alive: boolean; readonly correct: number; readonly best: number }
export function islandWeights(sampler: IslandSampler, islands: readonly IslandView[], job: number): number[] {
  const alive = islands.flatMap((v, i) => (v.alive ? [i] : []));
  if (sampler === 'turns') return islands.map((_, i) => (alive[(job - 1) % alive.length] === i ? 1 : 0));
  return islands.map((v) => (v.alive ? 1 : 0));
}
