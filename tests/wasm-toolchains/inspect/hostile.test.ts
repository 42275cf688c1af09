import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitModule } from '../../../wasm-toolchains/inspect/fit.ts';
import { capMemory, memoryOf } from '../../../wasm-toolchains/inspect/memory.ts';
import { meter } from '../../../wasm-toolchains/inspect/meter.ts';
import { interfaceOf } from '../../../wasm-toolchains/inspect/signatures.ts';
import { simdOf } from '../../../wasm-toolchains/inspect/simd.ts';
import { sizeOf } from '../../../wasm-toolchains/inspect/size.ts';
import { fromAssemblyScript, fromText } from './modules.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const READERS = [meter, memoryOf, interfaceOf, sizeOf, simdOf, (wasm: Bytes) => capMemory(wasm, 16)];

/** One function () → () with this code. */
function withBody(code: readonly number[]): Bytes {
  const size = (n: number): number[] => [(n & 127) | 128, ((n >> 7) & 127) | 128, ((n >> 14) & 127) | 128, n >> 21];
  const body = [0, ...code];
  const section = [1, ...size(body.length), ...body];
  return Uint8Array.from([...HEAD, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, ...size(section.length), ...section]);
}

describe('modules that are none, or mean harm', () => {
  it('fail as values, whatever reads them', () => {
    const hostile: Record<string, number[]> = {
      empty: [],
      'no magic': [1, 2, 3, 4, 5, 6, 7, 8],
      'a component': [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0],
      'a section beyond the end': [...HEAD, 1, 100, 0],
      'a size that never ends': [...HEAD, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
      'a size of more than 32 bits': [...HEAD, 1, 0xff, 0xff, 0xff, 0xff, 0x7f],
      'four billion types': [...HEAD, 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
      'four billion bodies': [...HEAD, 10, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
      'sections twice': [...HEAD, 1, 1, 0, 1, 1, 0],
      'sections out of order': [...HEAD, 3, 1, 0, 1, 1, 0],
      'a section of the future': [...HEAD, 77, 1, 0],
      'an import of nothing': [...HEAD, 2, 4, 1, 0, 0, 9],
      'a name that is no text': [...HEAD, 7, 5, 1, 2, 0xff, 0xfe, 0],
      'functions without bodies': [...HEAD, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
    };
    for (const [what, bytes] of Object.entries(hostile)) {
      for (const read of READERS) expect(read(Uint8Array.from(bytes)).type, what).toBe('failed');
    }
  });

  it('fail in their code', () => {
    const codes: Record<string, number[]> = {
      'no end': [0x01],
      'more than an end': [0x0b, 0x01],
      'an operation that ends early': [0x41, 0x80],
      'an unknown operation': [0x27, 0x0b],
      'garbage-collected types': [0xfb, 0x00, 0x00, 0x0b],
      'four billion branches': [0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b],
    };
    for (const [what, code] of Object.entries(codes)) expect(meter(withBody(code)).type, what).toBe('failed');
    const locals = withBody([0x0b]);
    // One group of 2^32 - 1 locals.
    const many = Uint8Array.from([...locals.subarray(0, -6), 8, 0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b]);
    expect(meter(many).type).toBe('failed');
  });

  it('may nest deep', () => {
    const depth = 100_000;
    const blocks = Array.from({ length: depth }, () => [0x03, 0x40]).flat();
    const wasm = withBody([...blocks, ...Array.from({ length: depth + 1 }, () => 0x0b)]);
    const result = meter(wasm);
    expect(result.type).toBe('ok');
    expect(simdOf(wasm).type).toBe('ok');
  });

  it('never become valid by being rewritten, and never throw', { timeout: 120_000 }, async () => {
    const seeds = [
      await fromText(`(module (import "env" "f" (func $f (param i32))) (memory 1) (table 2 funcref) (global (mut i64) (i64.const 1))
        (func $g (export "g") (param i32) (result i32) (local i64 f32)
          (loop $l (call $f (local.get 0)) (memory.fill (i32.const 0) (i32.const 0) (local.get 0)) (br_if $l (local.get 0)))
          (global.set 0 (i64.const 1)) (i32.const 1)) (elem (i32.const 0) $g) (data (i32.const 0) "abc"))`),
      await fromAssemblyScript(
        'export function f(n: i32): f64 { const a = new Array<f64>(); for (let i = 0; i < n; i++) a.push(i); return a[n >> 1]; }',
      ),
    ];
    const valid = { before: 0, after: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
        fc.option(fc.nat(), { freq: 1 }),
        (seed, changes, cut) => {
          const wasm = seed.slice(0, cut === null ? seed.length : cut % seed.length);
          for (const [at, value] of changes) if (wasm.length > 0) wasm[at % wasm.length] = value;
          for (const read of READERS) expect(['ok', 'failed']).toContain(read(wasm).type);
          const fitted = fitModule(wasm, { megabytes: 64 });
          const before = WebAssembly.validate(wasm);
          const after = fitted.type === 'ok' && WebAssembly.validate(fitted.wasm);
          if (before) valid.before++;
          if (after) valid.after++;
          if (after) expect(before).toBe(true);
        },
      ),
      { numRuns: 2500, seed: 4 },
    );
    // Nearly all that are valid come through; a few grow memory or tables beyond what is allowed.
    expect(valid.before).toBeGreaterThan(200);
    expect(valid.after).toBeGreaterThan(0.9 * valid.before);
  });
});
