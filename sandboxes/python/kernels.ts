/**
 * Modules of other languages that Python calls: one instance each, entered in the middle of the interpreter's own run. Buffers are copied from
 * the interpreter's memory into the kernel's before the call, and those that can be written back after it.
 */
import { counterOf } from './counter.ts';
import { kernelImports } from './kernel-imports.ts';
import { describeSignature, interfaceOf, type Signature } from '../../wasm-toolchains/inspect/signatures.ts';
import type { Span } from './wasi-host.ts';

export interface Kernels {
  /** Name of each kernel and of its functions, in the order of their numbers. */
  readonly functions: readonly (readonly [name: string, functions: readonly string[]])[];
  /** Answers one request in `memory`; `left` operations may be spent. Gives those that were, more than `left` when they ran out. */
  serve(memory: WebAssembly.Memory, spans: readonly Span[], left: number): number;
  /** Fresh instances for the next calls. */
  reset(): void;
}

export type KernelsResult =
  { readonly type: 'ok'; readonly kernels: Kernels } | { readonly type: 'failed'; readonly reason: string };

interface Random {
  next(): number;
}

interface Kernel {
  readonly name: string;
  readonly module: WebAssembly.Module;
  readonly names: readonly string[];
  readonly signatures: ReadonlyMap<string, Signature>;
  instance: WebAssembly.Instance | null;
  /** A region of its memory for arrays, kept between calls. */
  scratch: number;
  capacity: number;
}

type ValueType = Signature['parameters'][number];

/** Exports that belong to the language's runtime. */
const RUNTIME = /^(_start|_initialize|genesis_.*|malloc|free|calloc|realloc|__.*|memory|asyncify_.*)$/;
const INTEGER = 113;
const FLOAT = 100;
const WRITABLE = 119;
/** Tags of a reply; the text of a refusal or trap follows its size. */
const REPLY = { nothing: 0, integer: 1, float: 2, trap: 3, refused: 4, full: 5 } as const;

class Refused extends Error {}
class Full extends Error {}

export function createKernels(
  modules: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
  random: Random,
): KernelsResult {
  const kernels: Kernel[] = [];
  for (const [name, bytes] of Object.entries(modules)) {
    try {
      const read = interfaceOf(bytes);
      if (read.type === 'failed') return { type: 'failed', reason: `${name}: ${read.reason}` };
      const signatures = new Map(read.interface.functions.map((signature) => [signature.name, signature]));
      kernels.push({
        name,
        module: new WebAssembly.Module(bytes),
        names: [...signatures.keys()].filter((one) => !RUNTIME.test(one)),
        signatures,
        instance: null,
        scratch: 0,
        capacity: 0,
      });
    } catch (thrown) {
      return { type: 'failed', reason: `${name}: ${thrown instanceof Error ? thrown.message : 'no module'}` };
    }
  }
  for (const { name, module } of kernels) {
    const imports = kernelImports(module, random, () => null);
    if (imports.type === 'failed') return { type: 'failed', reason: `${name} ${imports.reason}` };
  }

  function instanceOf(kernel: Kernel): WebAssembly.Instance {
    if (kernel.instance !== null) return kernel.instance;
    const memory = (): WebAssembly.Memory | null => memoryOf(kernel);
    const imports = kernelImports(kernel.module, random, memory);
    if (imports.type === 'failed') throw new Refused(imports.reason);
    kernel.instance = new WebAssembly.Instance(kernel.module, imports.imports);
    kernel.scratch = kernel.capacity = 0;
    return kernel.instance;
  }

  function invoke(
    kernel: Kernel,
    name: string,
    python: WebAssembly.Memory,
    spans: readonly Span[],
    left: number,
  ): { result: number | bigint | undefined; type: ValueType | undefined; spent: number } {
    const signature = kernel.signatures.get(name) as Signature;
    const fresh = kernel.instance === null;
    const instance = instanceOf(kernel);
    const counter = counterOf(instance.exports);
    counter?.arm(left);
    const spent = (): number => (counter === null ? 0 : left - counter.left());
    try {
      if (fresh) (instance.exports['_initialize'] as (() => void) | undefined)?.();
      const { args, buffers } = place(kernel, name, signature, python, spans);
      const run = instance.exports[name] as (...args: (number | bigint)[]) => number | bigint | undefined;
      const result = run(...args);
      const from = new Uint8Array((memoryOf(kernel) ?? python).buffer);
      const to = new Uint8Array(python.buffer);
      for (const buffer of buffers) {
        if (buffer.writable) to.set(from.subarray(buffer.at, buffer.at + buffer.length), buffer.pointer);
      }
      return { result, type: signature.results[0], spent: spent() };
    } catch (thrown) {
      if (thrown instanceof Refused || thrown instanceof Full) throw thrown;
      kernel.instance = null;
      if (counter !== null && counter.left() < 0) return { result: undefined, type: undefined, spent: left + 1 };
      throw new Trapped(describeTrap(thrown), spent());
    }
  }

  const all: Kernels = {
    functions: kernels.map(({ name, names }) => [name, names] as const),
    serve(python, spans, left) {
      const [, reply, packed] = spans;
      if (reply === undefined || packed === undefined) return 0;
      let spent = 0;
      try {
        const view = new DataView(python.buffer, packed[0], packed[1]);
        const kernel = kernels[view.getUint32(0, true)];
        const name = kernel?.names[view.getUint32(4, true)];
        if (kernel === undefined || name === undefined) throw new Refused('there is no such function');
        const done = invoke(kernel, name, python, spans, left);
        spent = done.spent;
        answer(python, reply, done.result, done.type);
      } catch (thrown) {
        if (thrown instanceof Trapped) spent = thrown.spent;
        const tag = thrown instanceof Trapped ? REPLY.trap : thrown instanceof Full ? REPLY.full : REPLY.refused;
        refuse(python, reply, tag, thrown);
      }
      return spent;
    },
    reset() {
      for (const kernel of kernels) kernel.instance = null;
    },
  };
  return { type: 'ok', kernels: all };
}

