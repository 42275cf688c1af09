/** Makes the image that every realm begins with: starts CPython once with the bootstrap. Takes seconds, once a page or process. */
import { meter } from '../../wasm-toolchains/inspect/meter.ts';
import { type Image, startEngine } from './engine.ts';

export interface PyodideImage {
  readonly image: Image;
  /** Pyodide's module, its work counted. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly library: Uint8Array<ArrayBuffer>;
}

/** Operations that one stretch of the interpreter counts at most: about what it does for one bytecode. */
const STRETCH = 200;

/** Rejects where the interpreter does not start. */
export async function createImage(
  wasm: Uint8Array<ArrayBuffer>,
  library: Uint8Array<ArrayBuffer>,
): Promise<PyodideImage> {
  const metered = meter(wasm, { most: STRETCH, initial: Number.MAX_SAFE_INTEGER });
  if (metered.type === 'failed') throw new Error(`Pyodide can't be counted: ${metered.reason}`);
  const module = await WebAssembly.compile(metered.wasm);
  const { image } = await startEngine({ module, library, image: null, random: () => 0 });
  return { image, wasm: metered.wasm, library };
}
