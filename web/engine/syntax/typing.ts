/** Types that are written down: what the operators must know to keep whole numbers with whole numbers. */
import type { Node, SourceFile } from './node.ts';

/** A type is its text without white space. `int` and `float` (in angle brackets) are literals that fit several types. */
export const WHOLE = '<int>';
export const REAL = '<float>';
export const TRUTH = '<bool>';

/** A function of the file's own. */
export interface Callable {
  /** What is written before its operands. */
  readonly name: string;
  readonly takes: readonly string[];
  readonly gives: string;
}

export interface Typing {
  /** Names of types of numbers → what they are. */
  readonly sorts: Readonly<Record<string, 'whole' | 'real'>>;
  readonly truth: string;
  /** Numbers become each other without being asked, but for real ones where whole ones stand. */
  readonly loose: boolean;
  /** A whole literal stands for a real number too. */
  readonly wholeIsReal: boolean;
  /** Of what indexes a list. */
  readonly index: string;
  /** Of a literal that nothing else asks for. */
  readonly whole: string;
  readonly real: string;
  /** Types without a minus. */
  readonly unsigned: RegExp;
  /** Type of what the type is a list of or points to; null: neither. */
  readonly element: (type: string) => string | null;
  /** What the function gives, as text; null where nothing or several values. */
  readonly result: (owner: Node, file: SourceFile) => string | null;
  /** Type that a literal's suffix says, or null. */
  readonly suffix: (literal: string) => string | null;
  /** What a call that is not of the program's own functions gives; null: unknown. */
  readonly call: (callee: string, args: readonly (string | null)[], receiver: string | null) => string | null;
  /** What such a function asks for in its arguments: a type, or `same` as what is asked of the call; null: unknown. */
  readonly takes: (callee: string) => string | null;
  /** What may be called at the node besides functions of the vocabulary. Absent: nothing. */
  readonly callables?: (at: Node, file: SourceFile) => readonly Callable[];
  /** Whether the node is asked for a truth value, for languages whose trees don't say so in the common way. */
  readonly truthAt?: (node: Node, text: string) => boolean;
  /** For nodes of this language alone; undefined: the common rules say. */
  readonly own?: (node: Node, typeOf: (node: Node) => string | null, file: SourceFile) => string | null | undefined;
}
