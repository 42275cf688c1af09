/**
 * CPython's module made fit to be frozen. It is opened up once (memory from outside; table and stack pointer visible), run until the
 * interpreter waits, and then written anew with what its memory held at that moment as its data: an instance of that module starts
 * where the first one stopped.
 */
import { Cursor, Writer } from '../../wasm-toolchains/inspect/bytes.ts';
import { type Outline, outlineOf, Section, type SectionPlace } from '../../wasm-toolchains/inspect/decode.ts';

export const PAGE = 65536;
/** Names under which the opened module shows its inside, and where it takes its memory from. */
export const TABLE_EXPORT = 'genesis_table';
export const STACK_EXPORT = 'genesis_stack';
export const MEMORY_IMPORT = { module: 'genesis', name: 'memory' } as const;

const MOST_PAGES = 65536;
const I32 = 0x7f;
const I32_CONST = 0x41;
const END = 0x0b;
const Kind = { table: 1, memory: 2, global: 3 } as const;

/** From, and up to. */
export type Range = readonly [number, number];

export interface OpenedModule {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Pages of memory that it starts with. */
  readonly pages: number;
  /** Where its largest piece of data lies: the library, packed, which nothing writes to. */
  readonly constant: Range;
}

/**
 * Drops what is only for debuggers, imports the memory instead of making it, and exports the table of functions and the first global, which the
 * C compiler keeps its stack pointer in. A module that is not of this shape throws.
 */
export function openUp(wasm: Uint8Array): OpenedModule {
  const outline = outlineOf(wasm);
  const [memory] = outline.memories;
  if (memory === undefined || outline.memories.length > 1) throw new Error('the module has not one memory of its own');
  let constant: Range = [0, 0];
  let pointer = false;
  const opened = rewritten(outline, (section, cursor, out) => {
    switch (section.id) {
      case Section.custom:
      case Section.memory:
        return;
      case Section.import:
        appended(section, cursor, out, 1, () => writeMemoryImport(out, memory.initial));
        return;
      case Section.global:
        pointer = wasm[section.from + 1] === I32 && wasm[section.from + 2] === 1;
        break;
      case Section.export:
        appended(section, cursor, out, 2, () => {
          writeExport(out, TABLE_EXPORT, Kind.table);
          writeExport(out, STACK_EXPORT, Kind.global);
        });
        return;
      case Section.data:
        constant = largestSegment(cursor);
        break;
      default:
    }
    out.copy(wasm, section.start, section.to);
  });
  if (!pointer) throw new Error('its first global is no stack pointer');
  return { wasm: opened, pages: memory.initial, constant };
}

/** The opened (and metered) module with `memory` as its data and its stack pointer at `stack`. */
export function freeze(opened: Uint8Array, memory: Uint8Array, stack: number): Uint8Array<ArrayBuffer> {
  if (memory.length % PAGE !== 0) throw new Error('a memory has whole pages');
  const outline = outlineOf(opened);
  const { imports } = outline;
  const last = imports.at(-1);
  if (last?.kind !== 'memory' || last.name !== MEMORY_IMPORT.name) throw new Error('the module was not opened up');
  return rewritten(outline, (section, cursor, out) => {
    switch (section.id) {
      case Section.import: {
        // All but the memory as they are.
        const entry = new Writer(64);
        writeMemoryImport(entry, last.extent?.initial ?? 0);
        writeSection(out, section.id, () => {
          out.copy(opened, section.from, section.to - entry.length);
          writeMemoryImport(out, memory.length / PAGE);
        });
        return;
      }
      case Section.global:
        writeSection(out, section.id, () => {
          out.unsigned(cursor.count());
          cursor.skip(2);
          if (cursor.byte() !== I32_CONST) throw new Error('the stack pointer starts as no constant');
          cursor.skipNumber(5);
          for (const byte of [I32, 1, I32_CONST]) out.byte(byte);
          out.signed(stack);
          out.copy(opened, cursor.at, section.to);
        });
        return;
      case Section.data:
        writeSection(out, section.id, () => writeData(out, memory));
        return;
      default:
        out.copy(opened, section.start, section.to);
    }
  });
}

/** Writes a module section by section. */
function rewritten(
  { bytes, sections }: Outline,
  write: (section: SectionPlace, cursor: Cursor, out: Writer) => void,
): Uint8Array<ArrayBuffer> {
  const out = new Writer(bytes.length);
  out.copy(bytes, 0, 8);
  for (const section of sections) write(section, new Cursor(bytes, section.from, section.to), out);
  return out.result().slice();
}

function writeSection(out: Writer, id: number, write: () => void): void {
  out.byte(id);
  out.sized(write);
}

/** A section that is a list, with `more` entries at its end. */
function appended(section: SectionPlace, cursor: Cursor, out: Writer, more: number, write: () => void): void {
  writeSection(out, section.id, () => {
    out.unsigned(cursor.count() + more);
    out.copy(cursor.bytes, cursor.at, section.to);
    write();
  });
}

function writeMemoryImport(out: Writer, pages: number): void {
  out.text(MEMORY_IMPORT.module);
  out.text(MEMORY_IMPORT.name);
  out.byte(Kind.memory);
  out.byte(1);
  out.unsigned(pages);
  out.unsigned(MOST_PAGES);
}

/** Of the first of its kind. */
function writeExport(out: Writer, name: string, kind: number): void {
  out.text(name);
  out.byte(kind);
  out.unsigned(0);
}

function largestSegment(cursor: Cursor): Range {
  let largest: Range = [0, 0];
  for (let left = cursor.count(); left > 0; left--) {
    if (cursor.byte() !== 0 || cursor.byte() !== I32_CONST) throw new Error('a piece of data lies at no fixed address');
    const from = readSigned(cursor);
    cursor.skip(1);
    const length = cursor.unsigned();
    cursor.skip(length);
    if (length > largest[1] - largest[0]) largest = [from, from + length];
  }
  return largest;
}

function readSigned(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const next = cursor.byte();
    value |= (next & 127) << shift;
    if (next < 128) return shift < 25 && (next & 64) !== 0 ? value | (-1 << (shift + 7)) : value;
  }
}

/** Runs of zeros this long are left out; a fresh memory has them already. */
const GAP = 64;

function writeData(out: Writer, memory: Uint8Array): void {
  const words = new BigUint64Array(memory.buffer, memory.byteOffset, memory.length / 8);
  const total = words.length;
  const pieces: Range[] = [];
  let at = 0;
  for (;;) {
    while (at < total && words[at] === 0n) at++;
    if (at >= total) break;
    const start = at;
    let zeros = 0;
    while (at < total && zeros < GAP / 8) zeros = words[at++] === 0n ? zeros + 1 : 0;
    pieces.push([start * 8, (at - zeros) * 8]);
  }
  out.unsigned(pieces.length);
  for (const [from, to] of pieces) {
    out.byte(0);
    out.byte(I32_CONST);
    out.signed(from | 0);
    out.byte(END);
    out.unsigned(to - from);
    out.copy(memory, from, to);
  }
}
