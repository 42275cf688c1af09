/** How often each innermost loop went round: of the arithmetic that ran, the share that was packed. */
import { Malformed } from './bytes.ts';
import { outlineOf, reading } from './decode.ts';
import { type Innermost, innermostOf, readInnermost } from './loops.ts';
import { namesOf } from './names.ts';
import { Op } from './opcodes.ts';
import { rewrite } from './rewrite.ts';
import { arithmetic, judgeLoop, type SimdVerdict } from './simd.ts';

/** Each counter is an exported i64 of this name with the loop's number behind it. */
export const LOOP_EXPORT = 'genesis_loop_';
const MOST_LOOPS = 20_000;

export interface ExecutedLoop {
  readonly function: string;
  readonly kind: 'loop' | 'body';
  readonly verdict: SimdVerdict;
  readonly rounds: number;
  /** Operations of one round. */
  readonly packed: number;
  readonly scalar: number;
}

export interface ExecutedSimd {
  /** Of the arithmetic that ran in them, 0..1. */
  readonly packedShare: number;
  /** Those that ran, the heaviest first. */
  readonly loops: readonly ExecutedLoop[];
}

export type LoopCounting =
  | {
      readonly type: 'ok';
      readonly wasm: Uint8Array<ArrayBuffer>;
      /** Reads the counters of an instance of it. */
      readonly executed: (exports: WebAssembly.Exports) => ExecutedSimd;
    }
  | { readonly type: 'failed'; readonly reason: string };

/** The module with a counter in each innermost loop and each body without loops. For looking, not for timing. Never throws. */
export function countLoops(wasm: Uint8Array): LoopCounting {
  const counting = reading(() => {
    const outline = outlineOf(wasm);
    const name = namesOf(outline);
    // The globals stand before the code, so that their number has to be known first.
    const loops: (Innermost & { readonly name: string })[] = [];
    for (let body = 0; body < outline.bodies.length / 2; body++) {
      const of = name(outline.importedFunctions + body);
      for (const loop of innermostOf(outline, body)) loops.push({ ...loop, name: of });
      if (loops.length > MOST_LOOPS) throw new Malformed(`it has more than ${MOST_LOOPS} loops to count`);
    }
    let next = 0;
    return {
      loops,
      wasm: rewrite(outline, {
        globals: loops.map((_, index) => ({ name: `${LOOP_EXPORT}${index}`, initial: 0 })),
        scan(cursor, into) {
          for (const { place } of readInnermost(cursor)) into.add(place, 0, next++);
        },
        write(out, _kind, amount) {
          const global = outline.globals + amount;
          out.byte(Op.globalGet);
          out.unsigned(global);
          out.byte(Op.i64Const);
          out.byte(1);
          out.byte(Op.i64Add);
          out.byte(Op.globalSet);
          out.unsigned(global);
        },
      }),
    };
  });
  if (counting.type === 'failed') return counting;
  const { wasm: counted, loops } = counting.value;
  return { type: 'ok', wasm: counted, executed: (exports) => executed(loops, exports) };
}

function executed(
  loops: readonly (Innermost & { readonly name: string })[],
  exports: WebAssembly.Exports,
): ExecutedSimd {
  let packed = 0;
  let whole = 0;
  const rows = loops.flatMap(({ name, ...loop }, index): ExecutedLoop[] => {
    const global = exports[`${LOOP_EXPORT}${index}`];
    const rounds = global instanceof WebAssembly.Global ? Number(global.value) : 0;
    if (rounds === 0) return [];
    const judged = judgeLoop(loop);
    const share = arithmetic(judged);
    packed += rounds * share.packed;
    whole += rounds * (share.packed + share.scalar);
    return [{ function: name, kind: loop.kind, verdict: judged.verdict, rounds, ...share }];
  });
  const work = (row: ExecutedLoop): number => row.rounds * (row.packed + row.scalar);
  rows.sort((a, b) => work(b) - work(a));
  return { packedShare: whole === 0 ? 0 : packed / whole, loops: rows };
}
