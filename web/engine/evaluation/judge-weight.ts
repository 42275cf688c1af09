/** How the judge's figure counts: as one more signed criterion beside fitness, compared by rank, in archives and where parents are chosen. */
import type { Member } from '../population/archive-contract.ts';
import { createStanding } from '../population/archives/standing.ts';
import type { ProgramId } from '../program.ts';
import type { ArchiveSettings, Criteria, EvaluationSettings } from '../strategy.ts';
import { JUDGE } from './judge.ts';

/** Archives that go by fitness inside cells are left as they are. A weight of one's own for it stays. */
export function archiveWithJudge(settings: ArchiveSettings, { judge }: EvaluationSettings): ArchiveSettings {
  if (judge === null || judge.weight === 0) return settings;
  const { weight } = judge;
  switch (settings.type) {
    case 'fitness':
    case 'crowding':
      return { ...settings, criteria: beside(settings.criteria, weight) };
    case 'pareto':
      return { ...settings, objectives: beside(settings.objectives, weight) };
    case 'grid':
    case 'cvt':
    case 'threshold':
      return settings;
    default:
      return settings satisfies never;
  }
}

function beside(criteria: Criteria, weight: number): Criteria {
  return { [JUDGE]: weight, ...criteria };
}

/**
 * What stands for fitness where parents are chosen among these programs: from 0 to 1, the share of the others that a program beats on
 * fitness and on the judge's figure, by weight. null: fitness itself.
 */
export function judgedStandings(
  ids: readonly ProgramId[],
  member: (id: ProgramId) => Member,
  { judge }: EvaluationSettings,
): ReadonlyMap<ProgramId, number> | null {
  if (judge === null || judge.weight === 0 || ids.length < 2) return null;
  const members = ids.map(member);
  const standings = createStanding({ fitness: 1, [JUDGE]: judge.weight }).of(
    members.slice(0, -1),
    members.at(-1) as Member,
  );
  return new Map(ids.map((id, i) => [id, standings[i] as number]));
}
