/** The part of a syntax tree the engine uses; `web-tree-sitter` nodes have this shape. */
import type { Language } from '../experiment.ts';

export interface SyntaxNode {
  readonly id: number;
  /** Grammatical kind, e.g. `binary_expression`. */
  readonly type: string;
  readonly isNamed: boolean;
  readonly isError: boolean;
  readonly isMissing: boolean;
  readonly hasError: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly text: string;
  readonly parent: SyntaxNode | null;
  readonly childCount: number;
  readonly children: readonly (SyntaxNode | null)[];
  readonly namedChildren: readonly (SyntaxNode | null)[];
  readonly startPosition: { readonly row: number; readonly column: number };
  childForFieldName(name: string): SyntaxNode | null;
}

/** Walks a tree without making an object of each node. It begins at the root; a move that can't be made gives false. */
export interface SyntaxCursor {
  /** Number of the grammatical kind: the same kind and the same namedness wherever it is the same in a language. */
  readonly nodeTypeId: number;
  readonly nodeType: string;
  readonly nodeIsNamed: boolean;
  readonly startIndex: number;
  readonly endIndex: number;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
  delete(): void;
}

export interface SyntaxTree {
  readonly rootNode: SyntaxNode;
  /** The quick way to read the whole of it, where there is one. */
  walk?(): SyntaxCursor;
  /** Frees the memory behind the tree; nodes of it are dead afterwards. */
  delete(): void;
}

/** Parses synchronously; the grammar has been loaded before the engine starts. */
export interface Syntax {
  /**
   * `near` is a text that the new one was probably made from: a parser may begin from its tree. What comes out is the same with
   * it and without it.
   */
  parse(language: Language, text: string, near?: string): SyntaxTree;
}
