/** The programs that no other one dominates, on instances, on objectives, or on both; beside them always the fittest. */
import type { ProgramId } from '../../program.ts';
import type { ArchiveSettings } from '../../strategy.ts';
import type { Admission, Archive, ArchiveView, Member } from '../archive-contract.ts';
import { isFittest, isGuarded, list, NO_PLACE, refusal, rejected, spendsNoMore } from './admission.ts';
import { compare, crowding, pointsOf } from './front.ts';

type Settings = Extract<ArchiveSettings, { type: 'pareto' }>;

export function createParetoArchive(settings: Settings): Archive {
  return {
    name: `pareto(${settings.front}; ${settings.size})`,
    cells: null,
    cellOf: () => null,
    admit: (view, newcomer) => refusal(view, newcomer) ?? admit(view, newcomer, settings),
  };
}

function admit(view: ArchiveView, newcomer: Member, settings: Settings): Admission {
  const pool = [...view.members, newcomer];
  const points = pointsOf(pool, settings.front, settings.objectives);
  const own = points[pool.length - 1] as Float64Array;
  const fittest = isFittest(view, newcomer);
  const gone = new Set<ProgramId>();
  for (let i = 0; i < view.members.length; i++) {
    const member = pool[i] as Member;
    const relation = compare(points[i] as Float64Array, own);
    if (relation === 'above' && !fittest) {
      return rejected(`#${member.id} is at least as good on all ${own.length} and better on some`);
    }
    if (relation !== 'same') continue;
    if (newcomer.fitness < member.fitness || (newcomer.fitness === member.fitness && !spendsNoMore(newcomer, member))) {
      return rejected(`the same on all ${own.length} as #${member.id}, and no better otherwise`);
    }
    if (!view.pinned(member.id)) gone.add(member.id);
  }
  const replaced = [...gone];
  const passed: ProgramId[] = [];
  for (let i = 0; i < view.members.length; i++) {
    const member = pool[i] as Member;
    if (gone.has(member.id) || isGuarded(view, newcomer, member)) continue;
    const point = points[i] as Float64Array;
    // Only who was the fittest may have stayed below another member.
    const isBelow =
      compare(own, point) === 'above' || (i === 0 && points.some((each) => compare(each, point) === 'above'));
    if (isBelow) passed.push(member.id);
  }
  for (const id of passed) gone.add(id);
  const crowded: ProgramId[] = [];
  while (pool.length - gone.size > settings.size) {
    const victim = mostCrowded(view, newcomer, pool, points, gone);
    if (!victim) return rejected(NO_PLACE);
    if (victim === newcomer) return rejected(`it stands in the densest part of a full front of ${settings.size}`);
    gone.add(victim.id);
    crowded.push(victim.id);
  }
  const reasons: string[] = [];
  if (replaced.length > 0) reasons.push(`the same on all ${own.length} as ${list(replaced)}, for no more work`);
  if (passed.length > 0) reasons.push(`${list(passed)} ${passed.length > 1 ? 'are' : 'is'} dominated now`);
  if (crowded.length > 0) reasons.push(`${list(crowded)} stood in the densest part of a full front`);
  if (reasons.length === 0) reasons.push(`no program is at least as good on all ${own.length}`);
  if (fittest) reasons.unshift(`the fittest: ${newcomer.fitness}`);
  return {
    status: gone.size > 0 ? 'improved' : 'new',
    evicted: [...gone],
    reason: reasons.join('; '),
    cell: null,
    threshold: null,
  };
}

/** Of equally crowded ones the less fit leaves, then the younger. */
function mostCrowded(
  view: ArchiveView,
  newcomer: Member,
  pool: readonly Member[],
  points: readonly Float64Array[],
  gone: ReadonlySet<ProgramId>,
): Member | null {
  const left = pool.map((_, i) => i).filter((i) => !gone.has((pool[i] as Member).id));
  const distances = crowding(left.map((i) => points[i] as Float64Array));
  let victim: Member | null = null;
  let least = Infinity;
  left.forEach((i, k) => {
    const member = pool[i] as Member;
    if (member === newcomer ? isFittest(view, newcomer) : isGuarded(view, newcomer, member)) return;
    const distance = distances[k] as number;
    if (victim && (distance > least || (distance === least && !isAfter(member, victim)))) return;
    victim = member;
    least = distance;
  });
  return victim;
}

function isAfter(a: Member, b: Member): boolean {
  return a.fitness < b.fitness || (a.fitness === b.fitness && a.id > b.id);
}
