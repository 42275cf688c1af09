import type { Node } from '../node.ts';
import type { Scoping } from '../scoping.ts';
import type { LanguageTable } from '../table.ts';
import { ancestor } from '../walk.ts';
import { NONE, set } from './sets.ts';
import { plain } from './writing.ts';

const COMPREHENSIONS = ['list_comprehension', 'set_comprehension', 'dictionary_comprehension', 'generator_expression'];

function shape(node: Node): string | null {
  const { parent } = node;
  if (node.kind === 'binary_expression' && node.children.length > 3) return 'comparison_chain';
  if (node.kind !== 'identifier') return null;
  if (parent?.kind === 'member_expression' && node.index > 0) return 'property_identifier';
  return parent?.kind === 'keyword_argument' && node.index === 0 ? 'property_identifier' : null;
}

function declare(node: Node, { file, root, blockOf, functionOf, isFunction, declare: add }: Scoping): boolean | void {
  const { kinds } = file.table;
  switch (node.kind) {
    case 'assignment_expression': {
      const [target, sign] = node.children;
      if (!target || !/^(identifier|pattern_list|tuple_pattern|list_pattern)$/.test(target.kind)) return;
      const value = sign?.kind === '=' ? (node.children[2] ?? null) : null;
      add('let', blockOf(node), target, value, node.end);
      return;
    }
    case 'named_expression':
      if (node.children[0]) add('let', functionOf(node), node.children[0], null, node.end);
      return;
    case 'range_statement':
    case 'for_in_clause': {
      const target = node.children[node.children.findIndex(({ kind }) => kind === 'for') + 1];
      if (target) add('loop', blockOf(node), target, null, node.kind === 'for_in_clause' ? 0 : bodyOf(node));
      return;
    }
    case 'as_pattern_target':
      if (node.children[0]) add('catch', blockOf(node), node.children[0], null, node.end);
      return;
    case 'class_definition': {
      const name = node.children.find(({ kind }) => kind === 'identifier');
      if (name) add('class', blockOf(node), name, node, 0);
      return;
    }
    case 'import_statement':
    case 'import_from_statement': {
      const from = node.children.findIndex(({ kind }) => kind === 'import');
      for (const part of node.children.slice(from + 1)) {
        const named = part.kind === 'aliased_import' ? part.children[part.children.length - 1] : part.children[0];
        if (part.named && named) add('import', root, named, null, 0);
      }
      return false;
    }
    default:
      break;
  }
  if (!isFunction(node) || COMPREHENSIONS.includes(node.kind)) return;
  const name =
    node.kind === 'function_definition' ? node.children.find(({ kind }) => kind === 'identifier') : undefined;
  if (name) add('function', ancestor(node, (up) => kinds.scope.has(up.kind) || isFunction(up)) ?? root, name, node, 0);
  const list = node.children.find(({ kind }) => kinds.parameters.has(kind));
  for (const parameter of list?.children ?? []) {
    if (!parameter.named) continue;
    const own =
      parameter.kind === 'identifier' ? parameter : parameter.children.find(({ kind }) => kind === 'identifier');
    if (own) add('parameter', node, own, null, 0);
  }
  return;
}

/** In front of the colon the target has no value yet. */
function bodyOf(loop: Node): number {
  return loop.children.find(({ kind }) => kind === 'statement_block')?.start ?? loop.end;
}

const STATEMENTS = [
  ...['expression_statement', 'if_statement', 'range_statement', 'while_statement', 'try_statement', 'with_statement'],
  ...['return_statement', 'break_statement', 'continue_statement', 'throw_statement', 'empty_statement'],
  ...['assert_statement', 'delete_statement', 'global_statement', 'nonlocal_statement', 'match_statement'],
];
const DECLARATIONS = [
  ...['function_definition', 'class_definition', 'decorated_definition', 'import_statement', 'import_from_statement'],
  ...['future_import_statement', 'global_statement', 'nonlocal_statement'],
];

/** Where Python's `not` binds: looser than a comparison. */
export const PYTHON_NOT = 5;

