/**
 * CPython's module made fit to be frozen. It is opened up once (memory from outside; table and stack pointer visible), run until the
 * interpreter waits, and then written anew with what its memory held at that moment as its data: an instance of that module starts
 * where the first one stopped.
 */
import {
  concat,
  DATA,
  EXPORT,
  GLOBAL,
  IMPORT,
  MEMORY,
  name,
  Reader,
  readSections,
  type Section,
  signed,
  unsigned,
  writeSections,
} from './sections.ts';

export const PAGE = 65536;
/** Names under which the opened module shows its inside, and where it takes its memory from. */
export const TABLE_EXPORT = 'genesis_table';
export const STACK_EXPORT = 'genesis_stack';
export const MEMORY_IMPORT = { module: 'genesis', name: 'memory' } as const;
const MOST_PAGES = 65536;

/** From, and up to. */
export type Range = readonly [number, number];

/**
 * Drops what is only for debuggers, imports the memory instead of making it, and exports the table of functions and the first global, which the
 * C compiler keeps its stack pointer in. A module that is not of this shape throws.
 */
export function openUp(wasm: Uint8Array): {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Pages of memory that it starts with. */
  readonly pages: number;
  /** Where its largest piece of data lies: the library, packed, which nothing writes to. */
  readonly constant: Range;
} {
  const sections: Section[] = [];
  let minimum = 0;
  const all = readSections(wasm).filter((section) => section.id !== 0);
  for (const section of all) if (section.id === MEMORY) minimum = memoryMinimum(section.body);
  if (minimum === 0) throw new Error('the module has no memory of its own');
  for (const section of all) {
    switch (section.id) {
      case MEMORY:
        break;
      case IMPORT:
        sections.push({ id: IMPORT, body: append(section.body, [memoryImport(minimum)]) });
        break;
      case GLOBAL:
        if (section.body[1] !== 0x7f || section.body[2] !== 1) throw new Error('the first global is no stack pointer');
        sections.push(section);
        break;
      case EXPORT:
        sections.push({
          id: EXPORT,
          body: append(section.body, [
            [...name(TABLE_EXPORT), 1, 0],
            [...name(STACK_EXPORT), 3, 0],
          ]),
        });
        break;
      default:
        sections.push(section);
    }
  }
  const data = all.find(({ id }) => id === DATA);
  return {
    wasm: writeSections(sections),
    pages: minimum,
    constant: data === undefined ? [0, 0] : largestSegment(data.body),
  };
}

/** The opened (and metered) module with `memory` as its data and its stack pointer at `stack`. */
export function freeze(opened: Uint8Array, memory: Uint8Array, stack: number): Uint8Array<ArrayBuffer> {
  if (memory.length % PAGE !== 0) throw new Error('a memory has whole pages');
  return writeSections(
    readSections(opened).map((section) => {
      switch (section.id) {
        case IMPORT:
          return { id: IMPORT, body: withMinimum(section.body, memory.length / PAGE) };
        case GLOBAL:
          return { id: GLOBAL, body: withStack(section.body, stack) };
        case DATA:
          return { id: DATA, body: dataOf(memory) };
        default:
          return section;
      }
    }),
  );
}

function largestSegment(body: Uint8Array): Range {
  const reader = new Reader(body);
  let largest: Range = [0, 0];
  for (let left = reader.unsigned(); left > 0; left--) {
    if (reader.byte() !== 0 || reader.byte() !== 0x41) throw new Error('a piece of data lies at no constant address');
    const from = reader.signed();
    reader.byte();
    const length = reader.unsigned();
    reader.take(length);
    if (length > largest[1] - largest[0]) largest = [from, from + length];
  }
  return largest;
}

function memoryMinimum(body: Uint8Array): number {
  const reader = new Reader(body);
  if (reader.unsigned() !== 1) throw new Error('the module has more than one memory');
  return reader.limits().minimum;
}

function memoryImport(minimum: number): number[] {
  return [
    ...name(MEMORY_IMPORT.module),
    ...name(MEMORY_IMPORT.name),
    2,
    1,
    ...unsigned(minimum),
    ...unsigned(MOST_PAGES),
  ];
}

/** A vector with further entries at its end. */
function append(body: Uint8Array, entries: readonly number[][]): Uint8Array {
  const reader = new Reader(body);
  const count = reader.unsigned();
  return concat([
    Uint8Array.from(unsigned(count + entries.length)),
    body.subarray(reader.at),
    ...entries.map((entry) => Uint8Array.from(entry)),
  ]);
}

/** The memory is the last import: `openUp` put it there. */
function withMinimum(body: Uint8Array, pages: number): Uint8Array {
  const reader = new Reader(body);
  let at = 0;
  for (let left = reader.unsigned(); left > 0; left--) {
    at = reader.at;
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === 0) reader.unsigned();
    else if (kind === 2) reader.limits();
    else throw new Error('an import of an unknown kind');
  }
  return concat([body.subarray(0, at), Uint8Array.from(memoryImport(pages))]);
}

function withStack(body: Uint8Array, stack: number): Uint8Array {
  const reader = new Reader(body);
  const count = reader.unsigned();
  reader.take(2);
  if (reader.byte() !== 0x41) throw new Error('the stack pointer starts as no constant');
  while (reader.byte() >= 128);
  if (reader.byte() !== 0x0b) throw new Error('the stack pointer starts as no constant');
  return concat([
    Uint8Array.from([...unsigned(count), 0x7f, 1, 0x41, ...signed(stack), 0x0b]),
    body.subarray(reader.at),
  ]);
}

/** Runs of zeros this long are left out; a fresh memory has them already. */
const GAP = 64;

function dataOf(memory: Uint8Array): Uint8Array {
  const words = new Float64Array(memory.buffer, memory.byteOffset, memory.length / 8);
  const parts: Uint8Array[] = [];
  let count = 0;
  const total = words.length;
  const isZero = (at: number): boolean => words[at] === 0 && !Object.is(words[at], -0);
  let at = 0;
  while (at < total) {
    while (at < total && isZero(at)) at++;
    if (at >= total) break;
    const start = at;
    let zeros = 0;
    while (at < total && zeros < GAP / 8) zeros = isZero(at++) ? zeros + 1 : 0;
    const end = at - zeros;
    parts.push(
      Uint8Array.from([0, 0x41, ...signed(start * 8), 0x0b, ...unsigned((end - start) * 8)]),
      memory.subarray(start * 8, end * 8),
    );
    count++;
  }
  return concat([Uint8Array.from(unsigned(count)), ...parts]);
}
