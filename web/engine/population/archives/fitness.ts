/** Kept by fitness, or by standing under several signed criteria: one program a score. */
import type { ProgramId } from '../../program.ts';
import type { ArchiveSettings } from '../../strategy.ts';
import type { Admission, Archive, ArchiveView, Member } from '../archive-contract.ts';
import { admitted, isFittest, isGuarded, list, NO_PLACE, refusal, rejected, spendsNoMore } from './admission.ts';
import { createStanding, type Standing } from './standing.ts';

export function createFitnessArchive(settings: Extract<ArchiveSettings, { type: 'fitness' }>): Archive {
  const standing = createStanding(settings.criteria);
  const { size } = settings;
  return {
    name: standing.plain ? `fitness(${size})` : `criteria(${standing.name}; ${size})`,
    cells: null,
    cellOf: () => null,
    admit: (view, newcomer) => refusal(view, newcomer) ?? admitByStanding(view, newcomer, size, standing),
  };
}

/**
 * Two programs that are equal on all criteria are taken for one behaviour: the newcomer gets the place if it spends no more fuel. Else it gets a
 * free place, or that of the worst if it is better. Pinned programs and the fittest stay.
 */
export function admitByStanding(view: ArchiveView, newcomer: Member, size: number, standing: Standing): Admission {
  const { members } = view;
  for (const member of members) {
    if (!standing.same(member, newcomer) || isGuarded(view, newcomer, member)) continue;
    const what = standing.plain ? 'score' : 'figures';
    if (newcomer.fitness > member.fitness) {
      return admitted('improved', [member.id], `same ${what} as #${member.id}, and fitter`);
    }
    if (newcomer.fitness < member.fitness) return rejected(`same ${what} as #${member.id}, and less fit`);
    return spendsNoMore(newcomer, member)
      ? admitted('improved', [member.id], `same ${what} as #${member.id}, for no more work`)
      : rejected(
          `same ${what} as #${member.id}, for more work: ${newcomer.evaluation.fuel} steps against ${member.evaluation.fuel}`,
        );
  }
  if (members.length < size)
    return admitted('new', [], `there was room: ${members.length} of ${size} places were taken`);
  const scores = standing.of(members, newcomer);
  const leaving = worst(view, newcomer, scores, members.length + 1 - size, []);
  if (!leaving) return rejected(NO_PLACE);
  const last = leaving[leaving.length - 1] as number;
  const member = members[last] as Member;
  const own = scores[members.length] as number;
  const other = scores[last] as number;
  const figures = `${own} against ${other}`;
  if (!isFittest(view, newcomer) && !isAbove(own, newcomer, other, member)) {
    return rejected(`not better than #${member.id}, the worst of the archive: ${figures}`);
  }
  const ids = leaving.map((index) => (members[index] as Member).id);
  return admitted('improved', ids, `better than ${list(ids)}, the worst of the archive: ${figures}`);
}

export function isAbove(own: number, newcomer: Member, other: number, member: Member): boolean {
  return own > other || (own === other && newcomer.fitness > member.fitness);
}

/**
 * Indexes of the `count` worst that may leave, the worst first; null where fewer may. Of equals the less fit leaves, then the younger:
 * `members` is sorted that way.
 */
export function worst(
  view: ArchiveView,
  newcomer: Member,
  scores: Float64Array,
  count: number,
  gone: readonly ProgramId[],
): number[] | null {
  const { members } = view;
  const result: number[] = [];
  while (result.length < count) {
    let low = -1;
    for (let i = members.length - 1; i >= 0; i--) {
      if (low >= 0 && (scores[i] as number) >= (scores[low] as number)) continue;
      const member = members[i] as Member;
      if (result.includes(i) || gone.includes(member.id) || isGuarded(view, newcomer, member)) continue;
      low = i;
    }
    if (low < 0) return null;
    result.push(low);
  }
  return result;
}
