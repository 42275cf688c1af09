/**
 * The outline of a WebAssembly module: sections, types, imports, functions, memories, exports, and where each body lies. Bounded in what
 * it reads and allocates; whether the module is valid is the engine's to say. Throws `Malformed`; `reading` makes a value of it.
 */
import { Cursor, Malformed } from './bytes.ts';
import { skipValueType } from './opcodes.ts';

export const Section = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Place of each section in a module, by its number. */
const ORDER = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

export interface SectionPlace {
  readonly id: number;
  /** Of a custom section; empty for others. */
  readonly name: string;
  /** Where the section begins with its number, and its contents begin and end. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'reference';
export type ExternKind = 'function' | 'table' | 'memory' | 'global' | 'tag';

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Of a memory in pages of 64 KiB, of a table in entries. */
export interface Extent {
  readonly initial: number;
  readonly maximum: number | null;
  readonly shared: boolean;
  /** Addressed by 64 bits. */
  readonly wide: boolean;
}

export interface ImportEntry {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** Number of a function's type; -1 for others. */
  readonly type: number;
  readonly extent: Extent | null;
}

export interface ExportEntry {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
}

export interface Outline {
  readonly bytes: Uint8Array;
  readonly sections: readonly SectionPlace[];
  readonly types: readonly FunctionType[];
  readonly imports: readonly ImportEntry[];
  readonly importedFunctions: number;
  readonly importedGlobals: number;
  /** Types of all functions, imported ones first. */
  readonly functionTypes: Uint32Array;
  readonly globals: number;
  readonly memories: readonly Extent[];
  readonly tables: readonly Extent[];
  readonly exports: readonly ExportEntry[];
  readonly hasStart: boolean;
  /** Two numbers a defined function: where its locals begin and where its body ends. */
  readonly bodies: Uint32Array;
}

export type Read<T> = { readonly type: 'ok'; readonly value: T } | { readonly type: 'failed'; readonly reason: string };

/** Runs `read` and turns what is wrong with the module into a value. */
export function reading<T>(read: () => T): Read<T> {
  try {
    return { type: 'ok', value: read() };
  } catch (error) {
    if (error instanceof Malformed) return { type: 'failed', reason: `the module is refused: ${error.message}` };
    throw error;
  }
}

export function outlineOf(bytes: Uint8Array): Outline {
  const sections = readSections(bytes);
  const cursorOf = (id: number): Cursor | null => {
    const place = sections.find((section) => section.id === id);
    return place === undefined ? null : new Cursor(bytes, place.from, place.to);
  };
  const list = <T>(id: number, read: (cursor: Cursor) => T): T[] => {
    const cursor = cursorOf(id);
    if (cursor === null) return [];
    const entries: T[] = [];
    for (let left = cursor.count(); left > 0; left--) entries.push(read(cursor));
    if (cursor.at !== cursor.end) throw new Malformed('a section is longer than what it holds');
    return entries;
  };
  const types = list(Section.type, readType);
  const imports = list(Section.import, readImport);
  const of = (kind: ExternKind): ImportEntry[] => imports.filter((entry) => entry.kind === kind);
  const extents = (kind: ExternKind): Extent[] => of(kind).flatMap(({ extent }) => extent ?? []);
  const importedFunctions = of('function');
  const defined = list(Section.function, (cursor) => cursor.unsigned());
  const globals = cursorOf(Section.global);
  return {
    bytes,
    sections,
    types,
    imports,
    importedFunctions: importedFunctions.length,
    importedGlobals: of('global').length,
    functionTypes: Uint32Array.from([...importedFunctions.map(({ type }) => type), ...defined]),
    globals: of('global').length + (globals?.count() ?? 0),
    memories: [...extents('memory'), ...list(Section.memory, readExtent)],
    tables: [...extents('table'), ...readTables(cursorOf(Section.table))],
    exports: list(Section.export, (cursor) => ({
      name: cursor.text(),
      kind: kindOf(cursor.byte()),
      index: cursor.unsigned(),
    })),
    hasStart: cursorOf(Section.start) !== null,
    bodies: readBodies(cursorOf(Section.code), defined.length),
  };
}

function readSections(bytes: Uint8Array): SectionPlace[] {
  const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  if (magic.some((byte, at) => bytes[at] !== byte)) throw new Malformed('it does not begin as a module does');
  const cursor = new Cursor(bytes, magic.length);
  const sections: SectionPlace[] = [];
  let last = 0;
  while (cursor.at < cursor.end) {
    const start = cursor.at;
    const id = cursor.byte();
    const size = cursor.unsigned();
    const from = cursor.at;
    cursor.skip(size);
    const order = ORDER[id];
    if (order === undefined) throw new Malformed(`section ${id} is not known`);
    if (id !== Section.custom) {
      if (order <= last) throw new Malformed('its sections are out of order');
      last = order;
    }
    const name = id === Section.custom ? new Cursor(bytes, from, cursor.at).text() : '';
    sections.push({ id, name, start, from, to: cursor.at });
  }
  return sections;
}

function readType(cursor: Cursor): FunctionType {
  const form = cursor.byte();
  if (form !== 0x60) throw new Malformed(`types of form 0x${form.toString(16)} are not supported`);
  return { parameters: readValueTypes(cursor), results: readValueTypes(cursor) };
}

const NAMES: Readonly<Record<number, ValueType>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x7b: 'v128' };

