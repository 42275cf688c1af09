/** What all archives have in common: who never gets in, who never leaves, and how a decision is put. */
import type { ProgramId } from '../../program.ts';
import type { Admission, ArchiveView, Member } from '../archive-contract.ts';

export function rejected(reason: string): Admission {
  return { status: 'rejected', evicted: [], reason, cell: null, threshold: null };
}

export function admitted(status: 'improved' | 'new', evicted: readonly ProgramId[], reason: string): Admission {
  return { status, evicted, reason, cell: null, threshold: null };
}

/** Why a program can not be looked at; null where it can. Only a correct program with a finite score can. */
export function refusal(view: ArchiveView, newcomer: Member): Admission | null {
  if (!newcomer.evaluation.correct) return rejected('it is not correct');
  if (!Number.isFinite(newcomer.fitness)) return rejected('it has no finite score');
  for (const { id } of view.members) if (id === newcomer.id) return rejected('it is already there');
  return null;
}

/** No archive gives up its fittest program unless for one that is as fit. */
export function isGuarded(view: ArchiveView, newcomer: Member, member: Member): boolean {
  return view.pinned(member.id) || (member === view.members[0] && newcomer.fitness < member.fitness);
}

export function isFittest(view: ArchiveView, newcomer: Member): boolean {
  const best = view.members[0];
  return !best || newcomer.fitness > best.fitness;
}

/** Of two programs of one behaviour the later takes the place if it spends no more: so a population drifts over plateaus. */
export function spendsNoMore(newcomer: Member, member: Member): boolean {
  return newcomer.evaluation.fuel <= member.evaluation.fuel;
}

export const NO_PLACE = 'every place is held by a pinned program or by the fittest';

/** `#1, #2 and 3 more`. */
export function list(ids: readonly ProgramId[]): string {
  const shown = ids.slice(0, 4).map((id) => `#${id}`);
  const more = ids.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.pop() ?? 'nothing';
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last;
}
