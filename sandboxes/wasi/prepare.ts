/** Source of a compiled language in, a metered and capped module out. */
import type { Compile, CompiledLanguage } from '../../wasm-toolchains/contract.ts';
import type { Fit } from '../../wasm-toolchains/inspect/fit.ts';
import type { Files, Prepared, Source } from '../contract.ts';

export interface PrepareWasmOptions {
  readonly compile: Compile | undefined;
  readonly fit: (wasm: Uint8Array<ArrayBuffer>, initial: number) => Fit;
  /** Operations of one call, and so of what runs while the module is made. */
  readonly fuel: number;
}

const COMPILED: ReadonlySet<string> = new Set<CompiledLanguage>([
  'c',
  'cpp',
  'rust',
  'go',
  'zig',
  'assemblyscript',
  'wat',
]);

/** Endings of files that hold code: they are compiled, and not there when the program runs. */
const CODE = /\.(c|h|cc|cpp|cxx|hh|hpp|hxx|rs|go|zig|ts|as|wat|wast)$/i;

/** Never rejects. */
export async function prepareWasm(
  source: Source,
  { compile, fit, fuel }: PrepareWasmOptions,
  signal: AbortSignal,
): Promise<Prepared> {
  const { language, files, entry } = source;
  if (!COMPILED.has(language)) return failed(`${language} is not compiled to WebAssembly here`);
  if (!Object.hasOwn(files, entry)) return failed(`${entry} is the entry, but there is no such file`);
  if (compile === undefined) return failed(`there is no compiler for ${language} here`);
  const compiled = await compile(
    { language: language as CompiledLanguage, files, entry, options: { optimise: 'speed' } },
    signal,
  );
  switch (compiled.type) {
    case 'ok': {
      const { wasm } = compiled;
      const initial = Math.floor(Math.min(fuel, Number.MAX_SAFE_INTEGER));
      const fitted = fit(wasm, initial);
      if (fitted.type === 'failed') return failed(fitted.reason);
      const data: Files = Object.fromEntries(Object.entries(files).filter(([path]) => !CODE.test(path)));
      const program = { kind: 'wasm', wasm: fitted.wasm, size: wasm.length, initial, files: data } as const;
      return { type: 'ok', hash: hashOf(fitted.wasm), program };
    }
    case 'failed':
      return failed(compiled.reason);
    case 'unavailable':
      return failed(`${compiled.reason}; ${compiled.remedy}`);
    case 'stopped':
      return failed('stopped');
    default:
      return compiled satisfies never;
  }
}

function failed(reason: string): Prepared {
  return { type: 'build-failed', reason };
}

/** 64 bits that name a module for people and logs. */
function hashOf(bytes: Uint8Array): string {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x5bd1e995) ^ (b >>> 15);
  }
  return `${(a >>> 0).toString(16).padStart(8, '0')}${(b >>> 0).toString(16).padStart(8, '0')}`;
}
