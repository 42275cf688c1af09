/** MAP-Elites (Mouret & Clune 2015) over any division into cells: the best program of each cell stays. */
import type { ProgramId } from '../../program.ts';
import type { Admission, Archive, ArchiveView, Member } from '../archive-contract.ts';
import { NO_PLACE, list, refusal, rejected, spendsNoMore } from './admission.ts';
import { missingFeature } from './axes.ts';
import { seat, squeeze, type Cells } from './cells.ts';

/** `size` bounds the members: where it is below the number of cells, the worst cell is given up for a better one. */
export function createElitesArchive(name: string, cells: Cells, count: number, size: number): Archive {
  return {
    name,
    cells: count,
    cellOf: (view, member) => cells.locator(view, member)(member),
    admit: (view, newcomer) =>
      refusal(view, newcomer) ?? unplaced(cells, newcomer) ?? admit(view, newcomer, cells, size),
  };
}

export function unplaced(cells: Cells, newcomer: Member): Admission | null {
  const missing = missingFeature(cells.axes, newcomer);
  return missing === null ? null : rejected(`it has no feature "${missing}"`);
}

function admit(view: ArchiveView, newcomer: Member, cells: Cells, size: number): Admission {
  const locate = cells.locator(view, newcomer);
  const cell = locate(newcomer) as string;
  const { byCell, homeless } = seat(view, locate);
  const own = byCell.get(cell) ?? [];
  const elite = own[0];
  const { fitness } = newcomer;
  if (elite && (fitness < elite.fitness || (fitness === elite.fitness && !spendsNoMore(newcomer, elite)))) {
    return rejected(`not better than #${elite.id} in cell ${cell}: ${fitness} against ${elite.fitness}`);
  }
  const gone = new Set<ProgramId>();
  for (const { id } of own) if (!view.pinned(id)) gone.add(id);
  // A range that moved may have put several into one cell: the best of them stays.
  const passed: ProgramId[] = [];
  for (const [other, seats] of byCell) {
    if (other === cell) continue;
    for (const { id } of seats.slice(1)) if (!view.pinned(id)) passed.push(id);
  }
  for (const id of passed) gone.add(id);
  const worstFirst = [
    ...homeless.toReversed(),
    ...view.members.filter((member) => !homeless.includes(member)).toReversed(),
  ];
  const { leaving, refusedFor } = squeeze(
    ...([view, newcomer, gone, size, worstFirst] as const),
    (member) => member.fitness < fitness || homeless.includes(member),
  );
  if (refusedFor === 'nobody') return rejected(NO_PLACE);
  if (refusedFor) {
    return rejected(
      `not better than #${refusedFor.id}, the worst of ${view.members.length} cells that are kept: ${fitness} against ${refusedFor.fitness}`,
    );
  }
  for (const { id } of leaving) gone.add(id);
  const reasons = [
    elite ? `best of cell ${cell}: ${fitness} against ${elite.fitness} of #${elite.id}` : `first in cell ${cell}`,
  ];
  if (passed.length > 0) reasons.push(`${list(passed)} shared a cell with a better one since a range moved`);
  if (leaving.length > 0) reasons.push(`${list(leaving.map(({ id }) => id))} had the worst cell`);
  return { status: elite ? 'improved' : 'new', evicted: [...gone], reason: reasons.join('; '), cell, threshold: null };
}
