import wasmUrl from '../../node_modules/pyodide/pyodide.asm.wasm?url';
import libraryUrl from '../../node_modules/pyodide/python_stdlib.zip?url';
import { createPyodideRuntime } from './runtime.ts';

const STEP = 'Downloading Python with packages';
/** Of module and library as they are unpacked, for progress: a server that compresses tells only the packed size. */
const TOTAL = 12_143_855;

/** The Pyodide of this page or worker. */
export const pagePyodide = createPyodideRuntime(async (report, signal) => {
  let loaded = 0;
  report({ step: STEP, loaded, total: TOTAL });
  const add = (bytes: number): void => {
    loaded += bytes;
    report({ step: STEP, loaded: Math.min(loaded, TOTAL), total: TOTAL });
  };
  const [wasm, library] = await Promise.all([fetchBytes(wasmUrl, add, signal), fetchBytes(libraryUrl, add, signal)]);
  return { wasm, library };
});

async function fetchBytes(
  url: string,
  add: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new Error('Python with packages could not be downloaded: the server can not be reached', { cause: error });
  });
  if (!response.ok || response.body === null) {
    throw new Error(`Python with packages could not be downloaded: the server answered ${response.status}`);
  }
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>) {
        add(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Uint8Array(await new Response(counted).arrayBuffer());
}
