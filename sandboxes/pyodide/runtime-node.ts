import { readFile } from 'node:fs/promises';
import { createPyodideRuntime } from './runtime.ts';

const FOLDER = new URL('../../node_modules/pyodide/', import.meta.url);
const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(name, FOLDER)));

/** The Pyodide of this process. Rejects where the package is not installed. */
export const nodePyodide = createPyodideRuntime(async () => ({
  wasm: await read('pyodide.asm.wasm'),
  library: await read('python_stdlib.zip'),
}));
