/** A syntax tree as plain objects, comments taken out. */
import type { Kinds } from './kinds.ts';

export interface Node {
  readonly kind: string;
  readonly named: boolean;
  readonly start: number;
  readonly end: number;
  readonly parent: Node | null;
  /** Place among the parent's children. */
  readonly index: number;
  readonly children: readonly Node[];
}

export interface Comment {
  readonly start: number;
  readonly end: number;
}

/** A file with its tree, as far as a language's own functions look into it. */
export interface SourceFile {
  readonly text: string;
  readonly root: Node;
  readonly comments: readonly Comment[];
  readonly table: { readonly kinds: Kinds };
}
