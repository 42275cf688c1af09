import type { Node, SourceFile } from '../node.ts';
import type { Scoping } from '../scoping.ts';
import type { LanguageTable } from '../table.ts';
import { REAL, WHOLE } from '../typing.ts';
import type { Typing } from '../typing.ts';
import { lastChild } from '../walk.ts';
import { C_PRECEDENCE } from './c.ts';
import { COMPILED } from './compiled.ts';
import { NONE, set } from './sets.ts';
import { BRACES, typedLiteral } from './writing.ts';

const ENDS: Readonly<Record<string, string>> = {
  return_expression: 'return_statement',
  break_expression: 'break_statement',
  continue_expression: 'continue_statement',
};

function shape(node: Node, text: string): string | null {
  if (node.kind !== 'expression_statement') return null;
  const { parent } = node;
  const owner = parent?.parent;
  // What a function gives back stands at its end, without a semicolon.
  const isLast = parent?.children[node.index + 1]?.kind === '}' && text[node.end - 1] !== ';';
  const gives = owner?.kind === 'function_item' && owner.children.some(({ kind }) => kind === '->');
  return isLast && gives ? 'tail' : (ENDS[node.children[0]?.kind ?? ''] ?? null);
}

function behind(node: Node, sign: string): Node | null {
  const at = node.children.findIndex(({ kind }) => kind === sign);
  return at < 0 ? null : (node.children[at + 1] ?? null);
}

function declare(node: Node, { file, blockOf, isFunction, declare: add }: Scoping): void {
  const textOf = (part: Node | null): string | null => (part ? file.text.slice(part.start, part.end) : null);
  switch (node.kind) {
    case 'let_declaration': {
      const pattern = node.children.find(({ named, kind }) => named && kind !== 'mutable_specifier');
      const isMutable = node.children.some(({ kind }) => kind === 'mutable_specifier');
      if (pattern)
        add(
          isMutable ? 'let' : 'const',
          blockOf(node),
          pattern,
          behind(node, '='),
          node.end,
          textOf(behind(node, ':')),
        );
      return;
    }
    case 'const_item':
    case 'static_item': {
      const name = node.children.find(({ kind }) => kind === 'identifier');
      if (name) add('const', blockOf(node), name, behind(node, '='), 0, textOf(behind(node, ':')));
      return;
    }
    case 'parameter': {
      const pattern = node.children[0];
      const owner = node.parent?.parent;
      if (pattern && owner && isFunction(owner)) add('parameter', owner, pattern, null, 0, textOf(behind(node, ':')));
      return;
    }
    case 'closure_parameters':
      for (const part of node.children) {
        if (node.parent && part.kind === 'identifier') add('parameter', node.parent, part, null, 0);
      }
      return;
    case 'range_statement': {
      const pattern = node.children[1];
      if (pattern) add('loop', node, pattern, null, lastChild(node)?.start ?? pattern.end, rangeType(node, file));
      return;
    }
    case 'function_item': {
      const name = node.children.find(({ kind }) => kind === 'identifier');
      if (name) add('function', blockOf(node), name, node, 0);
      return;
    }
    case 'match_arm':
    case 'let_condition':
      if (node.children[node.kind === 'match_arm' ? 0 : 1]?.named) {
        const pattern = node.children[node.kind === 'match_arm' ? 0 : 1] as Node;
        if (/identifier|pattern/.test(pattern.kind)) add('catch', node, pattern, null, 0);
      }
      return;
    default:
      return;
  }
}

/** `0..n` counts in the type of what says one; mostly that is `usize`. */
function rangeType(loop: Node, { text }: SourceFile): string | null {
  const range = loop.children[3];
  if (range?.kind !== 'range_expression') return null;
  return /\bi(8|16|32|64)\b/.exec(text.slice(range.start, range.end))?.[0] ?? 'usize';
}

