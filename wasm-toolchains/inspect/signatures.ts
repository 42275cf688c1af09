/** What a module offers and wants: names with types, which WebAssembly's own interface does not tell. */
import { type ExternKind, type FunctionType, outlineOf, reading, type ValueType } from './decode.ts';

export interface Signature {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface Want {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** Of a function. */
  readonly signature: Signature | null;
}

export interface Interface {
  /** Exported functions in the order of the module. */
  readonly functions: readonly Signature[];
  readonly imports: readonly Want[];
  /** Names of exported memories, tables, globals and tags. */
  readonly others: readonly { readonly name: string; readonly kind: ExternKind }[];
  /** `command`: it runs from its beginning (`_start`); `reactor`: it is called by its exports. */
  readonly shape: 'command' | 'reactor';
}

export type InterfaceRead =
  { readonly type: 'ok'; readonly interface: Interface } | { readonly type: 'failed'; readonly reason: string };

/** Never throws. */
export function interfaceOf(wasm: Uint8Array): InterfaceRead {
  const read = reading((): Interface => {
    const outline = outlineOf(wasm);
    const signature = (name: string, type: FunctionType | undefined): Signature => ({
      name,
      parameters: type?.parameters ?? [],
      results: type?.results ?? [],
    });
    const functions = outline.exports
      .filter(({ kind }) => kind === 'function')
      .map(({ name, index }) => signature(name, outline.types[outline.functionTypes[index] ?? -1]));
    return {
      functions,
      imports: outline.imports.map(({ module, name, kind, type }) => ({
        module,
        name,
        kind,
        signature: kind === 'function' ? signature(name, outline.types[type]) : null,
      })),
      others: outline.exports.flatMap(({ name, kind }) => (kind === 'function' ? [] : [{ name, kind }])),
      shape: functions.some(({ name }) => name === '_start') ? 'command' : 'reactor',
    };
  });
  return read.type === 'ok' ? { type: 'ok', interface: read.value } : read;
}

/** For people: `dot(i32, i32, i32) → f64`. */
export function describeSignature({ name, parameters, results }: Signature): string {
  return `${name}(${parameters.join(', ')})${results.length === 0 ? '' : ` → ${results.join(', ')}`}`;
}
