/** Wheels made on the spot, and a lock file that names them. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import wabt from 'wabt';
import type { Lock } from '../../sandboxes/pyodide/packages.ts';

/** A zip archive, nothing in it packed. */
export function wheel(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, data] = [Buffer.from(path), Buffer.from(text as string)];
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(33, 8);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), facts, tail, name);
    const own = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, name, data]);
    parts.push(own);
    offset += own.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return new Uint8Array(Buffer.concat([...parts, list, Buffer.from('PK\x05\x06', 'latin1'), end]));
}

export function lockOf(
  packages: Readonly<Record<string, readonly [Uint8Array, depends: readonly string[], sha256?: string]>>,
): Lock {
  const entries = Object.entries(packages).map(([name, [bytes, depends, sha256]]) => [
    name,
    {
      ...{ name, version: '1.0', install_dir: 'site', imports: [name], depends },
      file_name: `${name}-1.0-py3-none-any.whl`,
      sha256: sha256 ?? createHash('sha256').update(bytes).digest('hex'),
    },
  ]);
  return { packages: Object.fromEntries(entries) as Lock['packages'] };
}

/**
 * An extension module of CPython as a package would hold it, written by hand: `PyInit_<name>` in a module for Emscripten's dynamic linker, with one function
 * `seven()`.
 */
export async function extension(name: string): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const text = `(module
    (import "env" "memory" (memory 1)) (import "env" "__memory_base" (global $base i32)) (import "env" "__table_base" (global $table i32))
    (import "env" "__indirect_function_table" (table 1 funcref))
    (import "env" "PyModuleDef_Init" (func $init (param i32) (result i32))) (import "env" "PyLong_FromLong" (func $long (param i32) (result i32)))
    (func $seven (param i32 i32) (result i32) (call $long (i32.const 7)))
    (elem (global.get $table) $seven)
    (data (global.get $base) "\\01\\00\\00\\00")
    (func (export "PyInit_${name}") (result i32) (local $at i32) (local.set $at (global.get $base))
      (i32.store offset=20 (local.get $at) (i32.add (local.get $at) (i32.const 128)))
      (i32.store offset=32 (local.get $at) (i32.add (local.get $at) (i32.const 64)))
      (i32.store offset=64 (local.get $at) (i32.add (local.get $at) (i32.const 144)))
      (i32.store offset=68 (local.get $at) (global.get $table))
      (i32.store offset=72 (local.get $at) (i32.const 4))
      (i32.store offset=128 (local.get $at) (i32.const 0x796e6974))
      (i32.store offset=144 (local.get $at) (i32.const 0x65766573))
      (i32.store offset=148 (local.get $at) (i32.const 0x0000006e))
      (call $init (local.get $at))))`;
  const plain = parseWat('extension.wat', text).toBinary({}).buffer;
  // Before all other sections: what it needs of memory (256 bytes) and of the table (one place).
  const section = [0, 15, 8, ...Buffer.from('dylink.0'), 1, 5, 0x80, 2, 4, 1, 0];
  section[1] = section.length - 2;
  return new Uint8Array([...plain.subarray(0, 8), ...section, ...plain.subarray(8)]);
}
