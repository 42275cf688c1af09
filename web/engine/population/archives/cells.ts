/** What archives with cells share: who sits where under the ranges of this moment, and who leaves when there are too many. */
import type { ProgramId } from '../../program.ts';
import type { Axis } from '../../strategy.ts';
import type { ArchiveView, Member } from '../archive-contract.ts';
import { isGuarded } from './admission.ts';
import { endsOf, placeOn } from './axes.ts';

/** Cell of a member; null where it lacks a feature. */
export type Locate = (member: Member) => string | null;

/** Finds cells; what it found is kept while no range moves. */
export class Cells {
  readonly axes: readonly Axis[];
  readonly #cellAt: (place: readonly number[]) => string;
  #key = '';
  #known = new WeakMap<Member, string>();

  constructor(axes: readonly Axis[], cellAt: (place: readonly number[]) => string) {
    this.axes = axes;
    this.#cellAt = cellAt;
  }

  locator(view: ArchiveView, newcomer: Member): Locate {
    const ends = endsOf(this.axes, view, newcomer);
    const key = ends.join(';');
    if (key !== this.#key) {
      this.#key = key;
      this.#known = new WeakMap();
    }
    const known = this.#known;
    return (member) => {
      const before = known.get(member);
      if (before !== undefined) return before;
      const place = placeOn(this.axes, ends, member);
      if (!place) return null;
      const cell = this.#cellAt(place);
      known.set(member, cell);
      return cell;
    };
  }
}

export interface Seats {
  /** Members of each cell, best first. */
  readonly byCell: ReadonlyMap<string, readonly Member[]>;
  /** Members that lack a feature: they came before the archive had these axes. Best first. */
  readonly homeless: readonly Member[];
}

export function seat(view: ArchiveView, locate: Locate): Seats {
  const byCell = new Map<string, Member[]>();
  const homeless: Member[] = [];
  for (const member of view.members) {
    const cell = locate(member);
    if (cell === null) homeless.push(member);
    else {
      const seats = byCell.get(cell);
      if (seats) seats.push(member);
      else byCell.set(cell, [member]);
    }
  }
  return { byCell, homeless };
}

export interface Squeezed {
  readonly leaving: readonly Member[];
  /** Set where the newcomer itself is what there is no room for: the last that would have to leave for it, if any may. */
  readonly refusedFor: Member | 'nobody' | null;
}

/** Who leaves so that `size` hold: `worstFirst` in that order, passing over pinned ones, as long as `yields` says so. */
export function squeeze(
  view: ArchiveView,
  newcomer: Member,
  gone: ReadonlySet<ProgramId>,
  size: number,
  worstFirst: readonly Member[],
  yields: (member: Member) => boolean,
): Squeezed {
  let over = view.members.length - gone.size + 1 - size;
  const leaving: Member[] = [];
  for (const member of worstFirst) {
    if (over <= 0) break;
    if (gone.has(member.id) || isGuarded(view, newcomer, member)) continue;
    if (!yields(member)) return { leaving: [], refusedFor: member };
    leaving.push(member);
    over--;
  }
  return over > 0 ? { leaving: [], refusedFor: 'nobody' } : { leaving, refusedFor: null };
}
