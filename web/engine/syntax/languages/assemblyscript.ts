import type { LanguageTable } from '../table.ts';
import { REAL, WHOLE } from '../typing.ts';
import type { Typing } from '../typing.ts';
import { lastChild } from '../walk.ts';
import { set } from './sets.ts';
import { typescript } from './typescript.ts';
import { BRACES, typedLiteral } from './writing.ts';

const VIEWS: Readonly<Record<string, string>> = {
  ...{ Float64Array: 'f64', Float32Array: 'f32', Int32Array: 'i32', Uint32Array: 'u32', Int16Array: 'i16' },
  ...{ Uint16Array: 'u16', Int8Array: 'i8', Uint8Array: 'u8', Int64Array: 'i64', Uint64Array: 'u64' },
};
const MATHS =
  /^(?:Math|Mathf)\.(sqrt|abs|max|min|pow|exp|log|log2|log10|sin|cos|tan|atan|atan2|floor|ceil|round|trunc|hypot|cbrt|sign|tanh|random)$/;

const TYPING: Typing = {
  sorts: {
    ...Object.fromEntries(
      ['i8', 'i16', 'i32', 'i64', 'isize', 'u8', 'u16', 'u32', 'u64', 'usize'].map((name) => [name, 'whole' as const]),
    ),
    ...{ f32: 'real', f64: 'real', number: 'real' },
  },
  truth: 'bool',
  loose: false,
  wholeIsReal: true,
  index: 'i32',
  whole: 'i32',
  real: 'f64',
  unsigned: /^u/,
  element: (type) =>
    VIEWS[type] ?? /^(?:Array|StaticArray)<(.*)>$/.exec(type)?.[1] ?? /^(.*)\[\]$/.exec(type)?.[1] ?? null,
  result: (owner, { text }) => {
    const type = owner.children.find(({ kind }) => kind === 'type_annotation');
    return type ? text.slice(type.start + 1, type.end).trim() : null;
  },
  suffix: () => null,
  call: (callee, args) => {
    if (MATHS.test(callee)) return callee.startsWith('Mathf') ? 'f32' : 'f64';
    const own = /^(f64|f32|i32|i64|u32|u64)\.(load|sqrt|abs|max|min|floor|ceil|trunc|nearest|copysign)/.exec(callee);
    if (own) return own[1] as string;
    if (/^(min|max|abs)$/.test(callee))
      return args.find((type) => type !== null && type !== WHOLE && type !== REAL) ?? null;
    return Object.hasOwn(TYPING.sorts, callee) ? callee : null;
  },
  takes: (callee) => {
    if (MATHS.test(callee)) return callee.startsWith('Mathf') ? 'f32' : 'f64';
    return /^(f64|f32)\.(sqrt|abs|max|min|floor|ceil)$/.exec(callee)?.[1] ?? null;
  },
  own: (node, typeOf, { text }) => {
    if (node.kind === 'as_expression') {
      const type = lastChild(node);
      return type ? text.slice(type.start, type.end) : null;
    }
    if (node.kind === 'member_expression' && text.slice(node.start, node.end).endsWith('.length')) return 'i32';
    // `unchecked(a[i])` is what it holds.
    if (node.kind === 'call_expression' && text.startsWith('unchecked(', node.start)) {
      const held = node.children[1]?.children[1];
      return held ? typeOf(held) : null;
    }
    return undefined;
  },
};

export const assemblyscript: LanguageTable = {
  ...typescript,
  id: 'assemblyscript',
  extensions: ['.ts', '.as'],
  partners: ['wat'],
  kinds: { ...typescript.kinds, expression: set(...typescript.kinds.expression) },
  globals: set(
    ...typescript.globals,
    ...['i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'u64', 'f32', 'f64', 'usize', 'isize', 'bool', 'v128', 'memory'],
    ...[
      'StaticArray',
      'unchecked',
      'load',
      'store',
      'sizeof',
      'changetype',
      'heap',
      'assert',
      'select',
      'min',
      'max',
      'abs',
    ],
  ),
  armed: false,
  parameters: null,
  reserved: [],
  brood: false,
  writing: { ...BRACES, literal: typedLiteral((sort) => /^f\d|number/.test(sort), true) },
  typing: TYPING,
};
