/** Where a body is charged, and how much: a stretch is what runs at most once each time its head is passed. */
import { type Cursor, Malformed } from './bytes.ts';
import { Charge } from './charges.ts';
import type { Outline } from './decode.ts';
import type { Insertions } from './insertions.ts';
import { nextOperation, Op } from './opcodes.ts';

/** Operations that one call of an imported function counts. */
export const IMPORTED_CALL = 100;
/** One operation for so many bytes (as a power of two) of memory.copy, memory.fill and memory.init. */
const BYTES_SHIFT = 3;
/** So many operations (as a power of two) for a page that memory.grow adds. */
const PAGE_SHIFT = 10;

/** Scans one body after another. */
export class Stretches {
  readonly #importedFunctions: number;
  readonly #globals: number;
  /** Of each open block the entry that is charged for what stands in it, and the calls there were before it. */
  #entries = new Int32Array(256);
  #calls = new Int32Array(256);

  constructor(outline: Outline) {
    this.#importedFunctions = outline.importedFunctions;
    this.#globals = outline.globals;
  }

  scan(cursor: Cursor, into: Insertions): void {
    let depth = 0;
    let entry = into.add(cursor.at, Charge.entry, 0);
    let cost = 0;
    let calls = 0;
    let sized = false;
    let leafLoops = false;
    let handlers = false;
    this.#entries[0] = entry;
    while (cursor.at < cursor.end) {
      const at = cursor.at;
      const code = nextOperation(cursor);
      switch (code) {
        case Op.try:
        case Op.tryTable:
        case Op.block:
        case Op.if:
        case Op.loop:
          if (code === Op.if) cost++;
          if (code === Op.try || code === Op.tryTable) handlers = true;
          depth++;
          if (depth === this.#entries.length) this.#deepen();
          if (code === Op.loop) {
            into.amounts[entry] = (into.amounts[entry] ?? 0) + cost;
            cost = 0;
            entry = into.add(cursor.at, Charge.loop, 0);
          }
          this.#entries[depth] = entry;
          this.#calls[depth] = calls;
          break;
        case Op.end:
        case Op.delegate: {
          const innermost = this.#entries[depth] ?? 0;
          const before = this.#calls[depth] ?? 0;
          depth--;
          const outer = this.#entries[depth] ?? 0;
          if (depth < 0 || outer !== innermost) {
            into.amounts[entry] = (into.amounts[entry] ?? 0) + cost;
            cost = 0;
            entry = outer;
            if (depth >= 0 && before === calls) leafLoops = true;
          }
          if (depth < 0) {
            if (cursor.at !== cursor.end) throw new Malformed('a function goes on behind its end');
            into.add(at, Charge.save, 0);
            settle(into, leafLoops && !handlers, sized);
            return;
          }
          break;
        }
        case Op.else:
        case Op.catch:
        case Op.catchAll:
        case Op.nop:
          break;
        case Op.call:
          into.add(at, Charge.save, 0);
          into.add(cursor.at, Charge.restore, 0);
          cost += operand(cursor, at) < this.#importedFunctions ? IMPORTED_CALL : 1;
          calls++;
          break;
        case Op.callIndirect:
        case Op.callReference:
          into.add(at, Charge.save, 0);
          into.add(cursor.at, Charge.restore, 0);
          cost++;
          calls++;
          break;
        case Op.returnCall:
          into.add(at, Charge.save, 0);
          cost += operand(cursor, at) < this.#importedFunctions ? IMPORTED_CALL : 1;
          break;
        case Op.branchTable:
        case Op.return:
        case Op.returnCallIndirect:
        case Op.returnCallReference:
        case Op.throw:
        case Op.throwReference:
        case Op.unreachable:
          into.add(at, Charge.save, 0);
          cost++;
          break;
        case Op.branch:
        case Op.branchIf:
        case Op.branchOnNull:
        case Op.branchOnNonNull:
          // To the outermost block is out of the function.
          if (operand(cursor, at) >= depth) into.add(at, Charge.save, 0);
          cost++;
          break;
        case Op.globalGet:
        case Op.globalSet:
          // One that is not there now would be the counter afterwards.
          if (operand(cursor, at) >= this.#globals) throw new Malformed('it uses a global that it does not have');
          cost++;
          break;
        case Op.memoryCopy:
        case Op.memoryFill:
        case Op.memoryInit:
          into.add(at, Charge.size, BYTES_SHIFT);
          sized = true;
          cost++;
          break;
        case Op.tableCopy:
        case Op.tableFill:
        case Op.tableInit:
        case Op.tableGrow:
          into.add(at, Charge.size, 0);
          sized = true;
          cost++;
          break;
        case Op.memoryGrow:
          into.add(at, Charge.pages, PAGE_SHIFT);
          sized = true;
          cost++;
          break;
        default:
          cost++;
      }
    }
    throw new Malformed('a function has no end');
  }

  #deepen(): void {
    const size = 2 * this.#entries.length;
    const entries = new Int32Array(size);
    const calls = new Int32Array(size);
    entries.set(this.#entries);
    calls.set(this.#calls);
    this.#entries = entries;
    this.#calls = calls;
  }
}

/** The number behind an operation that has been passed over. */
function operand(cursor: Cursor, at: number): number {
  const behind = cursor.at;
  cursor.at = at + 1;
  const value = cursor.unsigned();
  cursor.at = behind;
  return value;
}

/** Leaves out charges of nothing, and moves of the counter where it stays in the global. */
function settle(into: Insertions, cached: boolean, sized: boolean): void {
  into.filter((kind, amount) => {
    switch (kind) {
      case Charge.loop:
        return amount > 0;
      case Charge.entry:
        return amount > 0 || cached;
      case Charge.save:
      case Charge.restore:
        return cached;
      default:
        return true;
    }
  });
  into.cached = cached;
  into.locals = into.length === 0 ? 0 : sized ? 2 : 1;
}
