/**
 * CMA-MAE (Fontaine & Nikolaidis 2023): a cell takes what is above its threshold t, and t moves to (1 − rate) t + rate f.
 * A cell that took nothing yet has no threshold (−∞) and takes anything; then t = f. One that holds programs without a threshold, since it was
 * merged or its range moved, asks for more than its best has.
 *
 * A cell holds its elite, from which parents come, and beside it the latest program that was above the threshold but not above
 * the elite. A newcomer above the elite takes the place of both; one below it only that of the other. So nothing good is lost to the threshold.
 */
import type { ProgramId } from '../../program.ts';
import type { ArchiveSettings } from '../../strategy.ts';
import type { Admission, Archive, ArchiveView, Member } from '../archive-contract.ts';
import { list, NO_PLACE, refusal, rejected } from './admission.ts';
import { seat, squeeze, type Cells } from './cells.ts';
import { unplaced } from './elites.ts';
import { cellCount, gridCells, shape } from './grid.ts';

export function createThresholdArchive(settings: Extract<ArchiveSettings, { type: 'threshold' }>): Archive {
  const { axes, size, rate } = settings;
  const cells = gridCells(axes);
  return {
    name: `threshold(${shape(axes)}, ${rate})`,
    cells: cellCount(axes),
    cellOf: (view, member) => cells.locator(view, member)(member),
    admit: (view, newcomer) =>
      refusal(view, newcomer) ?? unplaced(cells, newcomer) ?? admit(view, newcomer, cells, size, rate),
  };
}

/** The threshold after `fitness` was taken; `before` undefined where there was none. Bounded, for rounding must not pass `fitness`. */
export function nextThreshold(before: number | undefined, fitness: number, rate: number): number {
  if (before === undefined) return fitness;
  return Math.min(fitness, Math.max(before, (1 - rate) * before + rate * fitness));
}

function admit(view: ArchiveView, newcomer: Member, cells: Cells, size: number, rate: number): Admission {
  const locate = cells.locator(view, newcomer);
  const cell = locate(newcomer) as string;
  const { fitness } = newcomer;
  const { byCell, homeless } = seat(view, locate);
  const own = byCell.get(cell) ?? [];
  const elite = own[0];
  const before = view.thresholds.get(cell) ?? elite?.fitness;
  if (before !== undefined && !(fitness > before)) {
    return rejected(`not above the threshold of cell ${cell}: ${fitness} against ${before}`);
  }
  const leads = !elite || fitness > elite.fitness;
  const gone = new Set<ProgramId>();
  for (const member of own) if ((leads || member !== elite) && !view.pinned(member.id)) gone.add(member.id);
  const passed: ProgramId[] = [];
  const others: Member[] = [];
  for (const [at, seats] of byCell) {
    if (at === cell || seats.length < 2) continue;
    const second = seats.slice(1).reduce((a, b) => (b.id > a.id ? b : a));
    others.push(second);
    for (const member of seats.slice(1)) if (member !== second && !view.pinned(member.id)) passed.push(member.id);
  }
  for (const id of passed) gone.add(id);
  others.sort((a, b) => a.fitness - b.fitness || b.id - a.id);
  const cheap = new Set([...homeless.toReversed(), ...others]);
  const { leaving, refusedFor } = squeeze(
    ...([
      view,
      newcomer,
      gone,
      size,
      [...cheap, ...view.members.filter((member) => !cheap.has(member)).reverse()],
    ] as const),
    (member) =>
      homeless.includes(member) ||
      (cheap.has(member) && leads) ||
      (leads === !cheap.has(member) && member.fitness < fitness),
  );
  if (refusedFor === 'nobody') return rejected(NO_PLACE);
  if (refusedFor) {
    return rejected(
      `above the threshold of cell ${cell}, but not better than #${refusedFor.id}, the first that would have to leave: ${fitness} against ${refusedFor.fitness}`,
    );
  }
  for (const { id } of leaving) gone.add(id);
  const threshold = nextThreshold(before, fitness, rate);
  const reasons = [
    before === undefined
      ? `first in cell ${cell}`
      : `above the threshold of cell ${cell}: ${fitness} against ${before}, now ${threshold}`,
  ];
  if (elite)
    reasons.push(leads ? `better than its elite #${elite.id}` : `beside its elite #${elite.id} (${elite.fitness})`);
  if (passed.length > 0) reasons.push(`${list(passed)} shared a cell with others since a range moved`);
  if (leaving.length > 0) reasons.push(`${list(leaving.map(({ id }) => id))} had to make room`);
  return { status: elite ? 'improved' : 'new', evicted: [...gone], reason: reasons.join('; '), cell, threshold };
}