class Trapped extends Error {
  readonly spent: number;

  constructor(message: string, spent: number) {
    super(message);
    this.spent = spent;
  }
}

interface Placed {
  readonly pointer: number;
  readonly length: number;
  readonly at: number;
  readonly writable: boolean;
}

/** The arguments of a call, with its buffers copied into the kernel's memory. */
function place(
  kernel: Kernel,
  name: string,
  signature: Signature,
  python: WebAssembly.Memory,
  spans: readonly Span[],
): { args: (number | bigint)[]; buffers: Placed[] } {
  const [, , packed, tagSpan] = spans;
  if (packed === undefined || tagSpan === undefined) throw new Refused('a request without arguments');
  const slots = new DataView(python.buffer, packed[0], packed[1]);
  const tags = new Uint8Array(python.buffer, tagSpan[0], tagSpan[1]);
  const given = spans.slice(4);
  let count = 0;
  for (const tag of tags) count += tag === INTEGER || tag === FLOAT ? 1 : 2;
  const wanted = signature.parameters;
  const shown = describeSignature({ ...signature, name: `${kernel.name}.${name}` });
  if (count !== wanted.length || signature.results.length > 1) {
    throw new Refused(
      `${shown} was given ${count} value${count === 1 ? '' : 's'} (an array counts as two: where it lies and how many elements it has)`,
    );
  }
  const sizes = given.map(([, length]) => Math.ceil(length / 16) * 16);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let at = total === 0 ? 0 : reserve(kernel, total);
  const memory = memoryOf(kernel);
  const buffers: Placed[] = [];
  const args: (number | bigint)[] = [];
  for (let i = 0; i < tags.length; i++) {
    const slot = 8 + 8 * i;
    const type = wanted[args.length] as ValueType;
    if (tags[i] === INTEGER) args.push(fromInteger(slots.getBigInt64(slot, true), type, shown));
    else if (tags[i] === FLOAT) args.push(fromFloat(slots.getFloat64(slot, true), type, shown));
    else {
      const span = given[buffers.length];
      const width = Number(slots.getBigInt64(slot, true));
      if (span === undefined || memory === null || !(width >= 1))
        throw new Refused(`${shown} has no memory for arrays`);
      if (type !== 'i32' || wanted[args.length + 1] !== 'i32') throw new Refused(`${shown} takes no array there`);
      const [pointer, length] = span;
      new Uint8Array(memory.buffer).set(new Uint8Array(python.buffer, pointer, length), at);
      args.push(at, Math.floor(length / width));
      buffers.push({ pointer, length, at, writable: tags[i] === WRITABLE });
      at += sizes[buffers.length - 1] as number;
    }
  }
  return { args, buffers };
}

