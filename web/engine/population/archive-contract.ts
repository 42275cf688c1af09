/** The family of archives: what a program's score does to the place where it was made. */
import type { AddStatus } from '../events.ts';
import type { Evaluation, ProgramId } from '../program.ts';

/** A correct program as an archive sees it. */
export interface Member {
  readonly id: ProgramId;
  readonly fitness: number;
  readonly evaluation: Evaluation;
  /** Characters and lines of its text. */
  readonly length: number;
  readonly lines: number;
  /** 0–1, on the syntax tree (novelty/complexity.ts). */
  readonly complexity: number;
  /** Deepest nesting of control flow. */
  readonly nesting: number;
  /** Syntax vector (novelty/vector.ts); null where there is none. */
  readonly vector: Int8Array | null;
}

/** What an island's archive holds now. `members` is sorted best first, older first where fitness ties. */
export interface ArchiveView {
  readonly members: readonly Member[];
  /** Programs a person has pinned: they are never evicted. */
  readonly pinned: (id: ProgramId) => boolean;
  /** Threshold by cell, for archives that have them. */
  readonly thresholds: ReadonlyMap<string, number>;
  /** Smallest and largest value of each feature the island has seen in a correct program. */
  readonly ranges: ReadonlyMap<string, readonly [number, number]>;
}

export interface Admission {
  readonly status: AddStatus;
  /** Who leaves for it: several where bins moved or a front was passed. */
  readonly evicted: readonly ProgramId[];
  /** Why, in words for people. */
  readonly reason: string;
  readonly cell: string | null;
  /** New threshold of that cell; null where there are none. */
  readonly threshold: number | null;
}

export interface Archive {
  /** A few words for the log and the page, e.g. `grid(10×10)`. */
  readonly name: string;
  /** Decides and changes nothing. */
  admit(view: ArchiveView, newcomer: Member): Admission;
  /** Cell of a member now; null where there are no cells. */
  cellOf(view: ArchiveView, member: Member): string | null;
  /** Cells there are in all; null where there are no cells. */
  readonly cells: number | null;
}
