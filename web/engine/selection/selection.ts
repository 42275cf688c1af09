/** The family of parent selections: draw one member of an archive. */
import type { ProgramId } from '../program.ts';
import type { Random } from '../rng.ts';

/** Candidates are correct programs, best first; never empty. */
export interface Candidate {
  readonly id: ProgramId;
  readonly fitness: number;
  /** Times it has been a parent. */
  readonly children: number;
}

export interface ParentSelection {
  /** Unnormalised probabilities, one a candidate. */
  weights(candidates: readonly Candidate[]): number[];
}

export function selectParent(selection: ParentSelection, candidates: readonly Candidate[], random: Random): ProgramId {
  return (candidates[random.weighted(selection.weights(candidates))] as Candidate).id;
}
