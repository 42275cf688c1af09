/** The frozen CPython of this page or process: made when it is first needed, and kept. */
import type { Progress } from '../../wasm-toolchains/contract.ts';
import { meter } from '../../wasm-toolchains/inspect/meter.ts';
import { createImage, type PythonImage } from './image.ts';

/** What comes over the network, compressed, in bytes. */
export const PYTHON_DOWNLOAD_BYTES = 9_900_000;

export interface PythonRuntime {
  ready(): boolean;
  /** Asked again while it is being made, gives the same; rejects with a reason for people, and may be tried again. */
  load(report?: (progress: Progress) => void, signal?: AbortSignal): Promise<PythonImage>;
}

export type LoadCPython = (
  report: (progress: Progress) => void,
  signal: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer>>;

export function createPythonRuntime(loadCPython: LoadCPython): PythonRuntime {
  let image: PythonImage | null = null;
  let making: Promise<PythonImage> | null = null;

  async function make(report: (progress: Progress) => void, signal: AbortSignal): Promise<PythonImage> {
    try {
      const loaded = await loadCPython(report, signal);
      report({ step: 'Starting Python', loaded: null, total: null });
      return (image = await createImage(loaded, metered));
    } finally {
      making = null;
    }
  }

  return {
    ready: () => image !== null,
    load(report = () => {}, signal = new AbortController().signal) {
      if (image !== null) return Promise.resolve(image);
      return (making ??= make(report, signal));
    },
  };
}

/** Operations that one stretch of the interpreter counts at most: about what it does for one bytecode. */
const STRETCH = 200;

function metered(wasm: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const result = meter(wasm, { most: STRETCH });
  if (result.type === 'failed') throw new Error(result.reason);
  return result.wasm;
}
