/** Results by what was asked: programs come back again and again, and a compiler gives the same for the same. */
import type { Compile, Compiled, CompileRequest } from './contract.ts';

export interface CompileStore {
  get(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
  put(key: string, wasm: Uint8Array<ArrayBuffer>): Promise<void>;
}

const KEPT = 128;
const KEPT_BYTES = 64_000_000;

/** What the members tell their compilers, as a number: raise it when options change, or modules of earlier visits come back. */
const RECIPE = 2;

/** Keeps successes and failures of the source in memory, and modules in `store` where there is one. `version` names the compiler. */
export function cached(compile: Compile, version: string, store: CompileStore | null = null): Compile {
  const known = new Map<string, Compiled>();
  let bytes = 0;

  function keep(key: string, result: Compiled): void {
    if (result.type !== 'ok' && result.type !== 'failed') return;
    const before = known.get(key);
    known.delete(key);
    known.set(key, result);
    bytes += sizeOf(result) - (before ? sizeOf(before) : 0);
    for (const [oldest, its] of known) {
      if (known.size <= KEPT && bytes <= KEPT_BYTES) return;
      if (oldest === key) return;
      known.delete(oldest);
      bytes -= sizeOf(its);
    }
  }

  return async (request, signal) => {
    const key = await keyOf(request, version);
    if (key === null) return compile(request, signal);
    const before = known.get(key);
    if (before) {
      keep(key, before);
      return again(before);
    }
    const stored = (await store?.get(key).catch(() => null)) ?? null;
    if (signal.aborted) return { type: 'stopped' };
    if (stored !== null && stored.length > 1) {
      const shape = stored[0] === 1 ? 'command' : 'reactor';
      const result: Compiled = { type: 'ok', wasm: stored.slice(1), shape, diagnostics: [], milliseconds: 0 };
      keep(key, result);
      return again(result);
    }
    const result = await compile(request, signal);
    keep(key, result);
    if (result.type === 'ok' && store) {
      const packed = new Uint8Array(result.wasm.length + 1);
      packed[0] = result.shape === 'command' ? 1 : 0;
      packed.set(result.wasm, 1);
      void store.put(key, packed).catch(() => {});
    }
    return result.type === 'ok' ? { ...result, wasm: result.wasm.slice() } : result;
  };
}

/** Bytes that the caller may do with as it likes. */
function again(result: Compiled): Compiled {
  return result.type === 'ok' ? { ...result, wasm: result.wasm.slice(), milliseconds: 0 } : result;
}

function sizeOf(result: Compiled): number {
  return result.type === 'ok' ? result.wasm.length : 1000;
}

/** null where the place can't hash: a page from an address that the browser holds insecure. */
async function keyOf({ language, files, entry, options }: CompileRequest, version: string): Promise<string | null> {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const { optimise, simd = true } = options;
  const text = JSON.stringify([RECIPE, version, language, entry, optimise, simd, sorted]);
  try {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return null;
  }
}
