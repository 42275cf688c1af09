import { beforeAll, describe, expect, it } from 'vitest';
import { FEATURES, probeFeatures } from '../../../wasm-toolchains/inspect/features.ts';
import { countLoops } from '../../../wasm-toolchains/inspect/loop-counts.ts';
import { describeSimd, simdOf, type SimdFunction, type SimdReport } from '../../../wasm-toolchains/inspect/simd.ts';
import { fromC, fromText } from './modules.ts';

const KERNELS = `
#define EXPORT(name) __attribute__((export_name(#name)))
float x[4096], y[4096]; int k[4096];
EXPORT(saxpy) void saxpy(int n, float a) { for (int i = 0; i < n; i++) y[i] += a * x[i]; }
EXPORT(total) float total(int n) { float s = 0; for (int i = 0; i < n; i++) s += x[i]; return s; }
EXPORT(integers) int integers(int n) { int s = 0; for (int i = 0; i < n; i++) s += k[i] * 3; return s; }
EXPORT(scatter) void scatter(int n) { for (int i = 0; i < n; i++) y[k[i]] += x[i]; }
EXPORT(prefix) void prefix(int n) { for (int i = 1; i < n; i++) y[i] = y[i - 1] + x[i]; }
EXPORT(nothing) int nothing(void) { return 4; }
`;

function report(wasm: Uint8Array): SimdReport {
  const read = simdOf(wasm);
  if (read.type === 'failed') throw new Error(read.reason);
  return read.simd;
}

describe('simd', () => {
  let vector: Uint8Array<ArrayBuffer>;
  let scalar: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    vector = await fromC(KERNELS, ['-O3', '-msimd128']);
    scalar = await fromC(KERNELS, ['-O3', '-mno-simd128']);
  }, 60_000);

  const named = (wasm: Uint8Array, name: string): SimdFunction | undefined =>
    report(wasm).functions.find((entry) => entry.name === name);

  it('tells loops of vectors from loops of single numbers', () => {
    expect(named(vector, 'saxpy')?.verdict).toBe('vector');
    expect(named(vector, 'integers')?.verdict).toBe('vector');
    for (const name of ['total', 'scatter', 'prefix']) expect(named(vector, name)?.verdict, name).toBe('scalar');
    expect(named(vector, 'nothing')).toBeUndefined();
  });

  it('finds none where the compiler was told to use none', () => {
    const { functions, width, packedShare } = report(scalar);
    expect({ width, packedShare }).toEqual({ width: 0, packedShare: 0 });
    expect(functions.every(({ verdict }) => verdict === 'scalar')).toBe(true);
    expect(report(vector)).toMatchObject({ width: 128 });
  });

  it('counts what is in a loop', async () => {
    const wasm = await fromText(`(module (memory 1) (func $f (export "f") (param i32)
      (loop $outer
        (loop $inner
          (v128.store (local.get 0) (f32x4.mul (v128.load (local.get 0)) (f32x4.splat (f32.const 2))))
          (local.set 0 (i32.add (local.get 0) (i32.const 16)))
          (br_if $inner (i32.lt_u (local.get 0) (i32.const 64))))
        (br_if $outer (f32.lt (f32.const 1) (f32.const 0))))))`);
    const [f] = report(wasm).functions;
    expect(f).toMatchObject({ name: 'f', verdict: 'vector' });
    expect(f?.loops).toEqual([
      {
        kind: 'loop',
        verdict: 'vector',
        packedFloat: 1,
        packedInteger: 0,
        packedMemory: 2,
        lanes: 1,
        scalarFloat: 0,
        scalarInteger: 2,
        scalarMemory: 0,
        calls: 0,
      },
    ]);
  });

  it('says partial where single numbers go along', async () => {
    const wasm = await fromText(`(module (func (export "f") (param f32 v128) (result f32)
      (loop $l
        (local.set 1 (f32x4.add (local.get 1) (local.get 1)))
        (local.set 0 (f32.add (local.get 0) (f32.const 1)))
        (br_if $l (f32.lt (local.get 0) (f32.const 8))))
      (f32.add (local.get 0) (f32x4.extract_lane 0 (local.get 1)))))`);
    expect(report(wasm)).toMatchObject({ verdict: 'partial', packedShare: 1 / 3 });
    expect(describeSimd(report(wasm))).toBe('f: partial, 1 packed and 2 single operations in its best loop of 1');
  });

  it('tells from counters what ran: dead vectors earn nothing', () => {
    const counting = countLoops(vector);
    if (counting.type === 'failed') throw new Error(counting.reason);
    const module = new WebAssembly.Module(counting.wasm);
    const run = (name: string, ...args: number[]) => {
      const { exports } = new WebAssembly.Instance(module, {});
      (exports[name] as (...args: number[]) => unknown)(...args);
      return counting.executed(exports);
    };
    expect(run('saxpy', 4096, 2).packedShare).toBe(1);
    expect(run('saxpy', 4096, 2).loops[0]).toMatchObject({ function: 'saxpy', kind: 'loop', verdict: 'vector' });
    expect(run('total', 4096).packedShare).toBe(0);
    // Too short for the loop of vectors: only what is left over runs.
    expect(run('saxpy', 3, 2).packedShare).toBeLessThan(0.5);
  });
});

describe('features', () => {
  it('are probed with modules that engines tell apart', () => {
    const features = probeFeatures();
    expect(Object.keys(features).sort()).toEqual([...FEATURES].sort());
    // Whatever runs these tests has had these for years.
    for (const name of [
      'simd',
      'bulk-memory',
      'multi-value',
      'sign-extension',
      'saturating-conversion',
      'threads',
    ] as const) {
      expect(features[name], name).toBe(true);
    }
  });
});
