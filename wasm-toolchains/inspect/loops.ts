/** Innermost loops of a body, or the body itself where it has no loop. Loops end where they say, so that this takes one walk. */
import { Cursor, Malformed } from './bytes.ts';
import { type Outline, readLocals } from './decode.ts';
import { nextOperation, Op } from './opcodes.ts';
import { KINDS_OF_WORK, workOf } from './work-kinds.ts';

export interface Innermost {
  readonly kind: 'loop' | 'body';
  /** Where a counter of its rounds would be put. */
  readonly place: number;
  /** Operations by kind: see `Work`. */
  readonly work: Int32Array;
}

/** Those of a defined function, by its number among the defined. */
export function innermostOf({ bytes, bodies }: Outline, body: number): readonly Innermost[] {
  const cursor = new Cursor(bytes, bodies[2 * body], bodies[2 * body + 1]);
  readLocals(cursor);
  return readInnermost(cursor);
}

/** The cursor stands behind the locals, and at the body's end afterwards. */
export function readInnermost(cursor: Cursor): readonly Innermost[] {
  const found: Innermost[] = [];
  const start = cursor.at;
  let loops = 0;
  let depth = 0;
  // The loop that is open, if it may turn out an innermost one: the depth it stands at, 0 for none.
  let openAt = 0;
  let place = 0;
  let work = new Int32Array(KINDS_OF_WORK);
  while (cursor.at < cursor.end) {
    const code = nextOperation(cursor);
    switch (code) {
      case Op.loop:
        depth++;
        loops++;
        openAt = depth;
        place = cursor.at;
        work = new Int32Array(KINDS_OF_WORK);
        break;
      case Op.block:
      case Op.if:
      case Op.try:
      case Op.tryTable:
        depth++;
        break;
      case Op.end:
      case Op.delegate:
        if (depth === 0) {
          if (cursor.at !== cursor.end) throw new Malformed('a function goes on behind its end');
          return loops === 0 ? [{ kind: 'body', place: start, work }] : found;
        }
        if (openAt === depth) {
          found.push({ kind: 'loop', place, work });
          openAt = 0;
          work = new Int32Array(KINDS_OF_WORK);
        }
        depth--;
        break;
      default: {
        const kind = workOf(code);
        work[kind] = (work[kind] ?? 0) + 1;
      }
    }
  }
  throw new Malformed('a function has no end');
}
