import type { Node } from '../node.ts';
import type { LanguageTable } from '../table.ts';
import { REAL, WHOLE } from '../typing.ts';
import type { Typing } from '../typing.ts';
import { declareC } from './c-scope.ts';
import { COMPILED } from './compiled.ts';
import { NONE, set } from './sets.ts';
import { BRACES } from './writing.ts';
import type { Writing } from './writing.ts';

const WHOLES = [
  ...['int', 'long', 'short', 'char', 'unsigned', 'signed', 'size_t', 'ssize_t', 'ptrdiff_t', 'intptr_t', 'uintptr_t'],
  ...['int8_t', 'int16_t', 'int32_t', 'int64_t', 'uint8_t', 'uint16_t', 'uint32_t', 'uint64_t'],
  ...[
    'long long',
    'long int',
    'unsigned int',
    'unsigned long',
    'unsigned long long',
    'unsigned char',
    'unsigned short',
  ],
  ...['signed char', 'std::size_t', 'std::int32_t', 'std::int64_t', 'std::uint32_t', 'std::uint64_t', 'std::uint8_t'],
];

export const C_TYPING: Typing = {
  sorts: {
    ...Object.fromEntries(WHOLES.map((name) => [name, 'whole' as const])),
    ...{ double: 'real', float: 'real', 'long double': 'real' },
  },
  truth: 'bool',
  loose: true,
  wholeIsReal: true,
  index: 'int',
  whole: 'int',
  real: 'double',
  unsigned: /^(unsigned|u?size_t|uint|std::size_t|std::uint)/,
  element: (type) => {
    const bare = type.replace(/\b(const|restrict)\b|&/g, '').trim();
    const inner = /(?:vector|array|span|valarray|deque)\s*<\s*([^,<>]+)/.exec(bare);
    if (inner) return (inner[1] as string).trim();
    return /(\*|\[\])$/.test(bare) ? bare.replace(/(\*|\[\])$/, '').trim() : null;
  },
  result: (owner, { table, text }) => {
    if (owner.children.some(({ kind }) => kind === 'pointer_declarator')) return null;
    const type = owner.children.find(({ kind }) => table.kinds.type.has(kind) || kind === 'qualified_name');
    return type ? text.slice(type.start, type.end) : null;
  },
  suffix: (literal) => {
    if (/^0[xb]/i.test(literal)) return 'int';
    if (/f$/i.test(literal)) return 'float';
    if (/[ul]+$/i.test(literal)) return /[.e]/i.test(literal) ? 'double' : 'long';
    return null;
  },
  call: (callee, args) => {
    if (REALS.test(callee)) return 'double';
    if (/^(std::)?(max|min|clamp)$/.test(callee))
      return args.find((type) => type !== null && type !== WHOLE && type !== REAL) ?? null;
    const cast = /^static_cast\s*<\s*(.+?)\s*>$/.exec(callee);
    if (cast) return cast[1] as string;
    if (/\.(size|length)$/.test(callee)) return 'size_t';
    if (callee === 'abs') return 'int';
    return Object.hasOwn(C_TYPING.sorts, callee) ? callee : null;
  },
  takes: (callee) => (REALS.test(callee) ? 'double' : /^(std::)?(max|min)$/.test(callee) ? 'same' : null),
};

const REALS =
  /^(std::)?(sqrt|cbrt|fabs|fmin|fmax|fmod|hypot|pow|exp|exp2|expm1|log|log2|log10|log1p|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|floor|ceil|round|trunc|copysign|fma)f?$/;

const isReal = (sort: string): boolean => /^(double|float|long double)$/.test(sort);

