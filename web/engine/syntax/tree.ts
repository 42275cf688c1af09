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

export interface SyntaxTree {
  readonly rootNode: SyntaxNode;
  /** Frees the memory behind the tree; nodes of it are dead afterwards. */
  delete(): void;
}

/** Parses synchronously; the grammar has been loaded before the engine starts. */
export interface Syntax {
  parse(language: Language, text: string): SyntaxTree;
}