const METHODS =
  /\.(sqrt|abs|sin|cos|tan|exp|ln|log2|log10|powi|powf|floor|ceil|round|trunc|min|max|mul_add|hypot|atan2|signum|clamp|wrapping_add|wrapping_mul|wrapping_sub|saturating_sub|saturating_add|pow|rem_euclid|tanh|cbrt|recip)$/;

const TYPING: Typing = {
  sorts: {
    ...Object.fromEntries(
      ['i8', 'i16', 'i32', 'i64', 'i128', 'isize', 'u8', 'u16', 'u32', 'u64', 'u128', 'usize'].map((name) => [
        name,
        'whole' as const,
      ]),
    ),
    ...{ f32: 'real', f64: 'real' },
  },
  truth: 'bool',
  loose: false,
  wholeIsReal: false,
  index: 'usize',
  whole: 'i32',
  real: 'f64',
  unsigned: /^u/,
  element: (type) => {
    const bare = type.replace(/^(?:[&*]|'\w+\s|mut\s|const\s|\s)+/, '').trim();
    const listed = /^\[(.*?)(?:;[^;\]]*)?\]$/.exec(bare) ?? /^(?:Vec|VecDeque|Box)<(.*)>$/.exec(bare);
    if (listed) return (listed[1] as string).trim();
    return bare !== type.trim() ? bare : null;
  },
  result: (owner, { text }) => {
    const type = behind(owner, '->');
    return type ? text.slice(type.start, type.end) : null;
  },
  suffix: (literal) => /(?:[iu](?:8|16|32|64|128|size)|f32|f64)$/.exec(literal)?.[0] ?? null,
  call: (callee, args, receiver) => {
    if (/\.len$/.test(callee)) return 'usize';
    if (METHODS.test(callee)) return receiver;
    const path =
      /^(f64|f32|[iu]\d+|usize|isize)::(sqrt|abs|max|min|sin|cos|exp|ln|powf|powi|floor|ceil|hypot|from)$/.exec(callee);
    if (path) return path[1] as string;
    return args.length === 2 && /\b(max|min)$/.test(callee)
      ? (args.find((type) => type !== null && type !== WHOLE && type !== REAL) ?? null)
      : null;
  },
  takes: (callee) => {
    if (/^(f64|f32)::powi$/.test(callee) || /\.(powi|pow)$/.test(callee)) return null;
    if (METHODS.test(callee)) return 'same';
    return /^(f64|f32)::/.exec(callee)?.[1] ?? null;
  },
  own: (node, typeOf, { text }) => {
    if (node.kind === 'as_expression') {
      const type = lastChild(node);
      return type ? text.slice(type.start, type.end) : null;
    }
    if (node.kind === 'dereference' || node.kind === 'reference_expression')
      return node.children[1] ? typeOf(node.children[1]) : null;
    if (node.kind === 'statement_block') {
      const last = node.children[node.children.length - 2];
      return last?.named ? typeOf(last) : null;
    }
    if (node.kind === 'else_clause') return node.children[1] ? typeOf(node.children[1]) : null;
    if (node.kind === 'if_statement') {
      const [, , yes, no] = node.children;
      return (yes && typeOf(yes)) ?? (no ? typeOf(no) : null);
    }
    return undefined;
  },
};

const STATEMENTS = [
  ...['expression_statement', 'return_statement', 'break_statement', 'continue_statement', 'let_declaration'],
  ...['empty_statement', 'macro_definition'],
];
const DECLARATIONS = [
  ...['let_declaration', 'function_item', 'const_item', 'static_item', 'struct_item', 'enum_item', 'impl_item'],
  ...['trait_item', 'type_item', 'mod_item', 'use_declaration', 'macro_definition', 'attribute_item'],
  ...['inner_attribute_item', 'extern_crate_declaration', 'union_item', 'foreign_mod_item'],
];

export const rust: LanguageTable = {
  ...COMPILED,
  id: 'rust',
  extensions: ['.rs'],
  partners: [],
  comment: { line: '//', block: ['/*', '*/'] },
  rename: {
    source_file: 'program',
    block: 'statement_block',
    integer_literal: 'number',
    float_literal: 'number',
    string_literal: 'string',
    raw_string_literal: 'string',
    if_expression: 'if_statement',
    for_expression: 'range_statement',
    while_expression: 'while_statement',
    loop_expression: 'loop_statement',
    index_expression: 'subscript_expression',
    field_expression: 'member_expression',
    type_cast_expression: 'as_expression',
    compound_assignment_expr: 'augmented_assignment_expression',
    match_expression: 'switch_statement',
    match_arm: 'switch_case',
    scoped_identifier: 'qualified_name',
    array_expression: 'array',
    label: 'statement_identifier',
    lifetime: 'lifetime',
  },
  dissolve: NONE,
  atoms: set('string', 'qualified_name', 'char_literal', 'lifetime'),
  shape,
  kinds: {
    number: set('number'),
    string: set('string'),
    identifier: set('identifier'),
    shorthand: NONE,
    comment: set('line_comment', 'block_comment'),
    type: set(
      ...[
        'primitive_type',
        'type_identifier',
        'generic_type',
        'reference_type',
        'array_type',
        'pointer_type',
        'type_arguments',
      ],
      ...['type_parameters', 'where_clause', 'tuple_type', 'function_type', 'scoped_type_identifier', 'attribute_item'],
      ...[
        'inner_attribute_item',
        'visibility_modifier',
        'function_modifiers',
        'unit_type',
        'bounded_type',
        'dynamic_type',
      ],
    ),
    expression: set(
      ...['number', 'identifier', 'binary_expression', 'unary_expression', 'call_expression', 'member_expression'],
      ...['subscript_expression', 'parenthesized_expression', 'as_expression'],
    ),
    statement: set(...STATEMENTS, ...DECLARATIONS),
    declaration: set(...DECLARATIONS),
    block: set('statement_block'),
    loop: set('range_statement', 'while_statement', 'loop_statement'),
    branch: set('if_statement', 'switch_case'),
    switch: set('switch_statement'),
    otherwise: set('else_clause'),
    function: set('function_item', 'closure_expression'),
    parameters: set('parameters', 'closure_parameters'),
    import: set('use_declaration', 'extern_crate_declaration'),
    scope: set('program', 'statement_block', 'range_statement', 'switch_case', 'if_statement', 'while_statement'),
  },
  arithmetic: set('+', '-', '*', '/', '%'),
  comparisons: set('<', '<=', '>', '>=', '==', '!='),
  logical: set('&&', '||'),
  bitwise: set('&', '|', '^', '<<', '>>'),
  precedence: {
    ...C_PRECEDENCE,
    ...{ '|': 7.2, '^': 7.4, '&': 7.6, '==': 6, '!=': 6, '<': 6, '<=': 6, '>': 6, '>=': 6 },
  },
  power: '',
  globals: set('self', 'Some', 'None', 'Ok', 'Err', 'Vec', 'String', 'Box', 'drop', 'usize', 'f64'),
  ternary: { condition: 1, yes: 2, no: 3 },
  bodies: false,
  bareConditions: true,
  unused: false,
  vocabulary: {
    functions: { 'f64::sqrt': 1, 'f64::abs': 1, 'f64::max': 2, 'f64::min': 2 },
    comparisons: ['<', '>', '<=', '>='],
  },
  offers: null,
  writing: {
    ...BRACES,
    frames: { leaf: ['fn f() { ', '; }'], block: ['fn f() ', ''] },
    literal: typedLiteral((sort) => /^f\d/.test(sort), true),
    choose: (condition, yes, no) => `if ${condition} { ${yes} } else { ${no} }`,
    guard: (condition, statement) => `if ${condition} { ${statement} }`,
  },
  typing: TYPING,
  declare,
};
