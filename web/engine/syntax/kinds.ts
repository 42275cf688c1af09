/** Grammatical kinds by the part they play. Positions of children are those of the tree without comments. */
export interface Kinds {
  readonly number: ReadonlySet<string>;
  readonly string: ReadonlySet<string>;
  /** A name that stands for a value. */
  readonly identifier: ReadonlySet<string>;
  readonly shorthand: ReadonlySet<string>;
  readonly comment: ReadonlySet<string>;
  /** Sub-trees that only the type checker reads. */
  readonly type: ReadonlySet<string>;
  readonly expression: ReadonlySet<string>;
  readonly statement: ReadonlySet<string>;
  readonly declaration: ReadonlySet<string>;
  readonly block: ReadonlySet<string>;
  readonly loop: ReadonlySet<string>;
  /** Ways that are taken or not: conditions, cases, handlers. */
  readonly branch: ReadonlySet<string>;
  /** Holds the ways of a choice among many; adds a level, but no way. */
  readonly switch: ReadonlySet<string>;
  /** What is done otherwise; a condition right below it goes no deeper. */
  readonly otherwise: ReadonlySet<string>;
  readonly function: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  readonly import: ReadonlySet<string>;
  /** What names are declared in, functions aside. */
  readonly scope: ReadonlySet<string>;
}
