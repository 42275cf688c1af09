/** What is done about islands that find nothing better. */
import type { ProgramId } from '../program.ts';
import type { Random } from '../rng.ts';
import type { IslandsSettings } from '../strategy.ts';

export interface IslandView {
  readonly alive: boolean;
  /** Results of its own since it last found a better program. */
  readonly stagnation: number;
  /** Results the run had consumed when it began. */
  readonly startedAt: number;
  /** Fitness of its best program; −Infinity while it has none. */
  readonly best: number;
  /** Best first. */
  readonly archive: readonly ProgramId[];
}

export interface RunView {
  readonly seed: ProgramId;
  readonly best: ProgramId | null;
  /** Results the run has consumed. */
  readonly consumed: number;
}

export type StagnationDecision =
  | { readonly type: 'none' }
  | { readonly type: 'restart'; readonly island: number; readonly from: ProgramId; readonly reason: string }
  | { readonly type: 'spawn'; readonly from: readonly ProgramId[]; readonly reason: string }
  /** `into`: the island its programs are offered to; null where it has none. */
  | { readonly type: 'retire'; readonly island: number; readonly into: number | null; readonly reason: string };

/**
 * An island is stagnant after `restartAfter` results of its own without a better one. `islands` is by index.
 * - `restart`: the worst stagnant island begins anew.
 * - `spawn`: a new island begins beside it while fewer than `most` are alive; then the worst stagnant one begins anew. At most one of the two every
 *   `restartAfter` results, for the stagnant island itself stays as it is.
 * - `retire`: the worst stagnant island ends, and its programs are offered to the best of the others. Neither the last one ends nor one that holds the best of the run.
 *
 * The worst is the one with the least best fitness; of equals the longest stagnant, then the last.
 */
export function decideStagnation(
  islands: readonly IslandView[],
  settings: Pick<IslandsSettings, 'restartAfter' | 'onStagnation' | 'from' | 'most'>,
  run: RunView,
  random: Random,
): StagnationDecision {
  const { restartAfter, onStagnation } = settings;
  if (!(restartAfter > 0)) return { type: 'none' };
  const alive = islands.map((_, i) => i).filter((i) => at(islands, i).alive);
  const stagnant = alive.filter((i) => at(islands, i).stagnation >= restartAfter).sort(worstFirst(islands));
  const [worst] = stagnant;
  if (worst === undefined) return { type: 'none' };
  switch (onStagnation) {
    case 'restart':
      return restart(worst);
    case 'spawn': {
      const latest = Math.max(...alive.map((i) => at(islands, i).startedAt));
      if (run.consumed - latest < restartAfter) return { type: 'none' };
      if (alive.length >= settings.most) return restart(worst);
      const from = [origin(islands, alive, settings.from, run, random)];
      return { type: 'spawn', from, reason: `island ${worst}: ${after(islands, worst)}` };
    }
    case 'retire': {
      const holdsBest = (i: number): boolean => run.best !== null && at(islands, i).archive.includes(run.best);
      const island = alive.length > 1 ? stagnant.find((i) => !holdsBest(i)) : undefined;
      if (island === undefined) return { type: 'none' };
      const best = alive
        .filter((i) => i !== island)
        .toSorted(worstFirst(islands))
        .at(-1);
      const into = at(islands, island).archive.length > 0 ? (best ?? null) : null;
      return { type: 'retire', island, into, reason: after(islands, island) };
    }
    default:
      return onStagnation satisfies never;
  }

  function restart(island: number): StagnationDecision {
    const others = alive.filter((i) => i !== island);
    const has = others.some((i) => at(islands, i).archive.length > 0);
    const from = origin(islands, has ? others : alive, settings.from, run, random);
    return { type: 'restart', island, from, reason: after(islands, island) };
  }
}

function origin(
  islands: readonly IslandView[],
  among: readonly number[],
  from: IslandsSettings['from'],
  run: RunView,
  random: Random,
): ProgramId {
  switch (from) {
    case 'seed':
      return run.seed;
    case 'best':
      return run.best ?? run.seed;
    case 'random': {
      const archives = among.map((i) => at(islands, i).archive).filter((archive) => archive.length > 0);
      return archives.length > 0 ? random.pick(random.pick(archives)) : run.seed;
    }
    default:
      return from satisfies never;
  }
}

function worstFirst(islands: readonly IslandView[]): (a: number, b: number) => number {
  return (a, b) => {
    const [x, y] = [at(islands, a), at(islands, b)];
    if (x.best !== y.best) return x.best < y.best ? -1 : 1;
    return y.stagnation - x.stagnation || b - a;
  };
}

function after(islands: readonly IslandView[], island: number): string {
  return `${at(islands, island).stagnation} results without a better one`;
}

function at(islands: readonly IslandView[], island: number): IslandView {
  return islands[island] as IslandView;
}
