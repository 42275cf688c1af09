/** Results by what was asked: programs come back again and again, and a compiler gives the same for the same. */
import type { Compile, Compiled, CompileRequest } from './contract.ts';

export interface CompileStore {
  get(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
  put(key: string, wasm: Uint8Array<ArrayBuffer>): Promise<void>;
}

const KEPT = 128;
const KEPT_BYTES = 64_000_000;

/**
 * Keeps successes and failures of the source in memory, and modules in `store` where there is one. `version` names the compiler. Requests that are
 * under way are joined.
 */
export function cached(compile: Compile, version: string, store: CompileStore | null = null): Compile {
  const known = new Map<string, Compiled>();
  let bytes = 0;

  function keep(key: string, result: Compiled): void {
    if (result.type !== 'ok' && result.type !== 'failed') return;
    known.delete(key);
    known.set(key, result);
    bytes += sizeOf(result);
    for (const [oldest, its] of known) {
      if (known.size <= KEPT && bytes <= KEPT_BYTES) return;
      if (oldest === key) return;
      known.delete(oldest);
      bytes -= sizeOf(its);
    }
  }

  return async (request, signal) => {
    const key = await keyOf(request, version);
    const before = known.get(key);
    if (before) return again(before);
    const stored = (await store?.get(key).catch(() => null)) ?? null;
    if (stored !== null) {
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

async function keyOf({ language, files, entry, options }: CompileRequest, version: string): Promise<string> {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([version, language, entry, options.optimise, options.simd ?? true, sorted]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
