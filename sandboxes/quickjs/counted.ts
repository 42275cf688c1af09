import { meter } from '../../wasm-toolchains/inspect/meter.ts';

/** What QuickJS needs to start counts against nobody. */
const START = 1_000_000_000;
/** The main loop is one switch of hundreds of arms; a pass takes one of them, which is charged about this much. */
const LONGEST = 100;

/** The interpreter with a work counter of its own: its steps are those of the program it runs, the same on every machine. */
export function counted(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const metered = meter(wasm, { initial: START, most: LONGEST });
  if (metered.type === 'failed') throw new Error(`QuickJS can't be counted: ${metered.reason}`);
  return metered.wasm;
}
