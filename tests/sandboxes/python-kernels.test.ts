/** Python calling modules of other languages. */
import { describe, expect, it } from 'vitest';
import { fitModule } from '../../wasm-toolchains/inspect/fit.ts';
import { fromText, loaded, START } from './python-place.ts';

const KERNEL = `(module
  (memory (export "memory") 1 4)
  (global $calls (mut i32) (i32.const 0))
  (func (export "add") (param f64 f64) (result f64) local.get 0 local.get 1 f64.add)
  (func (export "wide") (param i64) (result i64) local.get 0 i64.const 1 i64.add)
  (func (export "narrow") (param i32) (result i32) local.get 0)
  (func (export "single") (param f32) (result f32) local.get 0)
  (func (export "count") (result i32) global.get $calls i32.const 1 i32.add global.set $calls global.get $calls)
  (func (export "nothing"))
  (func (export "length") (param i32 i32) (result i32) local.get 1)
  (func (export "divide") (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
  (func (export "outside") (result i32) i32.const 0x7fffffff i32.load)
  (func $deep (export "deep") (call $deep))
  (func (export "scale") (param $at i32) (param $n i32) (param $by f64)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $n) (i32.const 3))))
    (block $out (loop $again
      (br_if $out (i32.ge_u (local.get $at) (local.get $end)))
      (f64.store (local.get $at) (f64.mul (f64.load (local.get $at)) (local.get $by)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $again))))
  (func (export "first") (param i32 i32) (result i32) local.get 0 i32.load8_u))`;

