/**
 * A work counter in the module itself: the same work counts the same on every machine, and a module that has used up what it was given
 * stops. At each function's beginning and each loop's head the operations of that stretch are taken off (those of inner loops at their own
 * heads; both arms of a branch count), and the module traps where less than nothing is left. What moves memory is charged by its size.
 */
import { Malformed } from './bytes.ts';
import { outlineOf, reading } from './decode.ts';
import { Charge, writeCharge } from './charges.ts';
import { rewrite } from './rewrite.ts';
import { Stretches } from './stretches.ts';

/** Export of a metered module: a mutable i64 that counts down. The host sets it before a call; below zero after it says: stopped for it. */
export const COUNTER_EXPORT = 'genesis_fuel';

export interface MeterOptions {
  /** What the module has before the host sets the counter: its start function runs on it. 100 million where it is left out. */
  readonly initial?: number;
  /**
   * The most that one stretch is charged; no limit where it is left out. For a trusted interpreter, whose main loop is one switch: each pass takes
   * one of its hundreds of arms and would be charged for all. A candidate could hide work in a long stretch.
   */
  readonly most?: number;
}

export type Metered =
  | { readonly type: 'ok'; readonly wasm: Uint8Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly reason: string };

/** Never throws. The module is read, not validated: what is wrong with it beyond its shape shows when an engine compiles the result. */
export function meter(wasm: Uint8Array, options: MeterOptions = {}): Metered {
  const metered = reading(() => {
    const outline = outlineOf(wasm);
    if (outline.memories.some(({ wide }) => wide) || outline.tables.some(({ wide }) => wide)) {
      throw new Malformed('memories of 64 bits are not supported');
    }
    const stretches = new Stretches(outline);
    const most = options.most ?? Infinity;
    const limited = (kind: number, amount: number): number =>
      kind === Charge.entry || kind === Charge.loop ? Math.min(amount, most) : amount;
    return rewrite(outline, {
      globals: [{ name: COUNTER_EXPORT, initial: options.initial ?? 100_000_000 }],
      scan: (cursor, into) => stretches.scan(cursor, into),
      write: (out, kind, amount, local, { cached }) =>
        writeCharge(out, kind, limited(kind, amount), outline.globals, local, cached),
    });
  });
  return metered.type === 'ok' ? { type: 'ok', wasm: metered.value } : metered;
}
