import type { Node } from '../node.ts';
import type { Scoping } from '../scoping.ts';
import type { LanguageTable } from '../table.ts';
import type { Typing } from '../typing.ts';
import { COMPILED } from './compiled.ts';
import { NONE, set } from './sets.ts';
import { callablesAt, signatureAt } from './wat-calls.ts';
import type { Prefix, Writing } from './writing.ts';

const BINARY =
  /^[if](32|64)\.(add|sub|mul|div|div_[su]|rem_[su]|and|or|xor|shl|shr_[su]|rotl|rotr|min|max|copysign|eq|ne|lt|gt|le|ge|[lg][te]_[su])$/;
const NULLARY = /^([if](32|64)\.const|(local|global)\.get|memory\.size)$/;
const PRODUCES = /^([if](32|64)\.(?!store)|local\.(get|tee)|global\.get|select$|memory\.(size|grow)$)/;
const CONSUMES = /^(local\.set|global\.set|[if](32|64)\.store\d*|br_if|drop|memory\.(copy|fill))$/;
const FORMS = new Set(['if', 'block', 'loop']);

function headOf(node: Node, text: string): string {
  const head = node.children[1];
  return head ? text.slice(head.start, head.end) : '';
}

function operands(node: Node): number {
  return node.children.filter(({ children }) => children.length > 0).length;
}

/** What leaves a value becomes `operation`, what leaves none `statement`; only where all they need stands inside them. */
function shape(node: Node, text: string): string | null {
  const { kind, parent } = node;
  if (kind === 'number') {
    const around = parent ? headOf(parent, text) : '';
    return /^[if](32|64)\.const$/.test(around) ? null : 'place_number';
  }
  if (FORMS.has(kind)) return node.children.some((child) => child.kind === 'result') ? `${kind}_operation` : null;
  if (kind !== 'list') return null;
  const head = headOf(node, text);
  const count = operands(node);
  if (head === 'call') {
    const signature = signatureAt(node, text);
    if (signature?.takes.length !== count) return null;
    return signature.gives === null ? 'statement' : 'operation';
  }
  if (PRODUCES.test(head)) {
    const needed = BINARY.test(head) ? 2 : NULLARY.test(head) ? 0 : head === 'select' ? 3 : 1;
    if (count < needed) return null;
    return /\.load/.test(head) ? 'subscript_expression' : 'operation';
  }
  if (CONSUMES.test(head)) return count >= (/store/.test(head) ? 2 : /^memory/.test(head) ? 3 : 1) ? 'statement' : null;
  if (head === 'return' || head === 'br' || head === 'unreachable') return `${head}_statement`;
  return head === 'nop' ? 'empty_statement' : null;
}

function declare(node: Node, { file, root, functionOf, declare: add }: Scoping): void {
  const name = node.children.find(({ kind }) => kind === 'identifier');
  if (!name) return;
  const type = node.children.slice(name.index + 1).find(({ kind }) => kind === 'instruction');
  const said = type ? file.text.slice(type.start, type.end) : null;
  switch (node.kind) {
    case 'param':
      add('parameter', functionOf(node), name, null, 0, said);
      return;
    case 'local':
      add('let', functionOf(node), name, null, 0, said);
      return;
    case 'global':
      add('const', root, name, null, 0, said);
      return;
    case 'func': {
      const result = node.children.find(({ kind }) => kind === 'result')?.children[2];
      add('function', root, name, node, 0, result ? file.text.slice(result.start, result.end) : null);
      return;
    }
    case 'block':
    case 'loop':
    case 'if':
    case 'block_operation':
    case 'loop_operation':
    case 'if_operation':
      add('catch', node, name, null, 0);
      return;
    default:
      return;
  }
}

const TYPING: Typing = {
  sorts: { i32: 'whole', i64: 'whole', f32: 'real', f64: 'real' },
  truth: '',
  loose: false,
  wholeIsReal: false,
  index: 'i32',
  whole: 'i32',
  real: 'f64',
  unsigned: /^$/,
  element: () => null,
  result: (owner, { text }) => {
    const result = owner.children.find(({ kind }) => kind === 'result')?.children[2];
    return result ? text.slice(result.start, result.end) : null;
  },
  suffix: () => null,
  call: () => null,
  takes: () => null,
  callables: callablesAt,
  own: (node, typeOf, { text }) => {
    if (node.kind === 'number') {
      // It has its type from the word before it.
      return null;
    }
    if (node.kind.endsWith('_operation')) {
      const result = node.children.find(({ kind }) => kind === 'result')?.children[2];
      return result ? text.slice(result.start, result.end) : null;
    }
    if (node.kind !== 'operation' && node.kind !== 'subscript_expression') return undefined;
    const head = headOf(node, text);
    if (head === 'select') return node.children[2] ? typeOf(node.children[2]) : null;
    if (head === 'call') return signatureAt(node, text)?.gives ?? null;
    if (/^(local|global)\./.test(head)) return node.children[2] ? typeOf(node.children[2]) : null;
    if (head.startsWith('memory.')) return 'i32';
    const type = head.slice(0, 3);
    return /^[if](32|64)\.(eq|ne|lt|gt|le|ge|eqz|[lg][te]_[su])$/.test(head) ? 'i32' : type;
  },
  truthAt: (node, text) => {
    const { parent } = node;
    if (!parent || node.kind !== 'operation') return false;
    if (/^(if|if_operation)$/.test(parent.kind)) return true;
    const last = parent.children[parent.children.length - 2];
    return last === node && /^(br_if|select|i32\.eqz)$/.test(headOf(parent, text));
  },
};

