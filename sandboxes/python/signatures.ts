/** What a module's exported functions take and give: WebAssembly's own interface tells only how many parameters there are. */
import { EXPORT, FUNCTION, IMPORT, Reader, readSections, TYPE } from './sections.ts';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'other';

export interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** By export name, in the order of the module. Throws a RangeError where the bytes are no module. */
export function readSignatures(wasm: Uint8Array): Map<string, Signature> {
  const types: Signature[] = [];
  const functions: number[] = [];
  const found = new Map<string, Signature>();
  for (const { id, body } of readSections(wasm)) {
    const reader = new Reader(body);
    if (id === TYPE) {
      for (let left = reader.unsigned(); left > 0; left--) {
        if (reader.byte() !== 0x60) return found;
        types.push({ parameters: valueTypes(reader), results: valueTypes(reader) });
      }
    } else if (id === IMPORT) {
      for (let left = reader.unsigned(); left > 0; left--) {
        reader.text();
        reader.text();
        const kind = reader.byte();
        if (kind === 0) functions.push(reader.unsigned());
        else if (kind === 1) {
          reader.byte();
          reader.limits();
        } else if (kind === 2) reader.limits();
        else reader.take(2);
      }
    } else if (id === FUNCTION) {
      for (let left = reader.unsigned(); left > 0; left--) functions.push(reader.unsigned());
    } else if (id === EXPORT) {
      for (let left = reader.unsigned(); left > 0; left--) {
        const name = reader.text();
        const kind = reader.byte();
        const signature = types[functions[reader.unsigned()] ?? -1];
        if (kind === 0 && signature !== undefined) found.set(name, signature);
      }
    }
  }
  return found;
}

export function describeSignature(name: string, { parameters, results }: Signature): string {
  return `${name}(${parameters.join(', ')})${results.length === 0 ? '' : ` → ${results.join(', ')}`}`;
}

const NAMES: Readonly<Record<number, ValueType>> = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64' };

function valueTypes(reader: Reader): ValueType[] {
  return Array.from({ length: reader.unsigned() }, () => NAMES[reader.byte()] ?? 'other');
}
