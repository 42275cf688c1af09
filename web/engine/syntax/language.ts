/**
 * What the engine must know of a language to check, arm and change its programs. The operators are written once against this
 * table; another language is another table.
 */
import type { Language } from '../experiment.ts';

export interface LanguageTable {
  readonly id: Language;
  /** File name endings that hold code; other files are text that is carried along. */
  readonly extensions: readonly string[];
  readonly comment: { readonly line: string; readonly block: readonly [string, string] };
  /** Grammatical kinds by the part they play. Positions of children are those of the tree without comments. */
  readonly kinds: {
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
  };
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
}

/** How tightly the parts of an expression bind, above and below the binary operators. */
export const BINDING = { sequence: 0, assignment: 1, ternary: 2, unary: 15, call: 18, primary: 20 } as const;

const set = (...items: string[]): ReadonlySet<string> => new Set(items);

const javascript: LanguageTable = {
  id: 'javascript',
  extensions: ['.js', '.mjs', '.cjs'],
  comment: { line: '//', block: ['/*', '*/'] },
  kinds: {
    number: set('number'),
    string: set('string', 'template_string', 'regex'),
    identifier: set('identifier'),
    shorthand: set('shorthand_property_identifier'),
    comment: set('comment', 'html_comment', 'hash_bang_line'),
    type: set(),
    expression: set(
      'number',
      'identifier',
      'binary_expression',
      'unary_expression',
      'ternary_expression',
      'call_expression',
      'member_expression',
      'subscript_expression',
      'parenthesized_expression',
    ),
    statement: set(
      'expression_statement',
      'lexical_declaration',
      'variable_declaration',
      'using_declaration',
      'function_declaration',
      'generator_function_declaration',
      'class_declaration',
      'if_statement',
      'for_statement',
      'for_in_statement',
      'while_statement',
      'do_statement',
      'return_statement',
      'break_statement',
      'continue_statement',
      'throw_statement',
      'try_statement',
      'switch_statement',
      'labeled_statement',
      'statement_block',
      'empty_statement',
      'debugger_statement',
      'with_statement',
      'import_statement',
      'export_statement',
    ),
    declaration: set(
      'lexical_declaration',
      'variable_declaration',
      'using_declaration',
      'function_declaration',
      'generator_function_declaration',
      'class_declaration',
      'import_statement',
      'export_statement',
    ),
    block: set('statement_block'),
    loop: set('for_statement', 'for_in_statement', 'while_statement', 'do_statement'),
    branch: set('if_statement', 'ternary_expression', 'switch_case', 'catch_clause'),
    switch: set('switch_statement'),
    otherwise: set('else_clause'),
    function: set(
      'function_declaration',
      'generator_function_declaration',
      'function_expression',
      'generator_function',
      'arrow_function',
      'method_definition',
    ),
    parameters: set('formal_parameters'),
    import: set('import_statement'),
  },
  arithmetic: set('+', '-', '*', '/', '%', '**'),
  comparisons: set('<', '<=', '>', '>=', '===', '!==', '==', '!='),
  logical: set('&&', '||', '??'),
  bitwise: set('&', '|', '^', '<<', '>>', '>>>'),
  precedence: {
    '??': 3,
    '||': 3,
    '&&': 4,
    '|': 5,
    '^': 6,
    '&': 7,
    '==': 8,
    '!=': 8,
    '===': 8,
    '!==': 8,
    '<': 9,
    '<=': 9,
    '>': 9,
    '>=': 9,
    in: 9,
    instanceof: 9,
    '<<': 10,
    '>>': 10,
    '>>>': 10,
    '+': 11,
    '-': 11,
    '*': 12,
    '/': 12,
    '%': 12,
    '**': 13,
  },
  power: '**',
  globals: set(
    'Math',
    'Number',
    'Array',
    'Object',
    'String',
    'Boolean',
    'JSON',
    'Map',
    'Set',
    'WeakMap',
    'Symbol',
    'BigInt',
    'Infinity',
    'NaN',
    'undefined',
    'isNaN',
    'isFinite',
    'parseInt',
    'parseFloat',
    'Error',
    'RangeError',
    'TypeError',
    'Float64Array',
    'Float32Array',
    'Int32Array',
    'Uint32Array',
    'Int16Array',
    'Uint16Array',
    'Int8Array',
    'Uint8Array',
    'arguments',
    'globalThis',
  ),
  numericCalls: ['Math.'],
  numericMembers: set('length'),
};

const typescript: LanguageTable = {
  ...javascript,
  id: 'typescript',
  extensions: ['.ts', '.mts', '.cts', ...javascript.extensions],
  kinds: {
    ...javascript.kinds,
    type: set(
      'type_annotation',
      'type_arguments',
      'type_parameters',
      'type_predicate_annotation',
      'asserts_annotation',
      'interface_declaration',
      'type_alias_declaration',
      'enum_declaration',
      'ambient_declaration',
      'function_signature',
      'implements_clause',
      // After `as` and `satisfies` types stand without a wrapping of their own.
      'predefined_type',
      'type_identifier',
      'nested_type_identifier',
      'generic_type',
      'array_type',
      'tuple_type',
      'union_type',
      'intersection_type',
      'object_type',
      'function_type',
      'constructor_type',
      'literal_type',
      'parenthesized_type',
      'readonly_type',
      'conditional_type',
      'lookup_type',
      'type_query',
      'index_type_query',
      'template_literal_type',
    ),
    expression: new Set([
      ...javascript.kinds.expression,
      'non_null_expression',
      'as_expression',
      'satisfies_expression',
    ]),
    statement: new Set([
      ...javascript.kinds.statement,
      'abstract_class_declaration',
      'interface_declaration',
      'type_alias_declaration',
      'enum_declaration',
      'ambient_declaration',
      'function_signature',
      'internal_module',
      'module',
      'import_alias',
    ]),
    declaration: new Set([
      ...javascript.kinds.declaration,
      'abstract_class_declaration',
      'interface_declaration',
      'type_alias_declaration',
      'enum_declaration',
      'ambient_declaration',
      'function_signature',
      'internal_module',
      'module',
      'import_alias',
    ]),
  },
};

const TABLES: Readonly<Partial<Record<Language, LanguageTable>>> = { javascript, typescript };

export function languageTable(language: Language): LanguageTable {
  const table = TABLES[language];
  if (!table) throw new Error(`Nothing is known of ${language}`);
  return table;
}

/** Whether the file holds code of the language, by its name. */
export function holdsCode(table: LanguageTable, path: string): boolean {
  return table.extensions.some((extension) => path.endsWith(extension));
}
