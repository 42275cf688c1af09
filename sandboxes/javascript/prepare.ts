/** TypeScript and modern JavaScript in, one CommonJS-shaped function body a file out. Runs nothing. */
import { transform } from 'sucrase';
import type { PreparedOk, ScriptProgram, Source } from '../contract.ts';

/** As `Prepared`, and known to be a script. */
export type PreparedScript =
  (PreparedOk & { readonly program: ScriptProgram }) | { readonly type: 'build-failed'; readonly reason: string };

const CACHED = 64;
const cache = new Map<string, PreparedScript>();

/**
 * Strips types, turns ES modules into `require` and `exports`, and resolves relative imports to paths of the program's own files.
 * Syntax errors and imports of anything else come back as `build-failed` with `file:line:column`.
 */
export function prepare(source: Source): PreparedScript {
  const key = JSON.stringify([source.language, source.entry, Object.entries(source.files).sort(byPath)]);
  const known = cache.get(key);
  if (known !== undefined) {
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  const prepared = build(source, contentHash(key));
  cache.set(key, prepared);
  if (cache.size > CACHED) cache.delete(cache.keys().next().value as string);
  return prepared;
}

function build(source: Source, hash: string): PreparedScript {
  const entry = normalise(source.entry);
  const names = new Set(Object.keys(source.files).map(normalise));
  if (!names.has(entry)) return failed(`${entry} is the entry, but there is no such file`);
  const modules: Record<string, string> = {};
  for (const [path, text] of Object.entries(source.files)) {
    const name = normalise(path);
    if (!/\.(ts|js|mts|mjs|cts|cjs)$/.test(name)) continue;
    const code = compile(text, name);
    if (typeof code !== 'string') return code;
    const linked = link(code, text, name, names);
    if (typeof linked !== 'string') return linked;
    modules[name] = linked;
  }
  return { type: 'ok', hash, program: { kind: 'script', modules, entry } };
}

function compile(text: string, name: string): string | PreparedScript {
  try {
    return transform(text, {
      transforms: /\.[mc]?ts$/.test(name) ? ['typescript', 'imports'] : ['imports'],
      disableESTransforms: true,
      filePath: name,
    }).code;
  } catch (error) {
    const { message, loc } = error as { message?: string; loc?: { line?: number; column?: number } };
    const plain = (message ?? 'syntax error').replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '');
    return failed(loc?.line === undefined ? `${name}: ${plain}` : `${name}:${loc.line}:${loc.column ?? 1}: ${plain}`);
  }
}

/** Rewrites each `require` that the transform wrote; one that stands in a string or a comment does no harm when rewritten too. */
function link(code: string, text: string, name: string, names: ReadonlySet<string>): string | PreparedScript {
  let problem: PreparedScript | null = null;
  const linked = code.replace(/(?<![.\w$])require\((['"])([^'"\n]+)\1\)/g, (whole, _quote: string, path: string) => {
    const found = resolve(path, name, names);
    if (found !== null) return `require(${JSON.stringify(found)})`;
    if (!imports(text, path)) return whole;
    problem ??= failed(
      /^\.{1,2}\//.test(path)
        ? `${name}:${lineOf(text, path)}: imports "${path}", which is not a file of this program`
        : `${name}:${lineOf(text, path)}: imports "${path}"; a program can only import its own files by relative path`,
    );
    return whole;
  });
  return problem ?? linked;
}

function imports(text: string, path: string): boolean {
  const quoted = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`\\b(from|import|require)\\s*\\(?\\s*(['"\`])${quoted}\\2`).test(text);
}

function lineOf(text: string, path: string): string {
  const at = Math.max(text.indexOf(`'${path}'`), text.indexOf(`"${path}"`));
  const before = text.slice(0, Math.max(0, at));
  return `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
}

function resolve(path: string, from: string, names: ReadonlySet<string>): string | null {
  if (!path.startsWith('./') && !path.startsWith('../')) return null;
  const base = normalise(`${from.slice(0, from.lastIndexOf('/') + 1)}${path}`);
  const stem = base.replace(/\.(m|c)?js$/, '');
  for (const candidate of [base, `${base}.ts`, `${base}.js`, `${stem}.ts`, `${base}/index.ts`, `${base}/index.js`]) {
    if (names.has(candidate)) return candidate;
  }
  return null;
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function failed(reason: string): PreparedScript {
  return { type: 'build-failed', reason };
}

const byPath = (a: readonly [string, string], b: readonly [string, string]): number => (a[0] < b[0] ? -1 : 1);

/** 64 bits that name a program for people and logs; the cache above compares whole texts. */
function contentHash(text: string): string {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
  }
  return `${(a >>> 0).toString(16).padStart(8, '0')}${(b >>> 0).toString(16).padStart(8, '0')}`;
}
