/**
 * What the engine must know of a language to check, arm and change its programs. The operators are written once against this
 * table; another language is another table. Grammars call like things by different names: a table says what is what, in the
 * names that the grammar of JavaScript has.
 */
import type { Language, Vocabulary } from '../experiment.ts';
import type { Kinds } from './kinds.ts';
import type { Node, SourceFile } from './node.ts';
import type { Scoping } from './scoping.ts';
import type { Typing } from './typing.ts';
import type { Writing } from './languages/writing.ts';

export interface LanguageTable {
  readonly id: Language;
  /** File name endings that hold code; other files are text that is carried along. */
  readonly extensions: readonly string[];
  /** Languages whose files may stand beside this one's: kernels of a Python program. The first whose ending fits is taken. */
  readonly partners: readonly Language[];
  readonly comment: { readonly line: string; readonly block: readonly [string, string] };
  /** The grammar's name of a kind → the one that is used here; all below speaks of these. */
  readonly rename: Readonly<Record<string, string>>;
  /** Nodes that are left out, their children standing in their place. */
  readonly dissolve: ReadonlySet<string>;
  /** Nodes that are taken as one word. */
  readonly atoms: ReadonlySet<string>;
  /** A last word on a node's kind by what is around it; null: it keeps its own. Asked of parents first. */
  readonly shape?: (node: Node, text: string) => string | null;
  readonly kinds: Kinds;
  /** Operators by class, and how tightly each binds (higher is tighter). */
  readonly arithmetic: ReadonlySet<string>;
  readonly comparisons: ReadonlySet<string>;
  readonly logical: ReadonlySet<string>;
  readonly bitwise: ReadonlySet<string>;
  readonly precedence: Readonly<Record<string, number>>;
  /** Right-associative, and its left operand can't be a unary expression. */
  readonly power: string;
  /** Names that are there without being declared. */
  readonly globals: ReadonlySet<string>;
  /** Prefixes of callables that take and give numbers. */
  readonly numericCalls: readonly string[];
  readonly numericMembers: ReadonlySet<string>;
  /** What constants in capitals belong to: `Math.PI`. */
  readonly constantPrefix: string;
  /** Where the parts of a conditional expression stand among its children. */
  readonly ternary: { readonly condition: number; readonly yes: number; readonly no: number };
  /** A branch or a loop may have one statement for its body, without braces. */
  readonly bodies: boolean;
  /** Conditions of statements stand without parentheses, right behind the word. */
  readonly bareConditions: boolean;
  /** A name without a use is an error. */
  readonly unused: boolean;
  /** Fuel is counted in the source; elsewhere the sandbox counts. */
  readonly armed: boolean;
  /** The list that stands for lifted literals; null where there is none, so that `tune` has nothing to work with. */
  readonly parameters: string | null;
  /** Names that no program may use. */
  readonly reserved: readonly string[];
  /** Several programs can share one realm, each in a folder of its own. */
  readonly brood: boolean;
  /** Moves of `mutate` that make no sense here. */
  readonly without: ReadonlySet<string>;
  /** What an experiment's vocabulary is where it says nothing. */
  readonly vocabulary: Pick<Vocabulary, 'functions' | 'comparisons'>;
  /** Whether a function of the vocabulary can be called in a file (its module is imported); null: always. */
  readonly offers: ((name: string, file: SourceFile) => boolean) | null;
  readonly writing: Writing;
  /** Types that are written; null: what is a number is inferred from use. */
  readonly typing: Typing | null;
  /** Declares what the node declares; false keeps out of what is below. */
  readonly declare: (node: Node, scoping: Scoping) => boolean | void;
}

/** A file that was read with a table. */
export interface ParsedFile extends SourceFile {
  readonly table: LanguageTable;
}

/** How tightly the parts of an expression bind, above and below the binary operators. */
export const BINDING = { sequence: 0, assignment: 1, ternary: 2, unary: 15, call: 18, primary: 20 } as const;
