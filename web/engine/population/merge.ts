/** What of one island's archive goes to another's when the two become one. */
import type { ProgramId } from '../program.ts';
import type { Archive, ArchiveView, Member } from './archive-contract.ts';

export interface Merge {
  /** Programs the target takes and keeps, in the order in which they were offered: best first. */
  readonly moved: readonly ProgramId[];
  /** Members the target had that leave for them. */
  readonly evicted: readonly ProgramId[];
}

/** Offers each member to the target's own policy, as if it had been made there; changes nothing. */
export function planMerge(members: readonly Member[], target: ArchiveView, archive: Archive): Merge {
  let here = target.members;
  const thresholds = new Map(target.thresholds);
  for (const member of members) {
    const { status, evicted, cell, threshold } = archive.admit({ ...target, members: here, thresholds }, member);
    if (status === 'rejected') continue;
    here = insert(
      here.filter(({ id }) => !evicted.includes(id)),
      member,
    );
    if (cell !== null && threshold !== null) thresholds.set(cell, threshold);
  }
  const before = new Set(target.members.map(({ id }) => id));
  const after = new Set(here.map(({ id }) => id));
  return {
    moved: members.map(({ id }) => id).filter((id) => after.has(id) && !before.has(id)),
    evicted: target.members.map(({ id }) => id).filter((id) => !after.has(id)),
  };
}

/** Best first, older first where fitness ties. */
export function insert(members: readonly Member[], member: Member): Member[] {
  let at = members.length;
  while (at > 0 && (members[at - 1] as Member).fitness < member.fitness) at--;
  return members.toSpliced(at, 0, member);
}
