import { describe, expect, it } from 'vitest';
import { capMemory, memoryOf } from '../../../wasm-toolchains/inspect/memory.ts';
import { fromText } from './modules.ts';

type Bytes = Uint8Array<ArrayBuffer>;

function capped(wasm: Bytes, megabytes: number): Bytes {
  const result = capMemory(wasm, megabytes);
  if (result.type === 'failed') throw new Error(result.reason);
  return result.wasm;
}

const GROW = (memory: string) =>
  `(module ${memory} (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`;

describe('memory', () => {
  it('is read', async () => {
    expect(memoryOf(await fromText('(module (memory 2 9))'))).toEqual({
      type: 'ok',
      memory: { initial: 2, maximum: 9, imported: false, shared: false },
    });
    expect(memoryOf(await fromText('(module (import "a" "m" (memory 3)))'))).toMatchObject({
      memory: { initial: 3, maximum: null, imported: true },
    });
    expect(memoryOf(await fromText('(module)'))).toMatchObject({ memory: { initial: 0, maximum: null } });
  });

  it('grows up to the cap and no further', async () => {
    for (const memory of ['(memory 1)', '(memory 1 60000)']) {
      const wasm = capped(await fromText(GROW(memory)), 1);
      const grow = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports['grow'] as (pages: number) => number;
      expect(grow(15)).toBe(1);
      expect(grow(1)).toBe(-1);
      expect(memoryOf(wasm)).toMatchObject({ memory: { maximum: 16 } });
    }
  });

  it('keeps a maximum below the cap', async () => {
    expect(memoryOf(capped(await fromText('(module (memory 1 2))'), 64))).toMatchObject({ memory: { maximum: 2 } });
  });

  it('caps one that is imported', async () => {
    const wasm = capped(await fromText(GROW('(import "a" "m" (memory 1))')), 1);
    const module = new WebAssembly.Module(wasm);
    const with_ = (maximum: number) =>
      new WebAssembly.Instance(module, { a: { m: new WebAssembly.Memory({ initial: 1, maximum }) } });
    expect(() => with_(17)).toThrow(WebAssembly.LinkError);
    expect(() => with_(16)).not.toThrow();
  });

  it('refuses what begins larger, with figures', async () => {
    expect(capMemory(await fromText('(module (memory 512))'), 16)).toEqual({
      type: 'failed',
      reason: 'the module is refused: it begins with 32 MB of memory; 16 MB are allowed',
    });
    expect(capMemory(await fromText('(module (table 2000000 funcref))'), 16)).toMatchObject({ type: 'failed' });
  });

  it('caps tables', async () => {
    const wasm = capped(
      await fromText(
        '(module (table 1 funcref) (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))',
      ),
      1,
    );
    const grow = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports['grow'] as (entries: number) => number;
    expect(grow(1_000_000)).toBe(-1);
    expect(grow(1000)).toBe(1);
  });
});
