/** What the engine may use of the language's globals: everything that gives one answer on every machine, at every time. */
import { globalsOf } from './sources.ts';

const ALLOWED = new Set([
  ...[
    'Array',
    'Boolean',
    'Error',
    'Infinity',
    'Map',
    'NaN',
    'Number',
    'Object',
    'Promise',
    'RangeError',
    'Set',
    'String',
  ],
  ...['Symbol', 'TypeError', 'WeakMap', 'WeakSet', 'undefined', 'JSON', 'BigInt', 'BigInt64Array', 'Math'],
  ...['ArrayBuffer', 'DataView', 'Float32Array', 'Float64Array', 'Int8Array', 'Int16Array', 'Int32Array'],
  ...['Uint8Array', 'Uint16Array', 'Uint32Array', 'Uint8ClampedArray'],
  // Pure text and cancellation; in every engine and in Node.
  ...['AbortController', 'AbortSignal', 'TextEncoder', 'TextDecoder', 'structuredClone', 'queueMicrotask'],
]);

/** Fixed to the last bit by IEEE 754 or by integer arithmetic; the rest of Math is left to each engine's library. */
const EXACT = new Set(
  ['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc']
    .concat(['E', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'PI', 'SQRT1_2', 'SQRT2'])
    .map((name) => `Math.${name}`),
);

/** These depend on when or where they are called although their object is harmless. */
const REFUSED = new Set(['AbortSignal.timeout', 'Object.prototype', 'Array.prototype']);

/** One line an impurity: `file:line uses what`. */
export function impurities(path: string, text: string): string[] {
  const found = globalsOf(path, text)
    .filter(({ name }) => !pure(name))
    .map(({ name, line }) => `${path}:${line} uses ${name}`);
  // `**` is Math.pow by another name.
  for (const [index, line] of code(text).split('\n').entries()) {
    if (/\*\*=?[^/*]/.test(line)) found.push(`${path}:${index + 1} uses **`);
    if (/\.(toLocale\w+|localeCompare)\(/.test(line)) found.push(`${path}:${index + 1} uses the machine's locale`);
  }
  return found;
}

function pure(name: string): boolean {
  if (REFUSED.has(name)) return false;
  if (name.startsWith('Math.')) return EXACT.has(name);
  if (name === 'Math') return false;
  return ALLOWED.has(name.split('.')[0] as string);
}

/** The text with comments and literals blanked, line for line. */
function code(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
    (match) => match.replace(/[^\n]/g, ' '),
  );
}
