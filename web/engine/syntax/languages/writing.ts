/** How a language spells what the operators write. Pieces come in with the parentheses they need. */

export interface Writing {
  /** The number as a literal without a sign; null where this sort of number has no such value. `sort` is '' where there is one sort only. */
  readonly literal: (value: number, sort: string) => string | null;
  /** Null where the language has no conditional expression. */
  readonly choose: ((condition: string, yes: string, no: string) => string) | null;
  readonly and: string;
  readonly or: string;
  readonly not: string;
  /** What ends a statement. */
  readonly end: string;
  /** A statement that does nothing, where one has to stand. */
  readonly nothing: string;
  /** Makes a statement depend on a condition. `indent` is that of its line. */
  readonly guard: (condition: string, statement: string, indent: string) => string;
  /** Layout is part of the syntax: statements are moved with their indentation. */
  readonly indented: boolean;
  /** What makes a program of an expression in parentheses, and of statements. */
  readonly frames: { readonly leaf: readonly [string, string]; readonly block: readonly [string, string] };
  /** Statements of the vocabulary get braces around them. */
  readonly braces: boolean;
  /** In the place of infix operators, calls and assignments, for languages that have none. */
  readonly prefix?: Prefix;
}

export interface Prefix {
  /** Null where the sort has no such operation. */
  readonly combine: (left: string, operator: string, right: string, sort: string) => string | null;
  readonly call: (name: string, operands: readonly string[]) => string;
  readonly name: (name: string) => string;
  readonly assign: (name: string, operator: string, value: string, sort: string) => string | null;
  readonly not: (condition: string) => string;
}

export function plain(value: number): string {
  return String(value);
}

export const BRACES: Writing = {
  literal: plain,
  choose: (condition, yes, no) => `${condition} ? ${yes} : ${no}`,
  and: '&&',
  or: '||',
  not: '!',
  end: ';',
  nothing: '{}',
  guard: (condition, statement) => `if (${condition}) ${statement}`,
  indented: false,
  frames: { leaf: ['', ';'], block: ['', ''] },
  braces: true,
};

/** Floats need a point, whole numbers must have none, and what can't be negative is written without a minus elsewhere. */
export function typedLiteral(isFloat: (sort: string) => boolean, pointed: boolean): Writing['literal'] {
  return (value, sort) => {
    if (sort === '' || isFloat(sort)) {
      const text = String(value);
      return pointed && Number.isInteger(value) && !/[.e]/.test(text) ? `${text}.0` : text;
    }
    return Number.isInteger(value) && Math.abs(value) < 2_147_483_648 ? String(value) : null;
  };
}
