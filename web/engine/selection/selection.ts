/** The family of parent selections: draw one member of an archive. */
import type { Evaluation, ProgramId } from '../program.ts';
import type { Random } from '../rng.ts';

/** Candidates are correct programs, best first; never empty. */
export interface Candidate {
  readonly id: ProgramId;
  readonly fitness: number;
  /** Times it has been a parent. */
  readonly children: number;
  /** Of those children, how many entered an archive. */
  readonly successes: number;
  /** Characters of its text. */
  readonly length: number;
  /** Further measures that objectives may name; a rule takes what is absent for unknown. */
  readonly lines?: number;
  readonly complexity?: number;
  readonly nesting?: number;
  /** Cell of the archive it sits in; null where the archive has no cells. */
  readonly cell: string | null;
  readonly evaluation: Evaluation | null;
}

/** What else a rule may look at. */
export interface SelectionView {
  /** Results the island has consumed since it began. */
  readonly consumed: number;
  /** What a program came of; null for the first of all. */
  readonly parentOf: (id: ProgramId) => ProgramId | null;
}

export interface ParentSelection {
  /** What the draw is among: the island's archive, or only the program it began with, or its current one (annealing). */
  readonly from: 'archive' | 'root' | 'current';
  /** Unnormalised probabilities, one a candidate. */
  weights(candidates: readonly Candidate[], view: SelectionView): number[];
}

export function selectParent(
  selection: ParentSelection,
  candidates: readonly Candidate[],
  view: SelectionView,
  random: Random,
): ProgramId {
  return (candidates[random.weighted(selection.weights(candidates, view))] as Candidate).id;
}
