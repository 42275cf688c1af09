/** A name with what declares it, and what a language's table declares names with. */
import type { Node, SourceFile } from './node.ts';

export type BindingKind = 'let' | 'const' | 'var' | 'parameter' | 'function' | 'class' | 'import' | 'catch' | 'loop';

export interface Binding {
  readonly name: string;
  readonly kind: BindingKind;
  /** The node whose inside the name is known in. */
  readonly scope: Node;
  /** The name where it is declared. */
  readonly declared: Node;
  /** From here on it has a value, for those that have none before. */
  readonly from: number;
  /** The initial value, the function itself for functions, or null. */
  readonly value: Node | null;
  /** Text of its type where the language says one with the name; JavaScript's family says it behind the name. */
  readonly type: string | null;
  /** Names that stand for it, its declaration excepted. */
  readonly uses: Node[];
}

/** What a language's table declares names with. */
export interface Scoping {
  readonly file: SourceFile;
  readonly root: Node;
  isFunction(node: Node): boolean;
  /** The innermost scope above the node. */
  blockOf(node: Node): Node;
  functionOf(node: Node): Node;
  /** Declares every name of the pattern. */
  declare(kind: BindingKind, scope: Node, pattern: Node, value: Node | null, from: number, type?: string | null): void;
}
