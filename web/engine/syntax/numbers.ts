/** What is known of the numbers of a file: said by types where a language writes them, inferred from use elsewhere. */
import type { Node } from './node.ts';
import type { Scopes } from './scope.ts';
import type { Binding } from './scoping.ts';

export interface Numbers {
  readonly scopes: Scopes;
  isNumber(binding: Binding): boolean;
  /** Used to index something, so a whole number. */
  isIndex(binding: Binding): boolean;
  /** The expression gives a number, by its own form or by what is done with it. */
  numeric(node: Node): boolean;
  /** The expression is asked for a truth value. */
  truth(node: Node): boolean;
  /** The sort of number that goes to the expression's place: '' where there is one sort only; null: none. */
  sort(node: Node): string | null;
  sortOf(binding: Binding): string | null;
  /** A number of the one sort may stand where the other is asked for. */
  fits(from: string, to: string): boolean;
  isUnsigned(sort: string): boolean;
  isReal(sort: string): boolean;
  /** What is known of functions of the vocabulary, and the sort of a number that nothing else says the sort of. */
  readonly plain: {
    readonly real: string;
    takes(name: string): string | null;
    gives(name: string): string | null;
  };
}
