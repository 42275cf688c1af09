import type { Node } from '../node.ts';
import type { Scoping } from '../scoping.ts';
import type { LanguageTable } from '../table.ts';
import { REAL, WHOLE } from '../typing.ts';
import type { Typing } from '../typing.ts';
import { COMPILED } from './compiled.ts';
import { NONE, set } from './sets.ts';
import { BRACES, typedLiteral } from './writing.ts';

function shape(node: Node): string | null {
  const { kind, parent, children } = node;
  if (kind === 'assignment_expression') {
    const sign = children.find((child) => !child.named && child.kind.endsWith('='));
    return sign && sign.kind !== '=' ? 'augmented_assignment_expression' : null;
  }
  // `for cond {` has the condition for its second child; the other two forms have a clause there.
  if (kind === 'for_statement') {
    const head = children[1]?.kind;
    return head === 'range_clause'
      ? 'range_statement'
      : head === 'for_clause' || head === undefined
        ? null
        : 'while_statement';
  }
  return kind === 'identifier' && parent?.kind === 'package_clause' ? 'package_identifier' : null;
}

/** Names before the sign, expressions behind it. */
function declare(node: Node, { file, blockOf, isFunction, declare: add }: Scoping): boolean | void {
  const { text, table } = file;
  const names = node.children.filter(({ kind }) => kind === 'identifier');
  switch (node.kind) {
    case 'short_var_declaration':
    case 'range_clause': {
      const at = node.children.findIndex(({ kind }) => kind === ':=');
      const left = names.filter(({ index }) => index < at);
      const value = left.length === 1 && node.kind === 'short_var_declaration' ? (node.children[at + 1] ?? null) : null;
      const isRange = node.kind === 'range_clause';
      left.forEach((name, i) => {
        if (text.slice(name.start, name.end) === '_') return;
        add(isRange ? 'loop' : 'let', blockOf(node), name, value, node.end, isRange && i === 0 ? 'int' : null);
      });
      return;
    }
    case 'var_spec':
    case 'const_spec': {
      const at = node.children.findIndex(({ kind }) => kind === '=');
      const type = node.children.find(({ kind }) => table.kinds.type.has(kind));
      const left = names.filter(({ index }) => at < 0 || index < at);
      const value = left.length === 1 && at > 0 ? (node.children[at + 1] ?? null) : null;
      const said = type ? text.slice(type.start, type.end) : null;
      for (const name of left)
        add(node.kind === 'var_spec' ? 'let' : 'const', blockOf(node), name, value, node.end, said);
      return;
    }
    case 'parameter_declaration': {
      const owner = node.parent?.parent;
      const type = node.children.find(({ kind }) => table.kinds.type.has(kind));
      if (!owner || !isFunction(owner)) return;
      // The second list holds results.
      const lists = owner.children.filter(({ kind }) => kind === 'parameter_list');
      if (node.parent !== lists[owner.kind === 'method_declaration' ? 1 : 0] && node.parent !== lists[0]) return;
      for (const name of names) add('parameter', owner, name, null, 0, type ? text.slice(type.start, type.end) : null);
      return;
    }
    case 'function_declaration': {
      const name = names[0];
      if (name) add('function', blockOf(node), name, node, 0);
      return;
    }
    case 'import_spec': {
      // A path names its package; no name of the file stands for it.
      return false;
    }
    default:
      return;
  }
}

const NUMBERS = [
  'int',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'uintptr',
  'byte',
  'rune',
];

const TYPING: Typing = {
  sorts: {
    ...Object.fromEntries(NUMBERS.map((name) => [name, 'whole' as const])),
    ...{ float32: 'real', float64: 'real' },
  },
  truth: 'bool',
  loose: false,
  wholeIsReal: true,
  index: 'int',
  whole: 'int',
  real: 'float64',
  unsigned: /^(u|byte)/,
  element: (type) => {
    if (type.startsWith('*')) return type.slice(1);
    return /^\[[^\]]*\](.*)$/.exec(type)?.[1] ?? /^map\[[^\]]*\](.*)$/.exec(type)?.[1] ?? null;
  },
  result: (owner, { table, text }) => {
    const body = owner.children[owner.children.length - 1];
    const type = body ? owner.children[body.index - 1] : undefined;
    return type && table.kinds.type.has(type.kind) ? text.slice(type.start, type.end) : null;
  },
  suffix: () => null,
  call: (callee, args) => {
    if (callee.startsWith('math.')) return /^math\.[A-Z]/.test(callee) ? 'float64' : null;
    if (callee === 'len' || callee === 'cap') return 'int';
    if (callee === 'min' || callee === 'max')
      return args.find((type) => type !== null && type !== WHOLE && type !== REAL) ?? null;
    return Object.hasOwn(TYPING.sorts, callee) ? callee : null;
  },
  takes: (callee) => {
    if (/^math\.[A-Z]/.test(callee)) return 'float64';
    return callee === 'min' || callee === 'max' ? 'same' : null;
  },
  own: (node, typeOf, { text }) => {
    if (node.kind === 'type_conversion_expression' && node.children[0]) {
      return text.slice(node.children[0].start, node.children[0].end);
    }
    if (node.kind === 'range_clause') {
      const list = node.children[node.children.length - 1];
      return list ? typeOf(list) : null;
    }
    return undefined;
  },
};

