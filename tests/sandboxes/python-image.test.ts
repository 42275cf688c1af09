/** Freezing a module: it goes on where its memory was, in a memory from outside. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createImage } from '../../sandboxes/python/image.ts';
import {
  freeze,
  MEMORY_IMPORT,
  openUp,
  PAGE,
  STACK_EXPORT,
  TABLE_EXPORT,
} from '../../sandboxes/python/image-module.ts';
import { fromText } from './python-place.ts';

const MODULE = `(module
  (import "env" "tell" (func $tell (param i32)))
  (memory (export "memory") 1)
  (table 1 funcref) (elem (i32.const 0) $next)
  (global $stack (mut i32) (i32.const 70000))
  (data (i32.const 16) "\\2a\\00\\00\\00") (data (i32.const 1000) "a longer piece of data")
  (func $next (export "next") (result i32)
    (global.set $stack (i32.sub (global.get $stack) (i32.const 16)))
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
    (call $tell (i32.load (i32.const 16)))
    (i32.load (i32.const 16))))`;

async function start(wasm: Uint8Array<ArrayBuffer>, pages: number) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages + 2 });
  const { instance } = await WebAssembly.instantiate(wasm, {
    env: { tell: () => {} },
    [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory },
  });
  return { memory, exports: instance.exports, next: instance.exports['next'] as () => number };
}

describe('python: image', () => {
  it('opens a module up: memory from outside, table and stack pointer to be seen, the largest data known', async () => {
    const opened = openUp(await fromText(MODULE));
    expect(opened).toMatchObject({ pages: 1, constant: [1000, 1022] });
    const { exports, next } = await start(opened.wasm, 1);
    expect(next()).toBe(43);
    expect((exports[STACK_EXPORT] as WebAssembly.Global).value).toBe(69984);
    expect(((exports[TABLE_EXPORT] as WebAssembly.Table).get(0) as () => number)()).toBe(44);
  });

  it('freezes it where it stands', async () => {
    const opened = openUp(await fromText(MODULE));
    const first = await start(opened.wasm, 1);
    first.next();
    first.memory.grow(1);
    new Uint8Array(first.memory.buffer).set([1, 2, 3], 2 * PAGE - 3);
    const frozen = freeze(opened.wasm, new Uint8Array(first.memory.buffer), 4096);
    await expect(start(frozen, 1)).rejects.toThrow(/memory/);
    const second = await start(frozen, 2);
    expect(new Uint8Array(second.memory.buffer)).toEqual(new Uint8Array(first.memory.buffer));
    expect((second.exports[STACK_EXPORT] as WebAssembly.Global).value).toBe(4096);
    expect(second.next()).toBe(44);
    expect((await start(frozen, 2)).next()).toBe(44);
  });

  it('keeps any memory', async () => {
    const opened = openUp(await fromText(MODULE));
    const pieces = fc.array(fc.tuple(fc.nat(PAGE - 300), fc.uint8Array({ maxLength: 300 })), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, async (writes) => {
        const memory = new Uint8Array(PAGE);
        for (const [at, bytes] of writes) memory.set(bytes, at);
        const { memory: made } = await start(freeze(opened.wasm, memory, 0), 1);
        expect(new Uint8Array(made.buffer)).toEqual(memory);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what is no such module', async () => {
    expect(() => openUp(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))).toThrow(/memory/);
    expect(() => openUp(Uint8Array.from([1, 2, 3]))).toThrow();
    const none = await fromText('(module (memory 1) (global i32 (i32.const 1)) (export "m" (memory 0)))');
    expect(() => openUp(none)).toThrow(/stack pointer/);
    const closed = await fromText('(module (memory 1))');
    expect(() => freeze(closed, new Uint8Array(PAGE), 0)).toThrow(/opened up/);
    await expect(createImage(await fromText(MODULE), null)).rejects.toThrow();
  });
});
