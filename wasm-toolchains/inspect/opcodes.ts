/**
 * What follows each operation code. Numbers from the WebAssembly core specification (binary format, instructions) and the proposals for
 * threads, tail calls, exceptions (both forms), typed function references and relaxed SIMD. Code of garbage-collected types (0xfb)
 * is refused: no compiler at hand emits it.
 */
import { Malformed, type Cursor } from './bytes.ts';

export const Op = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  throwReference: 0x0a,
  end: 0x0b,
  branch: 0x0c,
  branchIf: 0x0d,
  branchTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callReference: 0x14,
  returnCallReference: 0x15,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
  branchOnNull: 0xd5,
  branchOnNonNull: 0xd6,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memoryGrow: 0x40,
  i64Const: 0x42,
  i64LessSigned: 0x53,
  i64Add: 0x7c,
  i64Subtract: 0x7d,
  i64ShiftLeft: 0x86,
  i64ShiftRight: 0x88,
  i32Wrap: 0xa7,
  i64Extend: 0xad,
  memoryInit: 0xfc08,
  memoryCopy: 0xfc0a,
  memoryFill: 0xfc0b,
  tableInit: 0xfc0c,
  tableCopy: 0xfc0e,
  tableGrow: 0xfc0f,
  tableFill: 0xfc11,
} as const;

/** 0xfd and 0xfe with their second number. */
export const SIMD = 0xfd000;
export const ATOMIC = 0xfe000;

const NONE = 0;
const NUMBER = 1;
const TWO_NUMBERS = 2;
const MEMORY = 3;
const BLOCK = 4;
const LONG_NUMBER = 5;
const FOUR_BYTES = 6;
const EIGHT_BYTES = 7;
const BRANCHES = 8;
const TYPES = 9;
const HEAP_TYPE = 10;
const HANDLERS = 11;
const PREFIX = 12;
const UNKNOWN = 13;

function table(rows: readonly (readonly [from: number, to: number, kind: number])[]): Uint8Array {
  const kinds = new Uint8Array(256).fill(UNKNOWN);
  for (const [from, to, kind] of rows) kinds.fill(kind, from, to + 1);
  return kinds;
}

const PLAIN = table([
  [0x00, 0x01, NONE],
  [0x02, 0x04, BLOCK],
  [0x05, 0x05, NONE],
  [0x06, 0x06, BLOCK],
  [0x07, 0x09, NUMBER],
  [0x0a, 0x0b, NONE],
  [0x0c, 0x0d, NUMBER],
  [0x0e, 0x0e, BRANCHES],
  [0x0f, 0x0f, NONE],
  [0x10, 0x10, NUMBER],
  [0x11, 0x11, TWO_NUMBERS],
  [0x12, 0x12, NUMBER],
  [0x13, 0x13, TWO_NUMBERS],
  [0x14, 0x15, NUMBER],
  [0x18, 0x18, NUMBER],
  [0x19, 0x1b, NONE],
  [0x1c, 0x1c, TYPES],
  [0x1f, 0x1f, HANDLERS],
  [0x20, 0x26, NUMBER],
  [0x28, 0x3e, MEMORY],
  [0x3f, 0x41, NUMBER],
  [0x42, 0x42, LONG_NUMBER],
  [0x43, 0x43, FOUR_BYTES],
  [0x44, 0x44, EIGHT_BYTES],
  [0x45, 0xc4, NONE],
  [0xd0, 0xd0, HEAP_TYPE],
  [0xd1, 0xd1, NONE],
  [0xd2, 0xd2, NUMBER],
  [0xd3, 0xd4, NONE],
  [0xd5, 0xd6, NUMBER],
  [0xfc, 0xfe, PREFIX],
]);

/**
 * Reads one operation with all that follows it, and gives its code: the byte itself, `0xfc00 + n`, `SIMD + n` or `ATOMIC + n`.
 * The cursor stands behind it afterwards.
 */
export function nextOperation(cursor: Cursor): number {
  const code = cursor.byte();
  switch (PLAIN[code]) {
    case NONE:
      return code;
    case NUMBER:
      cursor.skipNumber(5);
      return code;
    case MEMORY:
      skipPlace(cursor);
      return code;
    case BLOCK:
      skipBlockType(cursor);
      return code;
    case TWO_NUMBERS:
      cursor.skipNumber(5);
      cursor.skipNumber(5);
      return code;
    case LONG_NUMBER:
      cursor.skipNumber(10);
      return code;
    case FOUR_BYTES:
      cursor.skip(4);
      return code;
    case EIGHT_BYTES:
      cursor.skip(8);
      return code;
    case BRANCHES:
      for (let left = cursor.count() + 1; left > 0; left--) cursor.skipNumber(5);
      return code;
    case TYPES:
      for (let left = cursor.count(); left > 0; left--) skipValueType(cursor);
      return code;
    case HEAP_TYPE:
      cursor.skipNumber(5);
      return code;
    case HANDLERS:
      skipBlockType(cursor);
      for (let left = cursor.count(); left > 0; left--) {
        if (cursor.byte() < 2) cursor.skipNumber(5);
        cursor.skipNumber(5);
      }
      return code;
    case PREFIX:
      return prefixed(cursor, code);
    default:
      throw new Malformed(`operation 0x${code.toString(16)} is not known`);
  }
}

function prefixed(cursor: Cursor, prefix: number): number {
  const code = cursor.unsigned();
  if (prefix === 0xfd) return simd(cursor, code);
  if (prefix === 0xfe) {
    if (code === 3) cursor.skip(1);
    else if (code < 3 || (code >= 0x10 && code <= 0x4e)) skipPlace(cursor);
    else throw new Malformed(`operation 0xfe ${code} is not known`);
    return ATOMIC + code;
  }
  if (code > 22 || code === 18) throw new Malformed(`operation 0xfc ${code} is not known`);
  if (code === 8 || code === 10 || code === 12 || code === 14) {
    cursor.skipNumber(5);
    cursor.skipNumber(5);
  } else if (code >= 8 && code <= 17) cursor.skipNumber(5);
  return 0xfc00 + code;
}

function simd(cursor: Cursor, code: number): number {
  if (code <= 11 || code === 92 || code === 93) skipPlace(cursor);
  else if (code === 12 || code === 13) cursor.skip(16);
  else if (code >= 21 && code <= 34) cursor.skip(1);
  else if (code >= 84 && code <= 91) {
    skipPlace(cursor);
    cursor.skip(1);
  } else if (code > 0x113) throw new Malformed(`operation 0xfd ${code} is not known`);
  return SIMD + code;
}

/** Alignment, which memory where bit 6 of it is set, offset. */
function skipPlace(cursor: Cursor): void {
  if ((cursor.unsigned() & 64) !== 0) cursor.skipNumber(5);
  cursor.skipNumber(10);
}

/** Nothing, a value type, or a type's number. */
function skipBlockType(cursor: Cursor): void {
  const first = cursor.byte();
  if (first === 0x63 || first === 0x64 || first >= 128) cursor.skipNumber(5);
}

export function skipValueType(cursor: Cursor): void {
  const first = cursor.byte();
  if (first === 0x63 || first === 0x64) cursor.skipNumber(5);
}
