/** What every module goes through before it runs in a sandbox: capped memory, then the work counter. */
import { capMemory, type MemoryNeed } from './memory.ts';
import { meter } from './meter.ts';

export interface FitOptions {
  /** Of memory, in MiB. */
  readonly megabytes: number;
  /** Operations before the host sets the counter: see `MeterOptions`. */
  readonly initial?: number;
}

export type Fit =
  | { readonly type: 'ok'; readonly wasm: Uint8Array<ArrayBuffer>; readonly memory: MemoryNeed }
  | { readonly type: 'failed'; readonly reason: string };

/** Never throws; pure, so the same module comes out the same. */
export function fitModule(wasm: Uint8Array, { megabytes, initial }: FitOptions): Fit {
  const capped = capMemory(wasm, megabytes);
  if (capped.type === 'failed') return capped;
  const metered = meter(capped.wasm, initial === undefined ? {} : { initial });
  return metered.type === 'ok' ? { ...metered, memory: capped.memory } : metered;
}