describe('python: kernels', () => {
  const program = async (text: string) => loaded(text, { kernel: await fromText(KERNEL) });
  const value = async (text: string) => {
    const { call, reason } = await program(`import kernel, array\n${text}`);
    expect(reason).toBeNull();
    return call('f');
  };

  it('passes numbers of every type', async () => {
    expect(
      await value(
        'def f(): return [kernel.add(1, 2.5), str(kernel.wide(2**62)), str(kernel.wide(-2**63)), kernel.narrow(-1), kernel.narrow(2**32 - 1), ' +
          'kernel.single(0.5), kernel.nothing(), kernel.narrow(True), kernel.add(float("inf"), 1) > 1]',
      ),
    ).toMatchObject({ value: [3.5, `${2n ** 62n + 1n}`, `${-(2n ** 63n) + 1n}`, -1, -1, 0.5, null, 1, true] });
  });

  it('passes arrays, bytes, texts and lists, and gives back what was written', async () => {
    expect(
      await value(
        'def f():\n  a = array.array("d", [1, 2, 3]); kernel.scale(a, 2.0)\n  b = [1, 2]; kernel.scale(b, 0.5)\n  c = bytearray(16); c[7] = 0x40; kernel.scale(c[:8], 3)\n' +
          '  t = (4.0, 5.0); kernel.scale(t, 9.0)\n' +
          '  return [a.tolist(), b, list(t), kernel.length("é"), kernel.length(b"abc"), kernel.length(array.array("i", [1, 2])), kernel.length([]), kernel.first(b"A")]',
      ),
    ).toMatchObject({ value: [[2, 4, 6], [0.5, 1], [4, 5], 2, 3, 2, 0, 65] });
  });

  it('takes arrays larger than its memory was, and refuses what does not fit', async () => {
    expect(
      await value('def f():\n  a = array.array("d", [1.0]) * 10000\n  kernel.scale(a, 2.0)\n  return sum(a)'),
    ).toMatchObject({
      value: 20000,
    });
    expect(await value('def f():\n  kernel.scale(array.array("d", [1.0]) * 100000, 2.0)')).toMatchObject({
      status: 'out-of-memory',
    });
  });

  it('keeps its state between calls and loses it with the module state', async () => {
    const { interpreter, call } = await program('import kernel\ndef f(): return kernel.count()');
    expect([call('f'), call('f')]).toMatchObject([{ value: 1 }, { value: 2 }]);
    interpreter.fresh(START);
    expect(call('f')).toMatchObject({ value: 1 });
  });

  it.each([
    ['a division by zero', 'kernel.divide(1, 0)', /divide by zero/],
    ['a read outside its memory', 'kernel.outside()', /out of bounds/],
    ['endless recursion', 'kernel.deep()', /nested too deep/],
  ])('raises kernel.Trap for %s', async (_name, text, reason) => {
    const { call } = await program(
      `import kernel\ndef f():\n  try: ${text}\n  except kernel.Trap as trap: return str(trap)\ndef g(): return kernel.count()`,
    );
    expect(call('f')).toMatchObject({ status: 'ok', value: expect.stringMatching(reason) as string });
    expect(call('g')).toMatchObject({ value: 1 });
  });

  it.each([
    ['too few', 'kernel.add(1)', /kernel\.add\(f64, f64\) → f64 was given 1 value /],
    ['a float for an integer', 'kernel.narrow(1.5)', /a float was given for i32/],
    ['a number too large', 'kernel.narrow(2**40)', /1099511627776 does not fit i32/],
    ['a number beyond 64 bits', 'kernel.wide(2**70)', /at most 64 bits/],
    ['a dictionary', 'kernel.narrow({})', /not dict/],
    ['an array for numbers', 'kernel.add([1.0])', /takes no array there/],
  ])('names the signature when given %s', async (_name, text, reason) => {
    expect(await value(`def f(): return ${text}`)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('shares its fuel', async () => {
    const fitted = fitModule(
      await fromText(
        `(module (func (export "spin") (param i32) (loop $again
          (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $again (local.get 0)))))`,
      ),
      { megabytes: 1 },
    );
    if (fitted.type === 'failed') throw new Error(fitted.reason);
    const spin = fitted.wasm;
    const text = 'import spin\ndef f(n): return spin.spin(n)\ndef g():\n  while True: spin.spin(1)\ndef h(): return 1';
    const { call } = await loaded(text, { spin }, { fuel: 5000 });
    const [little, more] = [call('f', 1000), call('f', 50_000)];
    expect([little.status, more.status]).toEqual(['ok', 'ok']);
    expect(more.fuel - little.fuel).toBeGreaterThan(300);
    for (const name of ['f', 'g']) {
      expect(call(name, ...(name === 'f' ? [0] : []))).toEqual({
        status: 'timeout',
        reason: 'out of fuel',
        fuel: 5000,
      });
      expect(call('h')).toMatchObject({ status: 'ok', value: 1 });
    }
  });

  it('takes modules built for WASI, and refuses imports it does not know', async () => {
    const wasi = await fromText(`(module
      (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (global $ready (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $ready (i32.const 1)))
      (func (export "seconds") (result i64) (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 8)))
        (i64.div_u (i64.load (i32.const 8)) (i64.const 1000000000)))
      (func (export "ready") (result i32) global.get $ready)
      (func (export "leave") (call $exit (i32.const 3))))`);
    const text = 'import fast\ndef f(): return [fast.seconds(), fast.ready()]\ndef g(): fast.leave()';
    const { call } = await loaded(text, { fast: wasi });
    expect(call('f')).toMatchObject({ value: [946684800, 1] });
    expect(call('g')).toMatchObject({
      reason: expect.stringMatching(/^kernel\.Trap: it ended itself with 3/) as string,
    });
    const odd = await fromText('(module (import "host" "open" (func)) (func (export "f")))');
    expect((await loaded('import odd', { odd })).reason).toBe('odd imports host.open, which kernels are not given');
  });

  it('lets a program speak nonsense on the line', async () => {
    const { call } = await program(
      'import kernel, os, struct, sys\ndef f(number, index, tags):\n  reply = bytearray(600)\n  frame = sys._getframe()\n' +
        '  while "line" not in frame.f_locals: frame = frame.f_back\n  os.writev(frame.f_locals["line"], [b"k", reply, struct.pack("<II", number, index), bytes(tags)])\n  return reply[0]\ndef g(): return kernel.add(1, 2)',
    );
    expect(call('f', 99, 0, [])).toMatchObject({ value: 4 });
    expect(call('f', 0, 99, [])).toMatchObject({ value: 4 });
    expect(call('f', 0, 0, [1, 2, 3, 4, 5]).status).toMatch(/ok|failed/);
    expect(call('f', 0, 0, [119]).status).toMatch(/ok|failed/);
    expect(call('g')).toMatchObject({ value: 3 });
  });
});
