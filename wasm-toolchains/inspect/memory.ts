/** How much memory a module may come to hold: read from it, and capped in it, so that the engine refuses growth beyond. */
import { Cursor, Malformed, Writer } from './bytes.ts';
import { type Extent, type Outline, outlineOf, readExtent, reading, Section, type SectionPlace } from './decode.ts';
import { skipValueType } from './opcodes.ts';

/** Bytes of one page of WebAssembly memory. */
export const PAGE = 65_536;
/** Entries that a table may come to hold. */
export const TABLE_ENTRIES = 1_000_000;

export interface MemoryNeed {
  /** Pages that it begins with; 0 without a memory. */
  readonly initial: number;
  /** Pages that it may grow to; null where it says none. */
  readonly maximum: number | null;
  readonly imported: boolean;
  readonly shared: boolean;
}

export type MemoryRead =
  { readonly type: 'ok'; readonly memory: MemoryNeed } | { readonly type: 'failed'; readonly reason: string };

export type Capped =
  | { readonly type: 'ok'; readonly wasm: Uint8Array<ArrayBuffer>; readonly memory: MemoryNeed }
  | { readonly type: 'failed'; readonly reason: string };

/** Never throws. */
export function memoryOf(wasm: Uint8Array): MemoryRead {
  const read = reading(() => needOf(outlineOf(wasm)));
  return read.type === 'ok' ? { type: 'ok', memory: read.value } : read;
}

/**
 * The module with the maximum of its memory, its own or an imported one, at `megabytes` (MiB) at most, and its tables at
 * `TABLE_ENTRIES`. One that begins larger fails. `memory` says what it has afterwards. Never throws.
 */
export function capMemory(wasm: Uint8Array, megabytes: number): Capped {
  const pages = Math.min(65_536, Math.max(0, Math.floor((megabytes * 1_048_576) / PAGE)));
  const capped = reading(() => {
    const outline = outlineOf(wasm);
    const memory = needOf(outline);
    if (memory.initial > pages) {
      throw new Malformed(
        `it begins with ${mebibytes(memory.initial)} MB of memory; ${mebibytes(pages)} MB are allowed`,
      );
    }
    const maximum = outline.memories.length === 0 ? null : Math.min(memory.maximum ?? pages, pages);
    return { wasm: writeCapped(outline, pages), memory: { ...memory, maximum } };
  });
  return capped.type === 'ok' ? { type: 'ok', ...capped.value } : capped;
}

function mebibytes(pages: number): number {
  return Math.round((pages * PAGE) / 104_857.6) / 10;
}

function needOf({ memories, imports }: Outline): MemoryNeed {
  if (memories.length > 1) throw new Malformed('it has several memories; one is supported');
  const [memory] = memories;
  if (memory?.wide === true) throw new Malformed('memories of 64 bits are not supported');
  return {
    initial: memory?.initial ?? 0,
    maximum: memory?.maximum ?? null,
    imported: imports.some(({ kind }) => kind === 'memory'),
    shared: memory?.shared ?? false,
  };
}

function writeCapped(outline: Outline, pages: number): Uint8Array<ArrayBuffer> {
  const { bytes } = outline;
  const out = new Writer(bytes.length + 64);
  out.copy(bytes, 0, 8);
  for (const section of outline.sections) {
    const writeEntry = ENTRIES[section.id];
    if (writeEntry === undefined) out.copy(bytes, section.start, section.to);
    else writeList(out, bytes, section, (cursor) => writeEntry(out, cursor, pages));
  }
  return out.result();
}

type WriteEntry = (out: Writer, cursor: Cursor, pages: number) => void;

const ENTRIES: Readonly<Record<number, WriteEntry>> = {
  [Section.memory]: (out, cursor, pages) => writeExtent(out, readExtent(cursor), pages),
  [Section.table]: writeTable,
  [Section.import](out, cursor, pages) {
    const start = cursor.at;
    cursor.text();
    cursor.text();
    const kind = cursor.byte();
    out.copy(cursor.bytes, start, cursor.at);
    if (kind === 1) writeTable(out, cursor);
    else if (kind === 2) writeExtent(out, readExtent(cursor), pages);
    else {
      const from = cursor.at;
      if (kind === 0) cursor.unsigned();
      else if (kind === 3) {
        skipValueType(cursor);
        cursor.skip(1);
      } else {
        cursor.skip(1);
        cursor.unsigned();
      }
      out.copy(cursor.bytes, from, cursor.at);
    }
  },
};

function writeList(out: Writer, bytes: Uint8Array, section: SectionPlace, entry: (cursor: Cursor) => void): void {
  out.byte(section.id);
  out.sized(() => {
    const cursor = new Cursor(bytes, section.from, section.to);
    const count = cursor.unsigned();
    out.unsigned(count);
    for (let left = count; left > 0; left--) entry(cursor);
  });
}

function writeTable(out: Writer, cursor: Cursor): void {
  const from = cursor.at;
  skipValueType(cursor);
  out.copy(cursor.bytes, from, cursor.at);
  const extent = readExtent(cursor);
  if (extent.initial > TABLE_ENTRIES) throw new Malformed('it has a table of more than a million entries');
  writeExtent(out, extent, TABLE_ENTRIES);
}

function writeExtent(out: Writer, extent: Extent, most: number): void {
  out.byte((extent.shared ? 2 : 0) | (extent.wide ? 4 : 0) | 1);
  out.unsigned(extent.initial);
  out.unsigned(Math.min(extent.maximum ?? most, most));
}
