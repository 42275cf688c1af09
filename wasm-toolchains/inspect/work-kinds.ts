/** What an operation does, for the eye that looks for vectors. */
import { SIMD } from './opcodes.ts';

export const Work = {
  other: 0,
  packedFloat: 1,
  /** Arithmetic of integers, comparisons, and what is done bit by bit. */
  packedInteger: 2,
  packedMemory: 3,
  /** Moves between lanes: splat, shuffle, extract, replace. */
  lanes: 4,
  scalarFloat: 5,
  scalarInteger: 6,
  scalarMemory: 7,
  call: 8,
} as const;

export const KINDS_OF_WORK = 9;

type Row = readonly [from: number, to: number, kind: number];

function table(size: number, otherwise: number, rows: readonly Row[]): Uint8Array {
  const kinds = new Uint8Array(size).fill(otherwise);
  for (const [from, to, kind] of rows) kinds.fill(kind, from, to + 1);
  return kinds;
}

const PLAIN = table(256, Work.other, [
  [0x10, 0x15, Work.call],
  [0x28, 0x3e, Work.scalarMemory],
  [0x45, 0x5a, Work.scalarInteger],
  [0x5b, 0x66, Work.scalarFloat],
  [0x67, 0x8a, Work.scalarInteger],
  [0x8b, 0xa6, Work.scalarFloat],
  [0xa8, 0xab, Work.scalarFloat],
  [0xae, 0xbb, Work.scalarFloat],
]);

const VECTOR = table(0x114, Work.packedInteger, [
  [0, 11, Work.packedMemory],
  [12, 12, Work.other],
  [13, 34, Work.lanes],
  [65, 76, Work.packedFloat],
  [84, 93, Work.packedMemory],
  [94, 95, Work.packedFloat],
  [103, 106, Work.packedFloat],
  [116, 117, Work.packedFloat],
  [122, 122, Work.packedFloat],
  [148, 148, Work.packedFloat],
  [0xe0, 0xff, Work.packedFloat],
  [0x100, 0x100, Work.lanes],
  [0x101, 0x108, Work.packedFloat],
  [0x10d, 0x110, Work.packedFloat],
]);

/** Takes a code as `nextOperation` gives it. */
export function workOf(code: number): number {
  if (code < 256) return PLAIN[code] ?? Work.other;
  if (code >= SIMD && code < SIMD + VECTOR.length) return VECTOR[code - SIMD] ?? Work.other;
  // Conversions that saturate.
  return code >= 0xfc00 && code <= 0xfc07 ? Work.scalarFloat : Work.other;
}
