import type { Node } from '../node.ts';
import type { Scoping } from '../scoping.ts';
import type { LanguageTable } from '../table.ts';
import { REAL, WHOLE } from '../typing.ts';
import type { Typing } from '../typing.ts';
import { COMPILED } from './compiled.ts';
import { NONE, set } from './sets.ts';
import { BRACES, typedLiteral } from './writing.ts';

const ENDS: Readonly<Record<string, string>> = {
  return_expression: 'return_statement',
  break_expression: 'break_statement',
  continue_expression: 'continue_statement',
};

function shape(node: Node): string | null {
  const { kind, parent, children, index } = node;
  switch (kind) {
    case 'variable_declaration': {
      // The grammar takes `x += 1;` for a declaration without a word.
      if (children.some((child) => child.kind === 'const' || child.kind === 'var')) return null;
      return children[1]?.kind === '=' ? 'assignment_expression' : 'augmented_assignment_expression';
    }
    case 'assignment_expression':
      return children[1]?.kind === '=' ? null : 'augmented_assignment_expression';
    case 'expression_statement':
      return ENDS[children[0]?.kind ?? ''] ?? null;
    case 'for_statement':
      return 'range_statement';
    case 'identifier':
      if (parent?.kind === 'member_expression' && index > 0) return 'property_identifier';
      if (parent?.kind === 'container_field' && index === 0) return 'property_identifier';
      return parent?.kind === 'field_initializer' && index <= 1 ? 'property_identifier' : null;
    default:
      return null;
  }
}

function behind(node: Node, sign: string): Node | null {
  const at = node.children.findIndex(({ kind }) => kind === sign);
  return at < 0 ? null : (node.children[at + 1] ?? null);
}

function declare(node: Node, { file, root, blockOf, isFunction, declare: add }: Scoping): void {
  const textOf = (part: Node | null): string | null => (part ? file.text.slice(part.start, part.end) : null);
  switch (node.kind) {
    case 'variable_declaration': {
      const name = node.children.find(({ kind }) => kind === 'identifier');
      const isVar = node.children.some(({ kind }) => kind === 'var');
      if (!name) return;
      const scope = blockOf(node);
      add(
        isVar ? 'let' : 'const',
        scope,
        name,
        behind(node, '='),
        scope === root ? 0 : node.end,
        textOf(behind(node, ':')),
      );
      return;
    }
    case 'parameter': {
      const name = node.children.find(({ kind }) => kind === 'identifier');
      const owner = node.parent?.parent;
      if (name && owner && isFunction(owner)) add('parameter', owner, name, null, 0, textOf(behind(node, ':')));
      return;
    }
    case 'payload': {
      const above = node.parent;
      const inner = node.children.filter(({ kind }) => kind === 'identifier');
      if (!above) return;
      const counts = above.kind === 'range_statement' && above.children.some(({ kind }) => kind === 'range_expression');
      for (const name of inner) {
        if (textOf(name) !== '_') add('loop', above, name, null, name.end, counts ? 'usize' : null);
      }
      return;
    }
    case 'function_declaration': {
      const name = node.children.find(({ kind }) => kind === 'identifier');
      if (name) add('function', blockOf(node), name, node, 0);
      return;
    }
    default:
      return;
  }
}

const TYPING: Typing = {
  sorts: {
    ...Object.fromEntries(
      ['i8', 'i16', 'i32', 'i64', 'i128', 'isize', 'u8', 'u16', 'u32', 'u64', 'u128', 'usize', 'c_int'].map((name) => [
        name,
        'whole' as const,
      ]),
    ),
    ...{ f16: 'real', f32: 'real', f64: 'real', f128: 'real' },
  },
  truth: 'bool',
  loose: false,
  wholeIsReal: true,
  index: 'usize',
  whole: 'comptime_int',
  real: 'comptime_float',
  unsigned: /^u/,
  element: (type) => {
    const bare = type.replace(/^\*(?:const\s)?/, '').trim();
    const listed = /^\[[^\]]*\](?:const\s+)?(.*)$/.exec(bare);
    if (listed) return (listed[1] as string).trim();
    return bare !== type.trim() ? bare : null;
  },
  result: (owner, { text }) => {
    const body = owner.children[owner.children.length - 1];
    const type = body ? owner.children[body.index - 1] : undefined;
    return type?.named && type.kind !== 'parameters' ? text.slice(type.start, type.end) : null;
  },
  suffix: (literal) => (/^0[xbo]/.test(literal) ? WHOLE : null),
  call: (callee, args) => {
    if (/^@(sqrt|sin|cos|exp|log|log2|floor|ceil|round|abs)$/.test(callee)) return args[0] ?? null;
    if (/^@(max|min|mod|rem|divTrunc|divFloor)$/.test(callee))
      return args.find((type) => type !== null && type !== WHOLE && type !== REAL) ?? null;
    return null;
  },
  takes: (callee) =>
    /^@(sqrt|sin|cos|exp|log|log2|floor|ceil|round|abs|max|min|mod|rem)$/.test(callee) ? 'same' : null,
  own: (node, _typeOf, { text }) => {
    if (node.kind !== 'call_expression' || !text.startsWith('@as(', node.start)) return undefined;
    const type = node.children[1]?.children[1];
    return type ? text.slice(type.start, type.end) : null;
  },
};

