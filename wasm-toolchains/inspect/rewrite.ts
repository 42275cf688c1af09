/**
 * Writes a module anew with further globals and with code put into its bodies. Numbers of functions, globals and locals that were there
 * stay what they were. Sections that point into the code by offset (debugging, relocation, branch hints) are left out.
 */
import { Cursor, Malformed, Writer } from './bytes.ts';
import { type Outline, readLocals, Section, type SectionPlace } from './decode.ts';
import { Insertions } from './insertions.ts';
import { Op } from './opcodes.ts';

export interface NewGlobal {
  /** It is exported under this name. */
  readonly name: string;
  readonly initial: number;
}

export interface Plan {
  /** Mutable, 64 bits; the first of them gets the number `outline.globals`. */
  readonly globals: readonly NewGlobal[];
  /** What is put into a body. The cursor stands behind the locals, and at the body's end afterwards. */
  readonly scan: (cursor: Cursor, into: Insertions) => void;
  /** Writes one insertion; `local` is the number of the first further local. */
  readonly write: (out: Writer, kind: number, amount: number, local: number, of: Insertions) => void;
}

/** What engines take as the size of one function. */
const LARGEST_BODY = 7_654_321;
const I64 = 0x7e;

export function rewrite(outline: Outline, plan: Plan): Uint8Array<ArrayBuffer> {
  refuseNames(outline, plan);
  const { bytes } = outline;
  const out = new Writer(Math.ceil(bytes.length * 1.15) + 1024);
  out.copy(bytes, 0, 8);
  // Sections that are not there are made where they belong: before the first that comes after them.
  let globals = false;
  let exports = false;
  for (const section of outline.sections) {
    if (section.id === Section.custom) {
      if (!DROPPED.test(section.name)) out.copy(bytes, section.start, section.to);
      continue;
    }
    const after = AFTER_GLOBALS.has(section.id);
    if (!globals && (after || section.id === Section.global)) {
      globals = true;
      writeGlobals(out, outline, plan, section.id === Section.global ? section : null);
      if (section.id === Section.global) continue;
    }
    if (!exports && after) {
      exports = true;
      writeExports(out, outline, plan, section.id === Section.export ? section : null);
      if (section.id === Section.export) continue;
    }
    if (section.id === Section.code) writeCode(out, outline, plan);
    else out.copy(bytes, section.start, section.to);
  }
  if (!globals) writeGlobals(out, outline, plan, null);
  if (!exports) writeExports(out, outline, plan, null);
  return out.result();
}

const DROPPED = /^(\.debug_|reloc\.|linking$|metadata\.code\.|sourceMappingURL$|external_debug_info$)/;
const AFTER_GLOBALS: ReadonlySet<number> = new Set([
  Section.export,
  Section.start,
  Section.element,
  Section.dataCount,
  Section.code,
  Section.data,
]);

function refuseNames({ exports, globals }: Outline, plan: Plan): void {
  const reserved = new Set(plan.globals.map(({ name }) => name));
  for (const { name, kind, index } of exports) {
    if (reserved.has(name)) throw new Malformed(`it exports ${name}, a name that is reserved`);
    if (kind === 'global' && index >= globals) throw new Malformed('it exports a global that it does not have');
  }
}

function writeGlobals(out: Writer, outline: Outline, plan: Plan, old: SectionPlace | null): void {
  out.byte(Section.global);
  out.sized(() => {
    const cursor = new Cursor(outline.bytes, old?.from ?? 0, old?.to ?? 0);
    const count = old === null ? 0 : cursor.unsigned();
    out.unsigned(count + plan.globals.length);
    out.copy(outline.bytes, cursor.at, cursor.end);
    for (const { initial } of plan.globals) {
      out.byte(I64);
      out.byte(1);
      out.byte(Op.i64Const);
      out.signed(initial);
      out.byte(Op.end);
    }
  });
}

function writeExports(out: Writer, outline: Outline, plan: Plan, old: SectionPlace | null): void {
  out.byte(Section.export);
  out.sized(() => {
    const cursor = new Cursor(outline.bytes, old?.from ?? 0, old?.to ?? 0);
    const count = old === null ? 0 : cursor.unsigned();
    out.unsigned(count + plan.globals.length);
    out.copy(outline.bytes, cursor.at, cursor.end);
    plan.globals.forEach(({ name }, index) => {
      out.text(name);
      out.byte(3);
      out.unsigned(outline.globals + index);
    });
  });
}

function writeCode(out: Writer, outline: Outline, plan: Plan): void {
  const { bytes, bodies } = outline;
  const insertions = new Insertions();
  out.byte(Section.code);
  const section = out.length;
  out.unsigned(bodies.length / 2);
  for (let index = 0; index < bodies.length / 2; index++) {
    const from = bodies[2 * index] ?? 0;
    const to = bodies[2 * index + 1] ?? 0;
    const cursor = new Cursor(bytes, from, to);
    const locals = readLocals(cursor);
    const afterLocals = cursor.at;
    insertions.clear();
    plan.scan(cursor, insertions);
    const body = out.length;
    writeLocals(out, bytes, from, afterLocals, insertions.locals);
    const type = outline.types[outline.functionTypes[outline.importedFunctions + index] ?? -1];
    if (type === undefined) throw new Malformed('a function is of a type that is not there');
    let at = afterLocals;
    for (let entry = 0; entry < insertions.length; entry++) {
      const place = insertions.places[entry] ?? 0;
      out.copy(bytes, at, place);
      at = place;
      const kind = insertions.kinds[entry] ?? 0;
      plan.write(out, kind, insertions.amounts[entry] ?? 0, type.parameters.length + locals, insertions);
    }
    out.copy(bytes, at, to);
    if (out.length - body > LARGEST_BODY) throw new Malformed('a function is too large');
    out.prefixLength(body);
  }
  out.prefixLength(section);
}

/** Further locals of 64 bits, behind those that are there. */
function writeLocals(out: Writer, bytes: Uint8Array, from: number, to: number, further: number): void {
  if (further === 0) {
    out.copy(bytes, from, to);
    return;
  }
  const cursor = new Cursor(bytes, from, to);
  out.unsigned(cursor.unsigned() + 1);
  out.copy(bytes, cursor.at, to);
  out.unsigned(further);
  out.byte(I64);
}
