/** The work counter that metering writes into a module. */

export interface Counter {
  /** Operations that the instance may do from now on. */
  arm(budget: number): void;
  /** Operations left; less than zero once the instance was stopped for it. */
  left(): number;
}

/** Export of a metered module: a mutable i64 that counts down and traps below zero. */
export const COUNTER_EXPORT = 'genesis_fuel';

export function counterOf(exports: WebAssembly.Exports): Counter | null {
  const global = exports[COUNTER_EXPORT];
  if (!(global instanceof WebAssembly.Global)) return null;
  return {
    arm: (budget) => void (global.value = BigInt(Math.floor(Math.min(budget, Number.MAX_SAFE_INTEGER)))),
    left: () => Number(global.value),
  };
}
