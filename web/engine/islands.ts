/** What happens between islands after a result: stagnant ones begin anew, new ones begin, elites travel. */
import type { IslandMerged, IslandRestarted, IslandSpawned, Migrated } from './events.ts';
import type { Experiment } from './experiment.ts';
import { planMerge } from './population/merge.ts';
import { nextInterval, planMigration } from './population/migrations.ts';
import { decideStagnation } from './population/stagnation.ts';
import { edges } from './population/topology.ts';
import { restoreRandom } from './rng.ts';
import { fitnessOf, type IslandState, type Words } from './state.ts';
import type { Tools } from './tools.ts';

/** The consumer folds each event into the state before it asks for the next. */
export function* followStagnation(tools: Tools): Generator<IslandRestarted | IslandSpawned | IslandMerged> {
  const { state } = tools;
  const { islands: settings } = (state.experiment as Experiment).strategy;
  const { restartAfter } = settings;
  // Without a correct program there is nothing to begin anew from.
  if (restartAfter <= 0 || state.best === null) return;
  if (!state.islands.some((each) => each.alive && each.stagnation >= restartAfter)) return;
  const views = state.islands.map(({ alive, stagnation, startedAt, archive }) => ({
    ...{ alive, stagnation, startedAt, archive },
    best: archive[0] === undefined ? -Infinity : fitnessOf(state, archive[0]),
  }));
  const random = restoreRandom(state.random as Words).split(`stagnation/${state.consumed}`);
  const run = { seed: firstOf(tools), best: state.best, consumed: state.consumed };
  const decision = decideStagnation(views, settings, run, random);
  switch (decision.type) {
    case 'none':
      return;
    case 'restart': {
      const { island, from, reason } = decision;
      yield { type: 'island-restarted', island, from, reason };
      return;
    }
    case 'spawn': {
      const island = state.islands.length;
      const own = settings.own[island] ?? null;
      yield { type: 'island-spawned', island, from: decision.from, own, by: 'run', reason: decision.reason };
      return;
    }
    case 'retire': {
      const { island: from, into, reason } = decision;
      const plan = into === null ? NOTHING_MOVED : planned(tools, from, into);
      yield { type: 'island-merged', from, into, ...plan, by: 'run', reason };
      return;
    }
    default:
      decision satisfies never;
  }
}

const NOTHING_MOVED = { moved: [], evicted: [] };

function planned(tools: Tools, from: number, into: number): { moved: readonly number[]; evicted: readonly number[] } {
  const [source, target] = [tools.state.islands[from] as IslandState, tools.state.islands[into] as IslandState];
  return planMerge(tools.view(source).members, tools.view(target), tools.archive(into));
}

/** Where the run began: the first program that was correct and may be used. */
function firstOf({ state }: Tools): number {
  return state.bests.find((id) => !state.banned.has(id)) ?? state.best ?? 0;
}

export function* followMigration(tools: Tools): Generator<Migrated> {
  const { state } = tools;
  const { islands: settings } = (state.experiment as Experiment).strategy;
  const { migrateEvery, adaptive, topology, rate, restartAfter } = settings;
  if (migrateEvery <= 0 || state.islands.length < 2) return;
  if (!adaptive && state.consumed % migrateEvery !== 0) return;
  const alive = state.islands.flatMap((island, i) => (island.alive ? [i] : []));
  // Each island has an interval of its own where it adapts.
  const due = (to: number): boolean =>
    !adaptive || state.consumed % nextInterval(migrateEvery, (state.islands[to] as IslandState).migrants) === 0;
  const paths = edges(topology, alive).filter(([, to]) => due(to));
  if (paths.length === 0) return;
  const offers = planMigration({
    edges: paths,
    // Only an island that began anew needs its rest: those that began with the run have nothing to be undone.
    islands: state.islands.map(({ archive, startedAt }) => ({
      archive,
      startedAt: startedAt === 0 ? -Infinity : startedAt,
    })),
    hash: () => null,
    rate,
    consumed: state.consumed,
    rest: restartAfter,
  });
  for (const { program, from, to } of offers) {
    const island = state.islands[to] as IslandState;
    if (state.banned.has(program) || island.archive.includes(program)) continue;
    const { status, evicted, cell, threshold } = tools.archive(to).admit(tools.view(island), tools.member(program));
    if (status !== 'rejected') yield { type: 'migrated', program, from, to, evicted, cell, threshold };
  }
}