/** `1.0` where a real number is meant: `1 / 2` would be 0. */
export const C_WRITING: Writing = {
  ...BRACES,
  frames: { leaf: ['void f() { ', '; }'], block: ['void f() ', ''] },
  literal: (value, sort) => {
    if (!isReal(sort)) return Number.isInteger(value) && Math.abs(value) < 2_147_483_648 ? String(value) : null;
    const text = String(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  },
};

export const C_PRECEDENCE: Readonly<Record<string, number>> = {
  ...{ '||': 3, '&&': 4, '|': 5, '^': 6, '&': 7, '==': 8, '!=': 8 },
  ...{ '<': 9, '<=': 9, '>': 9, '>=': 9, '<<': 10, '>>': 10, '+': 11, '-': 11, '*': 12, '/': 12, '%': 12 },
};

export function shapeC(node: Node, text: string): string | null {
  const token = node.children[1];
  if (node.kind === 'assignment_expression' && token && token.kind !== '=') return 'augmented_assignment_expression';
  if (node.kind === 'expression_statement' && text[node.start] === ';') return 'empty_statement';
  return null;
}

const STATEMENTS = [
  ...['expression_statement', 'declaration', 'if_statement', 'for_statement', 'while_statement', 'do_statement'],
  ...['return_statement', 'break_statement', 'continue_statement', 'switch_statement', 'labeled_statement'],
  ...['goto_statement', 'statement_block', 'empty_statement', 'function_definition', 'type_definition'],
  ...[
    'struct_specifier',
    'enum_specifier',
    'union_specifier',
    'preproc_include',
    'preproc_def',
    'preproc_function_def',
  ],
];
const DECLARATIONS = [
  ...['declaration', 'function_definition', 'type_definition', 'struct_specifier', 'enum_specifier', 'union_specifier'],
  ...['preproc_include', 'preproc_def', 'preproc_function_def'],
];

export const c: LanguageTable = {
  ...COMPILED,
  id: 'c',
  extensions: ['.c', '.h'],
  partners: [],
  comment: { line: '//', block: ['/*', '*/'] },
  rename: {
    translation_unit: 'program',
    compound_statement: 'statement_block',
    number_literal: 'number',
    conditional_expression: 'ternary_expression',
    field_expression: 'member_expression',
    argument_list: 'arguments',
    init_declarator: 'variable_declarator',
    cast_expression: 'cast',
    case_statement: 'switch_case',
    string_literal: 'string',
    char_literal: 'character',
  },
  dissolve: NONE,
  atoms: set('string', 'character', 'system_lib_string'),
  shape: shapeC,
  kinds: {
    number: set('number'),
    string: set('string', 'concatenated_string'),
    identifier: set('identifier'),
    shorthand: NONE,
    comment: set('comment'),
    type: set(
      ...['primitive_type', 'type_identifier', 'sized_type_specifier', 'type_descriptor', 'struct_specifier'],
      ...['enum_specifier', 'union_specifier'],
    ),
    expression: set(
      ...['number', 'identifier', 'binary_expression', 'unary_expression', 'ternary_expression', 'call_expression'],
      ...['member_expression', 'subscript_expression', 'parenthesized_expression', 'cast'],
    ),
    statement: set(...STATEMENTS),
    declaration: set(...DECLARATIONS),
    block: set('statement_block'),
    loop: set('for_statement', 'while_statement', 'do_statement'),
    branch: set('if_statement', 'ternary_expression', 'switch_case'),
    switch: set('switch_statement'),
    otherwise: set('else_clause'),
    function: set('function_definition'),
    parameters: set('parameter_list'),
    import: set('preproc_include'),
    scope: set('program', 'statement_block', 'for_statement'),
  },
  arithmetic: set('+', '-', '*', '/', '%'),
  comparisons: set('<', '<=', '>', '>=', '==', '!='),
  logical: set('&&', '||'),
  bitwise: set('&', '|', '^', '<<', '>>'),
  precedence: C_PRECEDENCE,
  power: '',
  globals: set(
    ...['sqrt', 'cbrt', 'fabs', 'fmin', 'fmax', 'fmod', 'hypot', 'pow', 'exp', 'exp2', 'log', 'log2', 'log10', 'sin'],
    ...[
      'cos',
      'tan',
      'asin',
      'acos',
      'atan',
      'atan2',
      'sinh',
      'cosh',
      'tanh',
      'floor',
      'ceil',
      'round',
      'trunc',
      'abs',
    ],
    ...['memcpy', 'memset', 'memmove', 'malloc', 'calloc', 'free', 'NULL', 'INFINITY', 'NAN', 'INT_MAX', 'INT_MIN'],
    ...['DBL_MAX', 'DBL_EPSILON', 'M_PI', 'true', 'false', 'stdin', 'stdout', 'stderr', 'printf', 'scanf', 'puts'],
  ),
  ternary: { condition: 0, yes: 2, no: 4 },
  bodies: true,
  bareConditions: false,
  unused: false,
  vocabulary: {
    functions: { sqrt: 1, fabs: 1, fmax: 2, fmin: 2 },
    comparisons: ['<', '>', '<=', '>='],
  },
  offers: (_name, { text }) => /#\s*include\s*<(math\.h|cmath|tgmath\.h)>/.test(text),
  writing: C_WRITING,
  typing: C_TYPING,
  declare: declareC,
};
