/**
 * A work counter in the module itself: the same work counts the same on every machine, and a module that has used up what it was given
 * stops. At each function's beginning and each loop's head the operations of that stretch are taken off (those of inner loops at their own
 * heads; both arms of a branch count), and the module traps where less than nothing is left. What moves memory is charged by its size.
 */
import { Cursor, Malformed } from './bytes.ts';
import { type Outline, outlineOf, reading } from './decode.ts';
import { Insert, type Insertions } from './insertions.ts';
import { nextOperation, Op } from './opcodes.ts';
import { rewrite } from './rewrite.ts';

/** Export of a metered module: a mutable i64 that counts down. The host sets it before a call; below zero after it says: stopped for it. */
export const COUNTER_EXPORT = 'genesis_fuel';

/** Operations that one call of an imported function counts. */
export const IMPORTED_CALL = 100;
/** One operation for so many bytes (as a power of two) of memory.copy, memory.fill and memory.init. */
const BYTES_SHIFT = 3;
/** So many operations (as a power of two) for a page that memory.grow adds. */
const PAGE_SHIFT = 10;

export interface MeterOptions {
  /** What the module has before the host sets the counter: its start function runs on it. 100 million where it is left out. */
  readonly initial?: number;
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
    return rewrite(outline, {
      globals: [{ name: COUNTER_EXPORT, initial: options.initial ?? 100_000_000 }],
      insertions: (cursor, _index, into) => stretches.read(cursor, into),
    });
  });
  return metered.type === 'ok' ? { type: 'ok', wasm: metered.value } : metered;
}

/** Finds the stretches of one body after another: where each is charged, and how much. */
class Stretches {
  readonly #importedFunctions: number;
  readonly #globals: number;
  /** Of each open block the entry that is charged for what stands in it. */
  #open = new Int32Array(256);

  constructor(outline: Outline) {
    this.#importedFunctions = outline.importedFunctions;
    this.#globals = outline.globals;
  }

  read(cursor: Cursor, into: Insertions): void {
    let depth = 0;
    let entry = into.add(cursor.at, Insert.charge, 0);
    let cost = 0;
    this.#open[0] = entry;
    while (cursor.at < cursor.end) {
      const at = cursor.at;
      const code = nextOperation(cursor);
      switch (code) {
        case Op.block:
        case Op.if:
        case Op.try:
        case Op.tryTable:
        case Op.loop:
          if (code === Op.if || code === Op.tryTable) cost++;
          depth++;
          if (depth === this.#open.length) this.#deepen();
          if (code === Op.loop) {
            into.amounts[entry] = (into.amounts[entry] ?? 0) + cost;
            cost = 0;
            entry = into.add(cursor.at, Insert.charge, 0);
          }
          this.#open[depth] = entry;
          break;
        case Op.end:
        case Op.delegate:
          depth--;
          if (depth < 0) {
            if (cursor.at !== cursor.end) throw new Malformed('a function goes on behind its end');
            into.amounts[entry] = (into.amounts[entry] ?? 0) + cost;
            drop(into);
            return;
          }
          if (this.#open[depth] !== entry) {
            into.amounts[entry] = (into.amounts[entry] ?? 0) + cost;
            cost = 0;
            entry = this.#open[depth] ?? 0;
          }
          break;
        case Op.else:
        case Op.catch:
        case Op.catchAll:
        case Op.nop:
          break;
        case Op.call:
        case Op.returnCall:
          cost += this.#operand(cursor, at) < this.#importedFunctions ? IMPORTED_CALL : 1;
          break;
        case Op.globalGet:
        case Op.globalSet:
          // One that is not there now would be the counter afterwards.
          if (this.#operand(cursor, at) >= this.#globals) throw new Malformed('it uses a global that it does not have');
          cost++;
          break;
        case Op.memoryCopy:
        case Op.memoryFill:
        case Op.memoryInit:
          into.add(at, Insert.chargeSize, BYTES_SHIFT);
          cost++;
          break;
        case Op.tableCopy:
        case Op.tableFill:
        case Op.tableInit:
        case Op.tableGrow:
          into.add(at, Insert.chargeSize, 0);
          cost++;
          break;
        case Op.memoryGrow:
          into.add(at, Insert.chargePages, PAGE_SHIFT);
          cost++;
          break;
        default:
          cost++;
      }
    }
    throw new Malformed('a function has no end');
  }

  /** The number behind an operation that has been passed over. */
  #operand(cursor: Cursor, at: number): number {
    const behind = cursor.at;
    cursor.at = at + 1;
    const value = cursor.unsigned();
    cursor.at = behind;
    return value;
  }

  #deepen(): void {
    const wider = new Int32Array(2 * this.#open.length);
    wider.set(this.#open);
    this.#open = wider;
  }
}

/** Leaves out charges of nothing. */
function drop(into: Insertions): void {
  let kept = 0;
  for (let i = 0; i < into.length; i++) {
    const kind = into.kinds[i] ?? 0;
    const amount = into.amounts[i] ?? 0;
    if (kind === Insert.charge && amount === 0) continue;
    into.places[kept] = into.places[i] ?? 0;
    into.kinds[kept] = kind;
    into.amounts[kept] = amount;
    kept++;
  }
  into.length = kept;
}