const STATEMENTS = [
  ...['expression_statement', 'short_var_declaration', 'var_declaration', 'const_declaration', 'assignment_expression'],
  ...['augmented_assignment_expression', 'update_expression', 'if_statement', 'for_statement', 'range_statement'],
  ...[
    'while_statement',
    'return_statement',
    'break_statement',
    'continue_statement',
    'switch_statement',
    'go_statement',
  ],
  ...[
    'defer_statement',
    'goto_statement',
    'labeled_statement',
    'select_statement',
    'send_statement',
    'fallthrough_statement',
  ],
  ...['statement_block', 'empty_statement'],
];
const DECLARATIONS = [
  ...['short_var_declaration', 'var_declaration', 'const_declaration', 'function_declaration', 'method_declaration'],
  ...['type_declaration', 'import_declaration', 'package_clause'],
];

export const go: LanguageTable = {
  ...COMPILED,
  id: 'go',
  extensions: ['.go'],
  partners: [],
  comment: { line: '//', block: ['/*', '*/'] },
  rename: {
    source_file: 'program',
    block: 'statement_block',
    int_literal: 'number',
    float_literal: 'number',
    interpreted_string_literal: 'string',
    raw_string_literal: 'string',
    assignment_statement: 'assignment_expression',
    inc_statement: 'update_expression',
    dec_statement: 'update_expression',
    index_expression: 'subscript_expression',
    selector_expression: 'member_expression',
    argument_list: 'arguments',
    expression_switch_statement: 'switch_statement',
    type_switch_statement: 'switch_statement',
    expression_case: 'switch_case',
    type_case: 'switch_case',
    default_case: 'switch_case',
    label_name: 'statement_identifier',
    literal_element: 'literal_element',
  },
  dissolve: set('statement_list', 'expression_list'),
  atoms: set('string', 'rune_literal'),
  shape,
  kinds: {
    number: set('number'),
    string: set('string'),
    identifier: set('identifier'),
    shorthand: NONE,
    comment: set('comment'),
    type: set(
      ...['type_identifier', 'slice_type', 'array_type', 'map_type', 'pointer_type', 'qualified_type', 'struct_type'],
      ...['interface_type', 'function_type', 'channel_type', 'generic_type', 'type_arguments', 'type_parameter_list'],
    ),
    expression: set(
      ...['number', 'identifier', 'binary_expression', 'unary_expression', 'call_expression', 'member_expression'],
      ...['subscript_expression', 'parenthesized_expression'],
    ),
    statement: set(...STATEMENTS, ...DECLARATIONS),
    declaration: set(...DECLARATIONS),
    block: set('statement_block'),
    loop: set('for_statement', 'range_statement', 'while_statement'),
    branch: set('if_statement', 'switch_case', 'communication_case'),
    switch: set('switch_statement', 'select_statement'),
    // `else` is a word of the condition itself: one right below another goes on from it.
    otherwise: set('if_statement'),
    function: set('function_declaration', 'method_declaration', 'func_literal'),
    parameters: set('parameter_list'),
    import: set('import_declaration', 'package_clause'),
    scope: set(
      'program',
      'statement_block',
      'for_statement',
      'range_statement',
      'while_statement',
      'if_statement',
      'switch_statement',
      'switch_case',
    ),
  },
  arithmetic: set('+', '-', '*', '/', '%'),
  comparisons: set('<', '<=', '>', '>=', '==', '!='),
  logical: set('&&', '||'),
  bitwise: set('&', '|', '^', '<<', '>>', '&^'),
  precedence: {
    ...{ '||': 3, '&&': 4, '==': 6, '!=': 6, '<': 6, '<=': 6, '>': 6, '>=': 6, '+': 11, '-': 11, '|': 11, '^': 11 },
    ...{ '*': 12, '/': 12, '%': 12, '<<': 12, '>>': 12, '&': 12, '&^': 12 },
  },
  power: '',
  globals: set(
    ...['append', 'cap', 'copy', 'delete', 'len', 'make', 'max', 'min', 'new', 'panic', 'print', 'println', 'clear'],
    ...[
      ...NUMBERS,
      'float32',
      'float64',
      'string',
      'bool',
      'math',
      'fmt',
      'sort',
      'bits',
      'strings',
      'os',
      'bufio',
      'iota',
    ],
  ),
  ternary: { condition: 0, yes: 2, no: 4 },
  bodies: false,
  bareConditions: true,
  unused: true,
  vocabulary: {
    functions: { 'math.Sqrt': 1, 'math.Abs': 1, 'math.Max': 2, 'math.Min': 2 },
    comparisons: ['<', '>', '<=', '>='],
  },
  offers: (name, { text }) => !name.startsWith('math.') || /"math"/.test(text),
  writing: {
    ...BRACES,
    frames: { leaf: ['package p\nfunc f() { _ = ', ' }'], block: ['package p\nfunc f() ', ''] },
    literal: typedLiteral((sort) => sort.startsWith('float'), true),
    choose: null,
    end: '',
    guard: (condition, statement) => `if ${condition} { ${statement} }`,
  },
  typing: TYPING,
  declare,
};
