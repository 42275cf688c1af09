/**
 * How plain data gets into a module's memory and out of it: a number is passed as it is, a typed array or a text as a pointer and a length, in
 * elements or bytes. The arrays come back as the call left them.
 */
import type { Signature } from '../../wasm-toolchains/inspect/signatures.ts';

type ValueType = Signature['parameters'][number];

/** The call can't be made, or what it gave can't be taken; says why. */
export class Refused extends Error {}

export interface Arguments {
  readonly values: readonly (number | bigint)[];
  readonly arrays: readonly { readonly like: View; readonly at: number }[];
}

type View =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Room that a module has given, kept for the next call. */
const rooms = new WeakMap<WebAssembly.Instance, { readonly at: number; readonly size: number }>();

const ALIGN = 16;

export function passIn(
  instance: WebAssembly.Instance,
  memory: WebAssembly.Memory | null,
  shown: string,
  { parameters }: Signature,
  args: readonly unknown[],
): Arguments {
  const parts = args.map((arg) => (typeof arg === 'string' ? new TextEncoder().encode(arg) : arg));
  const wanted = parts.reduce<number>((sum, part) => sum + (isView(part) ? 2 : 1), 0);
  if (wanted !== parameters.length) {
    throw new Refused(`${shown} takes ${parameters.length} values, but ${wanted} were given (an array counts as two)`);
  }
  const bytes = parts.reduce<number>((sum, part) => sum + (isView(part) ? aligned(part.byteLength) : 0), 0);
  let at = bytes > 0 || parts.some(isView) ? room(instance, memory, Math.max(ALIGN, bytes)) : 0;
  const values: (number | bigint)[] = [];
  const arrays: { like: View; at: number }[] = [];
  for (const [index, part] of parts.entries()) {
    const type = parameters[values.length] as ValueType;
    if (!isView(part)) {
      values.push(scalar(part, type, shown));
      continue;
    }
    if (type !== 'i32' || parameters[values.length + 1] !== 'i32') throw new Refused(`${shown} takes no array there`);
    new Uint8Array((memory as WebAssembly.Memory).buffer).set(
      new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
      at,
    );
    values.push(at, part.length);
    if (typeof args[index] !== 'string') arrays.push({ like: part, at });
    at += aligned(part.byteLength);
  }
  return { values, arrays };
}

export function readBack(
  memory: WebAssembly.Memory | null,
  shown: string,
  { results }: Signature,
  { arrays }: Arguments,
  result: unknown,
  outputBytes: number,
): unknown {
  if (results.length > 1) throw new Refused(`${shown} gives several values; one is taken`);
  const value = typeof result === 'bigint' ? whole(result, shown) : result === undefined ? null : result;
  if (arrays.length === 0) return value;
  const bytes = arrays.reduce((sum, { like }) => sum + like.byteLength, 0);
  if (bytes > outputBytes) throw new Refused(`${shown}: its arrays are larger than the output limit`);
  const { buffer } = memory as WebAssembly.Memory;
  const back = arrays.map(({ like, at }) => {
    const View = like.constructor as new (from: ArrayBuffer) => View;
    return new View(buffer.slice(at, at + like.byteLength) as ArrayBuffer);
  });
  return { value, arrays: back };
}

function scalar(value: unknown, type: ValueType, shown: string): number | bigint {
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number')
    throw new Refused(`${shown}: ${typeof value === 'object' ? 'an object' : typeof value} was given for ${type}`);
  switch (type) {
    case 'f32':
    case 'f64':
      return number;
    case 'i32':
      if (!Number.isInteger(number) || number < -2147483648 || number > 4294967295)
        throw new Refused(`${shown}: ${number} does not fit i32`);
      return number | 0;
    case 'i64':
      if (!Number.isSafeInteger(number))
        throw new Refused(`${shown}: ${number} is no whole number that fits i64 exactly`);
      return BigInt(number);
    default:
      throw new Refused(`${shown} takes a value that no plain data can be`);
  }
}

function whole(result: bigint, shown: string): number {
  const value = Number(result);
  if (!Number.isSafeInteger(value)) throw new Refused(`${shown} gave ${result}, which is no exact number outside`);
  return value;
}

/** By the module's own allocator where it has one, else at the end of its memory. */
function room(instance: WebAssembly.Instance, memory: WebAssembly.Memory | null, size: number): number {
  if (memory === null) throw new Refused('the module exports no memory, so it takes no arrays');
  const known = rooms.get(instance);
  if (known && known.size >= size) return known.at;
  const { exports } = instance;
  const asked = Math.ceil((size * 1.5) / 65536) * 65536;
  const allocate = (exports['genesis_alloc'] ?? exports['malloc']) as ((size: number) => number) | undefined;
  const make = exports['__new'] as ((size: number, id: number) => number) | undefined;
  let pointer: number;
  if (allocate) pointer = Number(allocate(asked + ALIGN)) >>> 0;
  else if (make) {
    pointer = Number(make(asked + ALIGN, 1)) >>> 0;
    (exports['__pin'] as ((pointer: number) => number) | undefined)?.(pointer);
  } else {
    pointer = memory.buffer.byteLength;
    try {
      memory.grow(asked / 65536 + 1);
    } catch {
      pointer = 0;
    }
  }
  if (pointer === 0 || pointer + asked + ALIGN > memory.buffer.byteLength) {
    throw new Refused(`the module has no room for ${size} bytes of arrays`);
  }
  const at = aligned(pointer);
  rooms.set(instance, { at, size: asked });
  return at;
}

function aligned(size: number): number {
  return Math.ceil(size / ALIGN) * ALIGN;
}

function isView(value: unknown): value is View {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