/** A region of the kernel's memory, by its own allocator where it has one, else at the memory's end. */
function reserve(kernel: Kernel, size: number): number {
  if (size <= kernel.capacity) return kernel.scratch;
  const { exports } = kernel.instance as WebAssembly.Instance;
  const memory = memoryOf(kernel);
  if (memory === null) throw new Refused(`${kernel.name} has no memory for arrays`);
  const capacity = Math.ceil((size * 1.5) / 65536) * 65536;
  const allocate = (exports['genesis_alloc'] ?? exports['malloc']) as ((size: number) => number) | undefined;
  const make = exports['__new'] as ((size: number, id: number) => number) | undefined;
  let pointer: number;
  if (allocate !== undefined) pointer = allocate(capacity + 16) >>> 0;
  else if (make !== undefined) {
    pointer = make(capacity + 16, 1) >>> 0;
    (exports['__pin'] as ((pointer: number) => number) | undefined)?.(pointer);
  } else {
    pointer = memory.buffer.byteLength;
    try {
      memory.grow(capacity / 65536 + 1);
    } catch {
      pointer = 0;
    }
  }
  if (pointer === 0 || pointer + capacity + 16 > memory.buffer.byteLength) {
    throw new Full(`${kernel.name} has no room for ${size} bytes of arrays`);
  }
  kernel.scratch = Math.ceil(pointer / 16) * 16;
  kernel.capacity = capacity;
  return kernel.scratch;
}

function memoryOf(kernel: Kernel): WebAssembly.Memory | null {
  const memory = kernel.instance?.exports['memory'];
  return memory instanceof WebAssembly.Memory ? memory : null;
}

function fromInteger(value: bigint, type: ValueType, shown: string): number | bigint {
  if (type === 'i64') return value;
  if (type === 'f32' || type === 'f64') return Number(value);
  if (type !== 'i32' || value < -2147483648n || value > 4294967295n)
    throw new Refused(`${shown}: ${value} does not fit ${type}`);
  return Number(value) | 0;
}

function fromFloat(value: number, type: ValueType, shown: string): number {
  if (type !== 'f32' && type !== 'f64') throw new Refused(`${shown}: a float was given for ${type}`);
  return value;
}

function answer(
  python: WebAssembly.Memory,
  [pointer, length]: Span,
  result: number | bigint | undefined,
  type: ValueType | undefined,
): void {
  const view = new DataView(python.buffer, pointer, length);
  if (result === undefined || type === undefined) view.setUint8(0, REPLY.nothing);
  else if (type === 'i32' || type === 'i64') {
    view.setUint8(0, REPLY.integer);
    view.setBigInt64(8, BigInt(result), true);
  } else {
    view.setUint8(0, REPLY.float);
    view.setFloat64(8, Number(result), true);
  }
}

function refuse(python: WebAssembly.Memory, [pointer, length]: Span, tag: number, thrown: unknown): void {
  const text = new TextEncoder().encode(thrown instanceof Error ? thrown.message : 'it failed').subarray(0, length - 8);
  const view = new DataView(python.buffer, pointer, length);
  view.setUint8(0, tag);
  view.setUint32(4, text.length, true);
  new Uint8Array(python.buffer).set(text, pointer + 8);
}

function describeTrap(thrown: unknown): string {
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) return 'calls nested too deep';
  return thrown instanceof Error && thrown.message !== '' ? thrown.message : 'it stopped itself';
}