const STATEMENTS = [
  ...['expression_statement', 'return_statement', 'break_statement', 'continue_statement', 'variable_declaration'],
  ...['assignment_expression', 'augmented_assignment_expression', 'if_statement', 'while_statement', 'range_statement'],
  ...[
    'switch_statement',
    'statement_block',
    'defer_statement',
    'errdefer_statement',
    'function_declaration',
    'test_declaration',
  ],
];

export const zig: LanguageTable = {
  ...COMPILED,
  id: 'zig',
  extensions: ['.zig'],
  partners: ['c'],
  comment: { line: '//', block: ['//', '\n'] },
  rename: {
    source_file: 'program',
    block: 'statement_block',
    integer: 'number',
    float: 'number',
    builtin_function: 'call_expression',
    index_expression: 'subscript_expression',
    field_expression: 'member_expression',
    if_expression: 'ternary_expression',
    switch_expression: 'switch_statement',
    block_label: 'statement_identifier',
    break_label: 'statement_identifier',
  },
  dissolve: set('labeled_statement', 'block_expression'),
  atoms: set('string', 'multiline_string', 'character', 'builtin_type', 'pointer_type', 'slice_type', 'array_type'),
  shape,
  kinds: {
    number: set('number'),
    string: set('string', 'multiline_string'),
    identifier: set('identifier'),
    shorthand: NONE,
    comment: set('comment'),
    type: set('builtin_type', 'pointer_type', 'slice_type', 'array_type', 'nullable_type', 'error_union_type'),
    expression: set(
      ...['number', 'identifier', 'binary_expression', 'unary_expression', 'ternary_expression', 'call_expression'],
      ...['member_expression', 'subscript_expression', 'parenthesized_expression'],
    ),
    statement: set(...STATEMENTS),
    declaration: set('variable_declaration', 'function_declaration', 'test_declaration'),
    block: set('statement_block'),
    loop: set('while_statement', 'range_statement', 'for_expression', 'while_expression'),
    branch: set('if_statement', 'ternary_expression', 'switch_case'),
    switch: set('switch_statement'),
    otherwise: set('else_clause'),
    function: set('function_declaration'),
    parameters: set('parameters'),
    import: NONE,
    scope: set(
      'program',
      'statement_block',
      'range_statement',
      'while_statement',
      'if_statement',
      'struct_declaration',
      'switch_case',
    ),
  },
  arithmetic: set('+', '-', '*', '/', '%'),
  comparisons: set('<', '<=', '>', '>=', '==', '!='),
  logical: set('and', 'or'),
  bitwise: set('&', '|', '^', '<<', '>>'),
  precedence: {
    ...{ or: 3, and: 4, '==': 6, '!=': 6, '<': 6, '<=': 6, '>': 6, '>=': 6, '&': 8, '^': 8, '|': 8, '<<': 9, '>>': 9 },
    ...{ '+': 11, '-': 11, '+%': 11, '-%': 11, '*': 12, '/': 12, '%': 12, '*%': 12 },
  },
  power: '',
  globals: set('undefined', 'std', '_', 'math'),
  ternary: { condition: 2, yes: 4, no: 6 },
  bodies: false,
  bareConditions: true,
  unused: true,
  vocabulary: {
    functions: { '@sqrt': 1, '@abs': 1, '@max': 2, '@min': 2 },
    comparisons: ['<', '>', '<=', '>='],
  },
  offers: null,
  writing: {
    ...BRACES,
    frames: { leaf: ['fn f() void { _ = ', '; }'], block: ['fn f() void ', ''] },
    literal: typedLiteral((sort) => /^f\d|float/.test(sort), true),
    choose: (condition, yes, no) => `if (${condition}) ${yes} else ${no}`,
    and: 'and',
    or: 'or',
    guard: (condition, statement) => `if (${condition}) { ${statement} }`,
  },
  typing: TYPING,
  declare,
};
