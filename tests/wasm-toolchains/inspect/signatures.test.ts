import { describe, expect, it } from 'vitest';
import { describeSignature, interfaceOf } from '../../../wasm-toolchains/inspect/signatures.ts';
import { sizeOf } from '../../../wasm-toolchains/inspect/size.ts';
import { fromText } from './modules.ts';

describe('signatures', () => {
  it('tells exports with their types, and what the module wants', async () => {
    const read = interfaceOf(
      await fromText(`(module
        (import "env" "log" (func $log (param f64)))
        (import "env" "limit" (global i32))
        (memory (export "memory") 1)
        (func (export "dot") (param i32 i64 f32) (result f64) (f64.const 0))
        (func (export "two") (result v128 funcref) (v128.const i64x2 0 0) (ref.null func))
        (export "again" (func $log)))`),
    );
    expect(read).toEqual({
      type: 'ok',
      interface: {
        functions: [
          { name: 'dot', parameters: ['i32', 'i64', 'f32'], results: ['f64'] },
          { name: 'two', parameters: [], results: ['v128', 'reference'] },
          { name: 'again', parameters: ['f64'], results: [] },
        ],
        imports: [
          {
            module: 'env',
            name: 'log',
            kind: 'function',
            signature: { name: 'log', parameters: ['f64'], results: [] },
          },
          { module: 'env', name: 'limit', kind: 'global', signature: null },
        ],
        others: [{ name: 'memory', kind: 'memory' }],
        shape: 'reactor',
      },
    });
    expect(describeSignature({ name: 'dot', parameters: ['i32', 'f32'], results: ['f64'] })).toBe(
      'dot(i32, f32) → f64',
    );
    expect(describeSignature({ name: 'f', parameters: [], results: [] })).toBe('f()');
  });

  it('knows a program that runs from its beginning', async () => {
    expect(interfaceOf(await fromText('(module (func (export "_start")))'))).toMatchObject({
      interface: { shape: 'command' },
    });
  });
});

describe('size', () => {
  it('weighs a module by its parts', async () => {
    const wasm = await fromText('(module (memory 1) (func) (func) (data (i32.const 0) "0123456789"))');
    const read = sizeOf(wasm);
    // Two bodies of two bytes with their sizes, and their number; the text with its place and length.
    expect(read).toEqual({ type: 'ok', size: { total: wasm.length, code: 7, data: 16, custom: 0, functions: 2 } });
  });
});