const WORDS: Readonly<Record<string, readonly [real: string, whole: string]>> = {
  ...{ '+': ['add', 'add'], '-': ['sub', 'sub'], '*': ['mul', 'mul'], '/': ['div', ''] },
  ...{ '<': ['lt', 'lt_s'], '>': ['gt', 'gt_s'], '<=': ['le', 'le_s'], '>=': ['ge', 'ge_s'] },
};

function combine(left: string, operator: string, right: string, sort: string): string | null {
  if (operator === '&&') return `(i32.and ${left} ${right})`;
  if (operator === '||') return `(i32.or ${left} ${right})`;
  const word = WORDS[operator]?.[sort.startsWith('f') ? 0 : 1];
  return word ? `(${sort}.${word} ${left} ${right})` : null;
}

const PREFIX: Prefix = {
  combine,
  call: (name, parts) => `(${name} ${parts.join(' ')})`,
  name: (name) => `(local.get ${name})`,
  assign: (name, operator, value, sort) => {
    const sum = combine(`(local.get ${name})`, operator[0] as string, value, sort);
    return sum === null ? null : `(local.set ${name} ${sum})`;
  },
  not: (condition) => `(i32.eqz ${condition})`,
};

const WRITING: Writing = {
  literal: (value, sort) => {
    if (sort.startsWith('i') && !Number.isInteger(value)) return null;
    return `(${sort}.const ${value})`;
  },
  choose: (condition, yes, no) => `(select ${yes} ${no} ${condition})`,
  and: '&&',
  or: '||',
  not: '',
  end: '',
  nothing: '(nop)',
  guard: (condition, statement) => `(if ${condition} (then ${statement}))`,
  indented: false,
  frames: { leaf: ['(module (func ', '))'], block: ['(module (func ', '))'] },
  braces: false,
  prefix: PREFIX,
};

export const wat: LanguageTable = {
  ...COMPILED,
  id: 'wat',
  extensions: ['.wat'],
  partners: [],
  comment: { line: ';;', block: ['(;', ';)'] },
  rename: {},
  dissolve: NONE,
  atoms: NONE,
  shape,
  kinds: {
    number: set('number'),
    string: set('string'),
    identifier: set('identifier'),
    shorthand: NONE,
    comment: set('line_comment', 'block_comment'),
    type: set('type', 'param', 'result', 'export', 'memory', 'table', 'elem', 'data', 'start'),
    expression: set('operation', 'subscript_expression', 'if_operation', 'block_operation'),
    statement: set(
      'statement',
      'if',
      'block',
      'loop',
      'return_statement',
      'br_statement',
      'unreachable_statement',
      'empty_statement',
      'func',
    ),
    declaration: set('func', 'local', 'global'),
    block: set('func', 'then', 'else', 'block', 'loop'),
    loop: set('loop'),
    branch: set('if', 'if_operation'),
    switch: NONE,
    otherwise: set('else'),
    function: set('func'),
    parameters: set('param'),
    import: set('import'),
    scope: set('program', 'module', 'block', 'loop'),
  },
  arithmetic: set('add', 'sub', 'mul', 'div', 'min', 'max'),
  comparisons: set('lt', 'gt', 'le', 'ge', 'eq', 'ne'),
  logical: NONE,
  bitwise: NONE,
  precedence: { '+': 20, '-': 20, '*': 20, '/': 20, '<': 20, '>': 20, '<=': 20, '>=': 20, '&&': 20, '||': 20 },
  power: '',
  globals: NONE,
  ternary: { condition: -1, yes: -1, no: -1 },
  bodies: false,
  bareConditions: true,
  unused: false,
  vocabulary: {
    functions: { 'f64.sqrt': 1, 'f64.abs': 1, 'f64.max': 2, 'f64.min': 2 },
    comparisons: ['<', '>', '<=', '>='],
  },
  offers: null,
  writing: WRITING,
  typing: TYPING,
  declare,
};
