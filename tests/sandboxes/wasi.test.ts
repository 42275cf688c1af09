/** How data gets into modules and out of them, and how a program with a beginning is run. */
import { describe, expect, it } from 'vitest';
import { preparation } from '../../sandboxes/hosting/prepare.ts';
import { createWasiGuest } from '../../sandboxes/wasi/guest.ts';
import { wat } from '../../wasm-toolchains/wat/index.ts';
import { LIMITS } from './trial.ts';

const START = { parameters: [], seed: 1, entry: null };

async function loaded(text: string, files: Record<string, string> = {}, limits = LIMITS) {
  const prepare = preparation('wasi', limits, wat.compile);
  const source = { language: 'wat', entry: 'a.wat', files: { ...files, 'a.wat': text } } as const;
  const prepared = await prepare(source, new AbortController().signal);
  if (prepared.type !== 'ok') throw new Error(prepared.reason);
  const guest = createWasiGuest();
  const reason = await guest.load(prepared.program, limits);
  if (reason !== null) throw new Error(reason);
  return { guest, call: (name: string, ...args: unknown[]) => guest.call(name, args) };
}

const SUM = `(func (export "double") (param $at i32) (param $n i32) (result f64) (local $s f64) (local $x f64)
  (block $end (loop $l (br_if $end (i32.eqz (local.get $n))) (local.set $x (f64.mul (f64.const 2) (f64.load (local.get $at))))
    (f64.store (local.get $at) (local.get $x)) (local.set $s (f64.add (local.get $s) (local.get $x)))
    (local.set $at (i32.add (local.get $at) (i32.const 8))) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br $l))) (local.get $s))`;

describe('wasi: arguments and results', () => {
  it('passes arrays, and gives them back as the call left them', async () => {
    const { guest, call } = await loaded(`(module (memory (export "memory") 1) ${SUM})`);
    await guest.fresh(START);
    const answer = { value: 12, arrays: [new Float64Array([2, 4, 6])] };
    expect(await call('double', new Float64Array([1, 2, 3]))).toMatchObject({ status: 'ok', value: answer });
    const large = await call('double', new Float64Array(10_000).fill(1));
    expect(large).toMatchObject({ status: 'ok', value: { value: 20_000 } });
    expect(await call('double', new Float64Array(20_000))).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/larger than the output limit/) as string,
    });
    expect(await call('double', new Float64Array(0))).toMatchObject({ status: 'ok', value: { value: 0 } });
  });

  it('passes texts as bytes, and whole numbers of 64 bits where they are exact', async () => {
    const { call } = await loaded(`(module (memory (export "memory") 1)
      (func (export "size") (param i32 i32) (result i32) (local.get 1))
      (func (export "next") (param i64) (result i64) (i64.add (local.get 0) (i64.const 1))))`);
    expect(await call('size', 'aé😀')).toMatchObject({ value: 7 });
    expect(await call('next', -3)).toMatchObject({ value: -2 });
    expect(await call('next', 2 ** 53 - 1)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/no exact/) as string,
    });
    expect(await call('next', 0.5)).toMatchObject({ status: 'failed' });
  });

  it('shows the signature where a call does not fit', async () => {
    const { call } = await loaded(
      `(module (memory (export "memory") 1) ${SUM} (func (export "one") (param f64) (result f64) (local.get 0)))`,
    );
    const shown = /double\(i32, i32\) → f64 takes 2 values, but 1 were given/;
    expect(await call('double', 1)).toMatchObject({ status: 'failed', reason: expect.stringMatching(shown) as string });
    expect(await call('one', 'text')).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/one\(f64\)/) as string,
    });
    expect(await call('one', {})).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/an object was given/) as string,
    });
    expect(await call('two')).toMatchObject({
      status: 'failed',
      reason: 'exports no function "two"; it exports double, one',
    });
  });

  it('counts what its start function does, and refuses imports that are not there', async () => {
    const { guest } =
      await loaded(`(module (func $s (local $i i32) (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 1000))))) (start $s) (func (export "f")))`);
    const step = await guest.fresh(START);
    expect(step).toMatchObject({ status: 'ok' });
    expect(step.fuel).toBeGreaterThan(1000);
    await expect(loaded('(module (import "env" "system" (func)))')).rejects.toThrow(/wants env\.system/);
    await expect(loaded('(module (memory 2000))')).rejects.toThrow(/MB/);
  });
});

describe('wasi: programs with a beginning', () => {
  const IO = `(import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))`;

  it('gives standard input, output and the exit code; each run is the first', async () => {
    const { call } =
      await loaded(`(module ${IO} (memory (export "memory") 1) (data (i32.const 0) "\\40\\00\\00\\00\\00\\10\\00\\00")
      (func (export "_start") (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
        (i32.store (i32.const 4) (i32.load (i32.const 16)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
        (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 16))) (call $exit (i32.const 3))))`);
    const value = { output: 'héllo', error: 'héllo', exit: 3 };
    const first = await call('$run', 'héllo', []);
    expect(first).toMatchObject({ status: 'ok', value });
    expect(first.fuel).toBeGreaterThan(0);
    expect(await call('$run', new TextEncoder().encode('héllo'))).toEqual(first);
    expect(await call('$run', 7)).toMatchObject({ status: 'failed' });
  });

  it('ends one that writes too much, never ends, or has no beginning', async () => {
    const many = `(module ${IO} (memory (export "memory") 1) (data (i32.const 0) "\\40\\00\\00\\00\\00\\40\\00\\00")
      (func (export "_start") (local $i i32) (loop $l (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
        (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.lt_u (local.get $i) (i32.const 10))))))`;
    expect(await (await loaded(many)).call('$run', '', [])).toMatchObject({
      status: 'failed',
      reason: 'wrote more than 100000 bytes',
    });
    const endless = await loaded('(module (func (export "_start") (loop $l (br $l))))');
    expect(await endless.call('$run', '', [])).toMatchObject({ status: 'timeout', reason: 'out of fuel' });
    const none = await loaded('(module (func (export "f")))');
    expect(await none.call('$run', '', [])).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/no main/) as string,
    });
  });
});
