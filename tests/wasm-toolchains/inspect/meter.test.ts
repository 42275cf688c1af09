import { describe, expect, it } from 'vitest';
import { COUNTER_EXPORT, meter } from '../../../wasm-toolchains/inspect/meter.ts';
import { fromText, wabtAccepts } from './modules.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Call = (...args: (number | bigint)[]) => unknown;

function metered(wasm: Bytes): Bytes {
  const result = meter(wasm);
  if (result.type === 'failed') throw new Error(result.reason);
  return result.wasm;
}

function instance(wasm: Bytes, imports: WebAssembly.Imports = {}) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
  const counter = exports[COUNTER_EXPORT] as WebAssembly.Global<'i64'>;
  return {
    counter,
    call: (name: string, ...args: (number | bigint)[]) => (exports[name] as Call)(...args),
    /** Result and operations of one call. */
    count(name: string, ...args: (number | bigint)[]): [unknown, number] {
      counter.value = 1_000_000_000n;
      const value = (exports[name] as Call)(...args);
      return [value, 1_000_000_000 - Number(counter.value)];
    },
  };
}

const SUM = `(module (func (export "sum") (param i32) (result i32) (local i32)
  (loop $l
    (local.set 1 (i32.add (local.get 1) (local.get 0)))
    (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
    (br_if $l (local.get 0)))
  (local.get 1)))`;

