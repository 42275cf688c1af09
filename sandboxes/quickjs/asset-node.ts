/** QuickJS where this process can read it from disk, its work counted. */
import { readFile } from 'node:fs/promises';
import { counted } from './counted.ts';

const MODULE = new URL(
  '../../node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm',
  import.meta.url,
);

export async function readQuickjs(): Promise<Uint8Array<ArrayBuffer>> {
  return counted(new Uint8Array(await readFile(MODULE)));
}
