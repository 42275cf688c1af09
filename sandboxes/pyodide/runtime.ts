/** The Pyodide of this page or process: made when it is first needed, and kept. */
import type { Progress } from '../../wasm-toolchains/contract.ts';
import type { PyodideImage } from './image.ts';

/** What comes over the network, compressed, in bytes: module, library, and the scripts around them twice. */
export const PYODIDE_DOWNLOAD_BYTES = 6_700_000;

/** What a realm takes before its candidate has asked for any: the interpreter's memory, its image, and its code. */
export const REALM_MEGABYTES = 160;

/** How long one may take to start: it unpacks and imports packages before its candidate is met. */
export const REALM_START_MS = 60_000;

export interface PyodideParts {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly library: Uint8Array<ArrayBuffer>;
}

export type LoadPyodide = (report: (progress: Progress) => void, signal: AbortSignal) => Promise<PyodideParts>;

export interface PyodideRuntime {
  ready(): boolean;
  /** Asked again while it is being made, gives the same; rejects with a reason for people, and may be tried again. */
  load(report?: (progress: Progress) => void, signal?: AbortSignal): Promise<PyodideImage>;
}

export function createPyodideRuntime(fetchParts: LoadPyodide): PyodideRuntime {
  let image: PyodideImage | null = null;
  let making: Promise<PyodideImage> | null = null;

  async function make(report: (progress: Progress) => void, signal: AbortSignal): Promise<PyodideImage> {
    try {
      const [{ wasm, library }, { createImage }] = await Promise.all([
        fetchParts(report, signal),
        import('./image.ts'),
      ]);
      report({ step: 'Starting Python', loaded: null, total: null });
      return (image = await createImage(wasm, library));
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