function readValueTypes(cursor: Cursor): ValueType[] {
  const types: ValueType[] = [];
  for (let left = cursor.count(); left > 0; left--) {
    types.push(NAMES[cursor.bytes[cursor.at] ?? 0] ?? 'reference');
    skipValueType(cursor);
  }
  return types;
}

function readImport(cursor: Cursor): ImportEntry {
  const module = cursor.text();
  const name = cursor.text();
  const kind = kindOf(cursor.byte());
  let type = -1;
  let extent: Extent | null = null;
  if (kind === 'function') type = cursor.unsigned();
  else if (kind === 'memory') extent = readExtent(cursor);
  else if (kind === 'table') {
    skipValueType(cursor);
    extent = readExtent(cursor);
  } else if (kind === 'global') {
    skipValueType(cursor);
    cursor.skip(1);
  } else {
    cursor.skip(1);
    cursor.unsigned();
  }
  return { module, name, kind, type, extent };
}

function kindOf(byte: number): ExternKind {
  const kind = (['function', 'table', 'memory', 'global', 'tag'] as const)[byte];
  if (kind === undefined) throw new Malformed('it imports or exports a thing of unknown kind');
  return kind;
}

export function readExtent(cursor: Cursor): Extent {
  const flags = cursor.byte();
  if (flags > 7) throw new Malformed('a memory or table is of unknown form');
  const wide = (flags & 4) !== 0;
  // Sizes of wide memories may take more bits; none that large can be had.
  const initial = cursor.unsigned();
  return { initial, maximum: (flags & 1) === 0 ? null : cursor.unsigned(), shared: (flags & 2) !== 0, wide };
}

function readTables(cursor: Cursor | null): Extent[] {
  if (cursor === null) return [];
  const tables: Extent[] = [];
  for (let left = cursor.count(); left > 0; left--) {
    if (cursor.bytes[cursor.at] === 0x40) throw new Malformed('a table begins filled, which is not supported');
    skipValueType(cursor);
    tables.push(readExtent(cursor));
  }
  return tables;
}

function readBodies(cursor: Cursor | null, functions: number): Uint32Array {
  if (cursor === null) {
    if (functions > 0) throw new Malformed('it has functions without bodies');
    return new Uint32Array(0);
  }
  const count = cursor.count();
  if (count !== functions) throw new Malformed('it has not as many bodies as functions');
  const bodies = new Uint32Array(2 * count);
  for (let index = 0; index < count; index++) {
    const size = cursor.unsigned();
    bodies[2 * index] = cursor.at;
    cursor.skip(size);
    bodies[2 * index + 1] = cursor.at;
  }
  if (cursor.at !== cursor.end) throw new Malformed('a section is longer than what it holds');
  return bodies;
}

/** Passes over the locals at a body's beginning and gives how many there are. */
export function readLocals(cursor: Cursor): number {
  let count = 0;
  for (let groups = cursor.count(); groups > 0; groups--) {
    count += cursor.unsigned();
    skipValueType(cursor);
  }
  if (count > 50_000) throw new Malformed('a function has more than 50,000 locals');
  return count;
}
