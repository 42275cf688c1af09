/**
 * The code that charges. A body charges the counter itself, a global; or, where it has loops without calls in them, it keeps the counter
 * in a local and puts it back before anybody else may look: loops of a few instructions would otherwise wait for memory each time round.
 */
import type { Writer } from './bytes.ts';
import { Op } from './opcodes.ts';

export const Charge = {
  /** At a body's beginning; `amount` operations. */
  entry: 0,
  /** At a loop's head; `amount` operations. */
  loop: 1,
  /** Before an operation with a size on top of the stack: one operation for each 2^`amount`. */
  size: 2,
  /** The same, 2^`amount` operations for each. */
  pages: 3,
  /** The counter back to the global, and from it; nothing where it is not in a local. */
  save: 4,
  restore: 5,
} as const;

const EMPTY_BLOCK = 0x40;

/** `global` is the counter's number, `local` that of a local for the counter; the next is one for sizes. */
export function writeCharge(
  out: Writer,
  kind: number,
  amount: number,
  global: number,
  local: number,
  cached: boolean,
): void {
  const one = (code: number, number: number): void => {
    out.byte(code);
    out.unsigned(number);
  };
  switch (kind) {
    case Charge.save:
      one(Op.localGet, local);
      one(Op.globalSet, global);
      return;
    case Charge.restore:
      one(Op.globalGet, global);
      one(Op.localSet, local);
      return;
    case Charge.size:
    case Charge.pages:
      // The size lies on the stack and stays there.
      out.byte(Op.i64Extend);
      one(Op.localTee, local + 1);
      out.byte(Op.i32Wrap);
  }
  if (cached && kind !== Charge.entry) one(Op.localGet, local);
  else one(Op.globalGet, global);
  if (kind === Charge.size || kind === Charge.pages) one(Op.localGet, local + 1);
  out.byte(Op.i64Const);
  out.signed(amount);
  if (kind === Charge.size) out.byte(Op.i64ShiftRight);
  if (kind === Charge.pages) out.byte(Op.i64ShiftLeft);
  out.byte(Op.i64Subtract);
  one(Op.localTee, local);
  if (!cached) {
    one(Op.globalSet, global);
    one(Op.localGet, local);
  }
  out.byte(Op.i64Const);
  out.byte(0);
  out.byte(Op.i64LessSigned);
  out.byte(Op.if);
  out.byte(EMPTY_BLOCK);
  if (cached) {
    one(Op.localGet, local);
    one(Op.globalSet, global);
  }
  out.byte(Op.unreachable);
  out.byte(Op.end);
}