describe('meter', () => {
  it('takes off a body once and a loop each time round', async () => {
    const { count } = instance(metered(await fromText(SUM)));
    // Ten operations a round, one behind the loop.
    expect(count('sum', 1)).toEqual([1, 11]);
    expect(count('sum', 1000)).toEqual([500_500, 10_001]);
  });

  it('stops what has used up its budget, and says so in the counter', async () => {
    const { call, counter } = instance(metered(await fromText(SUM)));
    counter.value = 500n;
    expect(() => call('sum', 1000)).toThrow(WebAssembly.RuntimeError);
    expect(counter.value).toBeLessThan(0n);
    // It stays stopped until it is given more.
    expect(() => call('sum', 1)).toThrow(WebAssembly.RuntimeError);
    counter.value = 11n;
    expect(call('sum', 1)).toBe(1);
    expect(counter.value).toBe(0n);
  });

  it('stops an endless loop and an endless recursion', async () => {
    const { call, counter } = instance(
      metered(
        await fromText(`(module
          (func (export "loop") (loop $l (br $l)))
          (func $again (export "recursion") (return_call $again)))`),
      ),
    );
    for (const name of ['loop', 'recursion']) {
      counter.value = 100_000n;
      expect(() => call(name)).toThrow(WebAssembly.RuntimeError);
      expect(counter.value).toBeLessThan(0n);
    }
  });

  it('keeps the count right over calls inside and outside of loops, returns and branches out', async () => {
    // In $mixed the counter is in a local: its inner loop has no calls; $plain is the same without that loop.
    const text = (leaf: string) => `(module
      (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func (export "f") (param i32) (result i32) (local i32)
        (loop $outer
          ${leaf}
          (local.set 1 (call $one (local.get 1)))
          (if (i32.eq (local.get 1) (local.get 0)) (then (return (local.get 1))))
          (br_if 1 (local.get 1) (i32.eq (local.get 1) (i32.const 50)))
          (drop)
          (br $outer))
        (unreachable)))`;
    const plain = instance(metered(await fromText(text(''))));
    const cached = instance(metered(await fromText(text('(loop $leaf (br_if $leaf (i32.const 0)))'))));
    for (const n of [1, 2, 7, 49, 60]) {
      const [value, count] = plain.count('f', n);
      expect(value).toBe(Math.min(n, 50));
      const rounds = Math.min(n, 50);
      // The inner loop is two operations a round.
      expect(cached.count('f', n)).toEqual([value, count + 2 * rounds]);
      // A round has 16 operations, the called function 3; what can't be reached behind the loop is one more.
      expect(count).toBe(rounds * (16 + 3) + 1);
    }
  });

  it('charges what moves memory by its size', async () => {
    const { count, counter, call } = instance(
      metered(
        await fromText(`(module (memory 4 100) (table 100 1000 funcref) (data "abcdefgh")
          (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 7) (local.get 0)))
          (func (export "copy") (param i32) (memory.copy (i32.const 8) (i32.const 0) (local.get 0)))
          (func (export "init") (param i32) (memory.init 0 (i32.const 0) (i32.const 0) (local.get 0)))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
          (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))`),
      ),
    );
    expect(count('fill', 0)).toEqual([undefined, 4]);
    expect(count('fill', 80_000)).toEqual([undefined, 10_004]);
    expect(count('copy', 80_000)).toEqual([undefined, 10_004]);
    expect(count('init', 8)).toEqual([undefined, 5]);
    expect(count('grow', 3)).toEqual([4, 3 * 1024 + 2]);
    expect(count('table', 10)).toEqual([100, 13]);
    counter.value = 100n;
    expect(() => call('fill', 200_000)).toThrow(WebAssembly.RuntimeError);
    expect(counter.value).toBeLessThan(0n);
    // A size of all ones is large, not less than nothing.
    counter.value = 1000n;
    expect(() => call('grow', -1)).toThrow(WebAssembly.RuntimeError);
    expect(counter.value).toBeLessThan(0n);
  });

  it('charges a call of the host, which sees the counter as it is', async () => {
    const seen: bigint[] = [];
    const wasm = metered(
      await fromText(`(module (import "env" "look" (func $look))
        (func (export "f") (local i32)
          (loop $l (br_if $l (i32.const 0)))
          (call $look) (call $look)))`),
    );
    const { counter, call } = instance(wasm, { env: { look: () => void seen.push(counter.value) } });
    counter.value = 1000n;
    call('f');
    expect(seen).toEqual([798n, 798n]);
    expect(counter.value).toBe(798n);
  });

  it('lets the start function run on what it is given', async () => {
    const wasm = await fromText(`(module (func $start (loop $l (br $l))) (start $start))`);
    const result = meter(wasm, { initial: 1000 });
    expect(result.type).toBe('ok');
    if (result.type === 'ok') expect(() => instance(result.wasm)).toThrow(WebAssembly.RuntimeError);
  });

  it('refuses a module that has the counter’s name, or reaches for it by number', async () => {
    const taken = await fromText(`(module (global (export "${COUNTER_EXPORT}") (mut i64) (i64.const 0)))`);
    expect(meter(taken)).toMatchObject({ type: 'failed', reason: expect.stringContaining('reserved') as string });
    for (const [body, number] of [
      ['(global.set 0 (i64.const 9))', 0x24],
      ['(drop (global.get 0))', 0x23],
    ] as const) {
      const wasm = await fromText(`(module (global (mut i64) (i64.const 0)) (func (export "f") ${body}))`);
      const at = wasm.lastIndexOf(number);
      expect(meter(wasm).type).toBe('ok');
      // Global 1 is the one to come.
      wasm[at + 1] = 1;
      expect(WebAssembly.validate(wasm)).toBe(false);
      expect(meter(wasm)).toMatchObject({ type: 'failed' });
    }
    const exported = await fromText(`(module (global (export "g") (mut i64) (i64.const 0)))`);
    exported[exported.length - 1] = 1;
    expect(meter(exported)).toMatchObject({ type: 'failed' });
  });

  it('knows vectors, references, several results, tail calls, atomics and exceptions', async () => {
    const texts = [
      `(module (memory 1) (func (export "f") (param i32) (result i32)
        (i32x4.extract_lane 2 (i32x4.add (v128.load offset=4 (local.get 0)) (v128.const i32x4 1 2 3 4)))))`,
      `(module (func (export "f") (param i32) (result i32)
        (i8x16.extract_lane_s 3 (i8x16.shuffle 0 1 2 19 4 5 6 7 8 9 10 11 12 13 14 15
          (i8x16.splat (local.get 0)) (i8x16.splat (i32.add (local.get 0) (i32.const 1)))))))`,
      `(module (table 2 funcref) (elem declare func $g) (func $g) (func (export "f") (param i32) (result i32)
        (table.set (i32.const 0) (ref.func $g)) (ref.is_null (table.get (local.get 0)))))`,
      `(module (func $two (param i32) (result i32 i32) (local.get 0) (i32.const 5))
        (func (export "f") (param i32) (result i32) (call $two (local.get 0)) (block (param i32 i32) (result i32) i32.add)))`,
      `(module (type $t (func (param i32) (result i32))) (table funcref (elem $g)) (func $g (type $t) (i32.extend8_s (local.get 0)))
        (func (export "f") (param i32) (result i32) (return_call_indirect (type $t) (local.get 0) (i32.const 0))))`,
      `(module (memory 1 1 shared) (func (export "f") (param i32) (result i32)
        (drop (i32.atomic.rmw.add (i32.const 8) (local.get 0))) (atomic.fence) (i32.atomic.load (i32.const 8))))`,
      `(module (tag $e (param i32)) (func (export "f") (param i32) (result i32) (local i32)
        (loop $l (br_if $l (i32.const 0)))
        (try (result i32) (do (throw $e (local.get 0))) (catch $e (i32.const 1) (i32.add)))))`,
      `(module (func (export "f") (param i32) (result i32) (i32.trunc_sat_f64_s (f64.const 1e300))))`,
      `(module (func (export "f") (param i32) (result i32)
        (block $a (block $b (block $c (br_table $a $b $c (local.get 0)))
          (return (i32.const 1))) (return (i32.const 2))) (i32.const 3)))`,
    ];
    for (const text of texts) {
      const wasm = await fromText(text);
      expect(WebAssembly.validate(wasm), text).toBe(true);
      const counted = metered(wasm);
      expect(await wabtAccepts(counted), text).toBe(await wabtAccepts(wasm));
      for (const n of [0, 1, 2]) {
        const run = (bytes: Bytes) => {
          const { call, counter } = instance(bytes);
          try {
            return [call('f', n), counter?.value];
          } catch (error) {
            return [String(error), counter?.value];
          }
        };
        const [value, left] = run(counted);
        expect(value).toEqual(run(wasm)[0]);
        expect(left).toBeLessThan(100_000_000n);
        expect(run(counted)).toEqual([value, left]);
      }
    }
  });
});
