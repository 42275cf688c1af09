/**
 * Whether vectors are used, read from the code itself and not from what a compiler says of it. Innermost loops are judged, and bodies
 * without loops. That code is there does not say that it runs: `countLoops` tells how often.
 */
import { outlineOf, reading } from './decode.ts';
import { type Innermost, innermostOf } from './loops.ts';
import { namesOf } from './names.ts';
import { Work } from './work-kinds.ts';

export type SimdVerdict = 'vector' | 'partial' | 'scalar' | 'none';

/** An innermost loop, or the body of a function without loops. Figures are operations in the code. */
export interface SimdLoop {
  readonly kind: 'loop' | 'body';
  readonly verdict: SimdVerdict;
  readonly packedFloat: number;
  readonly packedInteger: number;
  readonly packedMemory: number;
  readonly lanes: number;
  readonly scalarFloat: number;
  readonly scalarInteger: number;
  readonly scalarMemory: number;
  readonly calls: number;
}

export interface SimdFunction {
  readonly name: string;
  /** Imported functions counted. */
  readonly index: number;
  readonly verdict: SimdVerdict;
  readonly loops: readonly SimdLoop[];
}

export interface SimdReport {
  readonly verdict: SimdVerdict;
  /** Bits of a register that arithmetic uses; 0 without vectors. */
  readonly width: 0 | 128;
  /** Of the arithmetic in all loops the share that is packed, 0..1. */
  readonly packedShare: number;
  /** Only those with arithmetic in them. */
  readonly functions: readonly SimdFunction[];
}

export type SimdRead =
  { readonly type: 'ok'; readonly simd: SimdReport } | { readonly type: 'failed'; readonly reason: string };

/** Never throws. `wanted` picks functions by name; all where it is left out. */
export function simdOf(wasm: Uint8Array, wanted?: readonly string[]): SimdRead {
  const read = reading(() => {
    const outline = outlineOf(wasm);
    const name = namesOf(outline);
    const functions: SimdFunction[] = [];
    for (let body = 0; body < outline.bodies.length / 2; body++) {
      const index = outline.importedFunctions + body;
      const loops = innermostOf(outline, body).map(judgeLoop);
      if (loops.every(({ verdict }) => verdict === 'none')) continue;
      if (wanted && !wanted.includes(name(index))) continue;
      functions.push({ name: name(index), index, verdict: judgeLoops(loops), loops });
    }
    return summarise(functions);
  });
  return read.type === 'ok' ? { type: 'ok', simd: read.value } : read;
}

function summarise(functions: readonly SimdFunction[]): SimdReport {
  const all = functions.flatMap(({ loops }) => loops);
  const inLoops = all.filter(({ kind }) => kind === 'loop');
  const judged = inLoops.length > 0 ? inLoops : all;
  let packed = 0;
  let whole = 0;
  for (const loop of judged) {
    const share = arithmetic(loop);
    packed += share.packed;
    whole += share.packed + share.scalar;
  }
  return {
    verdict: judgeLoops(judged),
    width: packed > 0 ? 128 : 0,
    packedShare: whole === 0 ? 0 : packed / whole,
    functions,
  };
}

/**
 * Arithmetic of a loop, packed and not. Integers of every loop count its rounds and make its addresses: about three operations a round and
 * two a place in memory are taken for that; where there are floats, only they are looked at.
 */
export function arithmetic(loop: SimdLoop): { readonly packed: number; readonly scalar: number } {
  const floats = loop.packedFloat + loop.scalarFloat > 0;
  const keeping = 3 + 2 * (loop.packedMemory + loop.scalarMemory);
  return {
    packed: loop.packedFloat + loop.packedInteger,
    scalar: loop.scalarFloat + (floats ? 0 : Math.max(0, loop.scalarInteger - keeping)),
  };
}

/** By the operations in its code. */
export function judgeLoop({ work, kind }: Innermost): SimdLoop {
  const of = (index: number): number => work[index] ?? 0;
  const loop = {
    kind,
    packedFloat: of(Work.packedFloat),
    packedInteger: of(Work.packedInteger),
    packedMemory: of(Work.packedMemory),
    lanes: of(Work.lanes),
    scalarFloat: of(Work.scalarFloat),
    scalarInteger: of(Work.scalarInteger),
    scalarMemory: of(Work.scalarMemory),
    calls: of(Work.call),
  };
  const { packed, scalar } = arithmetic({ ...loop, verdict: 'none' });
  const any = loop.scalarFloat + loop.scalarInteger > 0;
  const verdict =
    packed > 0
      ? scalar === 0 || (loop.scalarFloat === 0 && scalar <= packed)
        ? 'vector'
        : 'partial'
      : any
        ? 'scalar'
        : 'none';
  return { ...loop, verdict };
}

/** A loop of vectors has one of single numbers behind it for what is left over, so that one scalar loop a vector loop is no fault. */
function judgeLoops(loops: readonly SimdLoop[]): SimdVerdict {
  const count = (verdict: SimdVerdict): number => loops.filter((loop) => loop.verdict === verdict).length;
  const vector = count('vector');
  const scalar = count('scalar');
  if (vector + count('partial') === 0) return scalar > 0 ? 'scalar' : 'none';
  return vector > 0 && scalar <= vector && count('partial') === 0 ? 'vector' : 'partial';
}

/** For feedback: a line a function, the most telling first, e.g. `saxpy: vector, 2 packed, 0 single in its best loop`. */
export function describeSimd({ functions }: SimdReport, most = 5): string {
  const weight = ({ loops }: SimdFunction): number =>
    loops.reduce(
      (sum, { packedFloat, packedInteger, scalarFloat }) => sum + packedFloat + packedInteger + scalarFloat,
      0,
    );
  return [...functions]
    .sort((a, b) => weight(b) - weight(a) || a.index - b.index)
    .slice(0, most)
    .map(({ name, verdict, loops }) => {
      const best = loops.map(arithmetic).reduce((a, b) => (b.packed > a.packed ? b : a));
      return `${name}: ${verdict}, ${best.packed} packed and ${best.scalar} single operations in its best loop of ${loops.length}`;
    })
    .join('\n');
}
