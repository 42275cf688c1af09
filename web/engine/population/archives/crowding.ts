/**
 * Deterministic crowding (Mahfoud 1995): a newcomer competes with the member that is most like it, so that kinds of programs live side by
 * side. While there is room only a member that is the same by the measure has to be beaten.
 */
import { behaviourDistance, behaviourOf, BehaviourRanges, type Behaviour } from '../../novelty/behaviour.ts';
import { similarity } from '../../novelty/vector.ts';
import type { Evaluation } from '../../program.ts';
import type { ArchiveSettings } from '../../strategy.ts';
import type { Admission, Archive, ArchiveView, Member } from '../archive-contract.ts';
import { admitted, isFittest, isGuarded, refusal, rejected, spendsNoMore, NO_PLACE } from './admission.ts';
import { admitByStanding, worst } from './fitness.ts';
import { createStanding, type Standing } from './standing.ts';
import { finite, fraction } from './values.ts';

type Settings = Extract<ArchiveSettings, { type: 'crowding' }>;

/** 0 for the same; null where there is nothing to compare. */
type Distance = (member: Member) => number | null;

export function createCrowdingArchive(settings: Settings): Archive {
  const standing = createStanding(settings.criteria);
  return {
    name: `crowding(${settings.by}; ${settings.size})`,
    cells: null,
    cellOf: () => null,
    admit: (view, newcomer) => refusal(view, newcomer) ?? duel(view, newcomer, settings, standing),
  };
}

function duel(view: ArchiveView, newcomer: Member, settings: Settings, standing: Standing): Admission {
  const { members } = view;
  const { size } = settings;
  const distance = distanceFrom(view, newcomer, settings.by);
  let nearest = -1;
  let least = Infinity;
  let compared = false;
  for (let i = 0; i < members.length; i++) {
    const member = members[i] as Member;
    const apart = distance(member);
    if (apart === null) continue;
    compared = true;
    // Of members that are equally near the last, which is the worst, has to stand up.
    if (apart > least || view.pinned(member.id)) continue;
    nearest = i;
    least = apart;
  }
  if (!compared) return admitByStanding(view, newcomer, size, standing);
  if (members.length < size && least > 0) {
    const reason = `there was room: ${members.length} of ${size} places were taken`;
    return admitted('new', [], reason);
  }
  const rival = members[nearest];
  if (!rival) return rejected(NO_PLACE);
  const scores = standing.of(members, newcomer);
  const own = scores[members.length] as number;
  const other = scores[nearest] as number;
  const figures = `${own} against ${other}, ${apartWords(least, settings.by)}`;
  const better = own > other || (own === other && spendsNoMore(newcomer, rival));
  const wins = isFittest(view, newcomer) || (better && !isGuarded(view, newcomer, rival));
  if (!wins)
    return rejected(
      `${better ? 'less fit than' : 'not better than'} #${rival.id}, the nearest by ${settings.by}: ${figures}`,
    );
  const more = worst(view, newcomer, scores, Math.max(0, members.length - size), [rival.id]);
  if (!more) return rejected(NO_PLACE);
  const evicted = [rival.id, ...more.map((index) => (members[index] as Member).id)];
  const how = own > other ? 'better than' : own === other ? 'as good, for no more work, as' : 'the fittest, beside';
  return admitted('improved', evicted, `${how} #${rival.id}, the nearest by ${settings.by}: ${figures}`);
}

function apartWords(distance: number, by: Settings['by']): string {
  const shown = Math.round(distance * 1000) / 1000;
  return by === 'syntax' ? `cosine ${Math.round((1 - distance) * 1000) / 1000}` : `${shown} apart`;
}

function distanceFrom(view: ArchiveView, newcomer: Member, by: Settings['by']): Distance {
  switch (by) {
    case 'syntax': {
      const { vector } = newcomer;
      return (member) => (vector && member.vector ? 1 - similarity(vector, member.vector) : null);
    }
    case 'features':
      return apartOn(newcomer, view.members, (member) => member.evaluation.features, view.ranges);
    case 'scores':
      return apartOn(newcomer, view.members, (member) => member.evaluation.scores, null);
    case 'behaviour':
      return apartInBehaviour(newcomer, view.members);
    default:
      return by satisfies never;
  }
}

const behaviours = new WeakMap<Evaluation, Behaviour>();

function behaviourIn({ evaluation }: Member): Behaviour {
  let behaviour = behaviours.get(evaluation);
  if (!behaviour) behaviours.set(evaluation, (behaviour = behaviourOf(evaluation)));
  return behaviour;
}

/** Each coordinate as a share of its range among members and newcomer. A program that shows nothing can't be compared. */
function apartInBehaviour(newcomer: Member, members: readonly Member[]): Distance {
  const own = behaviourIn(newcomer);
  if (own.size === 0) return () => null;
  const ranges = new BehaviourRanges();
  for (const member of [newcomer, ...members]) ranges.see(behaviourIn(member));
  return (member) => {
    const theirs = behaviourIn(member);
    return theirs.size === 0 ? null : behaviourDistance(own, theirs, ranges);
  };
}

/** Root of the mean square difference, each value as a fraction of its range, 0–1; a value that only one of the two has is 1 apart. */
function apartOn(
  newcomer: Member,
  members: readonly Member[],
  valuesOf: (member: Member) => Readonly<Record<string, number>>,
  ranges: ArchiveView['ranges'] | null,
): Distance {
  const own = valuesOf(newcomer);
  const keys = new Set<string>();
  for (const member of [newcomer, ...members]) for (const key of Object.keys(valuesOf(member))) keys.add(key);
  const scales = [...keys].sort().map((key) => {
    let [least, most] = ranges?.get(key) ?? [Infinity, -Infinity];
    for (const member of ranges ? [newcomer] : [newcomer, ...members]) {
      const value = finite(valuesOf(member), key);
      if (value === null) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const value = finite(own, key);
    return { key, least, most, at: value === null ? null : fraction(value, least, most) };
  });
  const hasAny = (values: Readonly<Record<string, number>>): boolean =>
    scales.some(({ key }) => finite(values, key) !== null);
  if (!hasAny(own)) return () => null;
  return (member) => {
    const theirs = valuesOf(member);
    if (!hasAny(theirs)) return null;
    let sum = 0;
    let count = 0;
    for (const { key, least, most, at } of scales) {
      const value = finite(theirs, key);
      if (value === null && at === null) continue;
      const apart = value === null || at === null ? 1 : at - fraction(value, least, most);
      sum += apart * apart;
      count++;
    }
    return Math.sqrt(sum / Math.max(1, count));
  };
}