export const python: LanguageTable = {
  id: 'python',
  extensions: ['.py'],
  partners: ['c', 'cpp', 'rust', 'zig', 'go', 'wat', 'assemblyscript'],
  comment: { line: '#', block: ['"""', '"""'] },
  rename: {
    module: 'program',
    block: 'statement_block',
    integer: 'number',
    float: 'number',
    binary_operator: 'binary_expression',
    comparison_operator: 'binary_expression',
    boolean_operator: 'binary_expression',
    not_operator: 'unary_expression',
    unary_operator: 'unary_expression',
    conditional_expression: 'ternary_expression',
    call: 'call_expression',
    argument_list: 'arguments',
    attribute: 'member_expression',
    subscript: 'subscript_expression',
    assignment: 'assignment_expression',
    augmented_assignment: 'augmented_assignment_expression',
    for_statement: 'range_statement',
    pass_statement: 'empty_statement',
    raise_statement: 'throw_statement',
    list: 'array',
    dictionary: 'object',
    list_splat: 'spread_element',
  },
  dissolve: NONE,
  atoms: NONE,
  shape,
  kinds: {
    number: set('number'),
    string: set('string', 'concatenated_string'),
    identifier: set('identifier'),
    shorthand: NONE,
    comment: set('comment'),
    type: set('type'),
    expression: set(
      ...['number', 'identifier', 'binary_expression', 'unary_expression', 'ternary_expression', 'call_expression'],
      ...['member_expression', 'subscript_expression', 'parenthesized_expression'],
    ),
    statement: set(...STATEMENTS, ...DECLARATIONS),
    declaration: set(...DECLARATIONS),
    block: set('statement_block'),
    loop: set('range_statement', 'while_statement', 'for_in_clause'),
    branch: set('if_statement', 'elif_clause', 'ternary_expression', 'case_clause', 'except_clause', 'if_clause'),
    switch: set('match_statement'),
    otherwise: set('else_clause', 'if_statement'),
    function: set('function_definition', 'lambda', ...COMPREHENSIONS),
    parameters: set('parameters', 'lambda_parameters'),
    import: set('import_statement', 'import_from_statement', 'future_import_statement'),
    scope: set('program', 'class_definition'),
  },
  arithmetic: set('+', '-', '*', '/', '//', '%', '**'),
  comparisons: set('<', '<=', '>', '>=', '==', '!='),
  logical: set('and', 'or'),
  bitwise: set('&', '|', '^', '<<', '>>'),
  precedence: {
    ...{ or: 3, and: 4, '<': 6, '<=': 6, '>': 6, '>=': 6, '==': 6, '!=': 6, in: 6, is: 6, 'not in': 6, 'is not': 6 },
    ...{ '|': 7, '^': 8, '&': 9, '<<': 10, '>>': 10, '+': 11, '-': 11, '*': 12, '/': 12, '//': 12, '%': 12, '@': 12 },
    '**': 16,
  },
  power: '**',
  globals: set(
    ...[
      'abs',
      'all',
      'any',
      'bool',
      'bytes',
      'dict',
      'divmod',
      'enumerate',
      'filter',
      'float',
      'frozenset',
      'int',
      'isinstance',
    ],
    ...[
      'iter',
      'len',
      'list',
      'map',
      'max',
      'min',
      'next',
      'print',
      'range',
      'reversed',
      'round',
      'set',
      'sorted',
      'str',
      'sum',
    ],
    ...[
      'tuple',
      'type',
      'zip',
      'pow',
      'ord',
      'chr',
      'hash',
      'super',
      'object',
      'bytearray',
      'complex',
      'repr',
      'input',
    ],
    ...['ValueError', 'TypeError', 'IndexError', 'KeyError', 'Exception', 'ZeroDivisionError', 'OverflowError'],
  ),
  numericCalls: ['math.', 'abs', 'len', 'float', 'int', 'round'],
  numericMembers: NONE,
  constantPrefix: '',
  ternary: { condition: 2, yes: 0, no: 4 },
  bodies: false,
  bareConditions: true,
  unused: false,
  armed: false,
  parameters: '_p',
  reserved: ['_p', '_fuel'],
  brood: false,
  without: NONE,
  vocabulary: {
    functions: { abs: 1, max: 2, min: 2, 'math.sqrt': 1, 'math.exp': 1 },
    comparisons: ['<', '>', '<=', '>='],
  },
  offers: (name, { text }) => !name.startsWith('math.') || /^import math\b/m.test(text),
  writing: {
    literal: plain,
    choose: (condition, yes, no) => `${yes} if ${condition} else ${no}`,
    and: 'and',
    or: 'or',
    not: 'not ',
    end: '',
    nothing: 'pass',
    guard: (condition, statement, indent) => `if ${condition}:\n${indent}    ${statement}`,
    indented: true,
    frames: { leaf: ['', ''], block: ['', ''] },
    braces: false,
  },
  typing: null,
  declare,
};
