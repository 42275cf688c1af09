/** Wheels made on the spot, in Node or a page, and a lock file that names them. */
import wabt from 'wabt';
import type { Lock } from '../../sandboxes/pyodide/packages.ts';

/** A zip archive, nothing in it packed. */
export function wheel(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts: number[] = [];
  const directory: number[] = [];
  for (const [path, content] of Object.entries(files)) {
    const name = encoder.encode(path);
    const data = typeof content === 'string' ? encoder.encode(content) : content;
    const size = word(data.length);
    // Version, flags, method, time, date; then what it holds.
    const facts = [20, 0, 0, 0, 0, 0, 0, 0, 33, 0, ...word(crc32(data)), ...size, ...size, name.length, 0, 0, 0];
    directory.push(0x50, 0x4b, 1, 2, 20, 0, ...facts, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...word(parts.length), ...name);
    parts.push(0x50, 0x4b, 3, 4, ...facts, ...name, ...data);
  }
  const count = [Object.keys(files).length, 0];
  const end = [
    0x50,
    0x4b,
    5,
    6,
    0,
    0,
    0,
    0,
    ...count,
    ...count,
    ...word(directory.length),
    ...word(parts.length),
    0,
    0,
  ];
  return Uint8Array.from([...parts, ...directory, ...end]);
}

function word(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

function crc32(data: Uint8Array): number {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

export async function lockOf(
  packages: Readonly<Record<string, readonly [Uint8Array<ArrayBuffer>, depends: readonly string[], sha256?: string]>>,
): Promise<Lock> {
  const entries = Object.entries(packages).map(async ([name, [bytes, depends, sha256]]) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const locked = { name, version: '1.0', install_dir: 'site', imports: [name], depends };
    return [name, { ...locked, file_name: `${name}-1.0-py3-none-any.whl`, sha256: sha256 ?? found }] as const;
  });
  return { packages: Object.fromEntries(await Promise.all(entries)) };
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
  const section = [0, 15, 8, ...new TextEncoder().encode('dylink.0'), 1, 5, 0x80, 2, 4, 1, 0];
  section[1] = section.length - 2;
  return new Uint8Array([...plain.subarray(0, 8), ...section, ...plain.subarray(8)]);
}
