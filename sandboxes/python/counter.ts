/** The work counter that metering writes into a module. */
import { COUNTER_EXPORT } from '../../wasm-toolchains/inspect/meter.ts';

export interface Counter {
  /** Operations that the instance may do from now on. */
  arm(budget: number): void;
  /** Operations left; less than zero once the instance was stopped for it. */
  left(): number;
}

export function counterOf(exports: WebAssembly.Exports): Counter | null {
  const global = exports[COUNTER_EXPORT];
  if (!(global instanceof WebAssembly.Global)) return null;
  return {
    arm: (budget) => void (global.value = BigInt(Math.floor(Math.min(budget, Number.MAX_SAFE_INTEGER)))),
    left: () => Number(global.value),
  };
}
