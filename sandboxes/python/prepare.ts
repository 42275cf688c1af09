/** Python files and the kernels beside them, made into a program. Runs nothing; whether Python compiles is known in the realm. */
import type { Compile, CompiledLanguage, Diagnostic } from '../../wasm-toolchains/contract.ts';
import type { Files, PreparedOk, PythonProgram, Source } from '../contract.ts';

export type PreparedPython =
  (PreparedOk & { readonly program: PythonProgram }) | { readonly type: 'build-failed'; readonly reason: string };

export interface PreparePythonOptions {
  readonly compile?: Compile;
  /** Meters and caps a compiled module; throws where it is none. */
  readonly fit: (wasm: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

const ENDINGS: Readonly<Record<string, CompiledLanguage>> = {
  c: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  rs: 'rust',
  go: 'go',
  zig: 'zig',
  as: 'assemblyscript',
  ts: 'assemblyscript',
  wat: 'wat',
};

/** Names that Python already has a meaning for. */
const TAKEN = new Set(['builtins', 'sys', 'os', 'main', 'json', 'random', 'math']);

/**
 * A file of a compiled language becomes a kernel where a Python file imports its name, or where it is the only one; the other files
 * of its language are there for it to use. Never rejects.
 */
export async function preparePython(
  source: Source,
  { compile, fit }: PreparePythonOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<PreparedPython> {
  const files = Object.fromEntries(Object.entries(source.files).map(([path, text]) => [normalise(path), text]));
  const entry = normalise(source.entry);
  if (files[entry] === undefined) return failed(`${entry} is the entry, but there is no such file`);
  if (!entry.endsWith('.py')) return failed(`${entry} is the entry, but no Python file`);
  const kernels: Record<string, Uint8Array<ArrayBuffer>> = {};
  const found = kernelFiles(files);
  for (const { path, name, language } of found) {
    if (kernels[name] !== undefined) return failed(`${path}: there is another kernel of this name`);
    if (TAKEN.has(name)) return failed(`${path}: a kernel can not be named ${name}`);
    if (compile === undefined) return failed(`${path}: there is no compiler for ${language} here`);
    const others = new Set(found.filter((one) => one.path !== path).map((one) => one.path));
    const own = Object.entries(files).filter(([other]) => !others.has(other) && !other.endsWith('.py'));
    const compiled = await compile(
      { language, files: Object.fromEntries(own), entry: path, options: { optimise: 'speed' } },
      signal,
    );
    switch (compiled.type) {
      case 'ok':
        try {
          kernels[name] = fit(compiled.wasm);
        } catch (error) {
          return failed(`${path}: ${error instanceof Error ? error.message : 'the compiler gave no module'}`);
        }
        break;
      case 'failed':
        return failed(reasonOf(compiled.reason, compiled.diagnostics));
      case 'unavailable':
        return failed(`${path}: ${compiled.reason}; ${compiled.remedy}`);
      case 'stopped':
        return failed('stopped');
      default:
        compiled satisfies never;
    }
  }
  const program: PythonProgram = { kind: 'python', files, entry, kernels };
  return { type: 'ok', hash: contentHash(files, entry), program };
}

interface KernelFile {
  readonly path: string;
  readonly name: string;
  readonly language: CompiledLanguage;
}

export function kernelFiles(files: Files): KernelFile[] {
  const all: KernelFile[] = [];
  for (const path of Object.keys(files)) {
    const [, name, ending] = /([^/]+)\.([a-z]+)$/i.exec(path) ?? [];
    const language = ENDINGS[ending?.toLowerCase() ?? ''];
    if (name !== undefined && language !== undefined) all.push({ path, name, language });
  }
  if (all.length <= 1) return all;
  const python = Object.entries(files)
    .filter(([path]) => path.endsWith('.py'))
    .map(([, text]) => text)
    .join('\n');
  return all.filter(({ name }) => imports(python, name));
}

function imports(python: string, name: string): boolean {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    `^[ \\t]*(?:from[ \\t]+${quoted}[ \\t]+import\\b|import[ \\t]+(?:[^\\n#]*[,\\s])?${quoted}(?=[\\s,;#]|$))`,
    'm',
  ).test(python);
}

function reasonOf(reason: string, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').slice(1, 5);
  return [reason, ...errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)].join(
    '\n',
  );
}

export function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function failed(reason: string): PreparedPython {
  return { type: 'build-failed', reason };
}

/** 64 bits that name a program for people and logs. */
export function contentHash(files: Files, entry: string): string {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  const text = JSON.stringify([entry, Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))]);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
  }
  return `${(a >>> 0).toString(16).padStart(8, '0')}${(b >>> 0).toString(16).padStart(8, '0')}`;
}
