/** QuickJS as a page gets it: an asset of its own, fetched when it is first wanted. */
import url from '../../node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm?url';
import { counted } from './counted.ts';

export async function fetchQuickjs(): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`QuickJS could not be downloaded: the server answered ${response.status}`);
  return counted(new Uint8Array(await response.arrayBuffer()));
}
