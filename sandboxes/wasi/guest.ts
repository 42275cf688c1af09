/** WebAssembly candidates: one module, a fresh instance each time state has to be new. */
import { COUNTER_EXPORT } from '../../wasm-toolchains/inspect/meter.ts';
import type { Limits, Runnable, WasmProgram } from '../contract.ts';
import type { Fresh } from '../hosting/protocol.ts';
import { createRandom } from '../hosting/realm/random.ts';
import type { Guest, Step } from '../hosting/realm/serve.ts';
import { type Arguments, passIn, readBack, Refused } from './abi.ts';
import { describeSignature, interfaceOf, type Signature } from '../../wasm-toolchains/inspect/signatures.ts';
import { createSurroundings, type Surroundings, WASIProcExit } from './surroundings.ts';

interface Living {
  readonly instance: WebAssembly.Instance;
  readonly memory: WebAssembly.Memory | null;
  readonly around: Surroundings;
}

const PAGE = 65_536;

export function createWasiGuest(): Guest {
  const random = createRandom();
  let module: WebAssembly.Module | null = null;
  let program: WasmProgram | null = null;
  let signatures: ReadonlyMap<string, Signature> = new Map();
  let limits: Limits | null = null;
  let living: Living | null = null;
  let highest = 0;
  let seed = 0;

  const its = (): { readonly module: WebAssembly.Module; readonly program: WasmProgram; readonly limits: Limits } => {
    if (module === null || program === null || limits === null) throw new Error('nothing was loaded');
    return { module, program, limits };
  };

  function instantiate(input: Uint8Array, args: readonly string[]): Living {
    const { module: its_, program: loaded, limits: bounds } = its();
    random.reseed(seed, 0);
    const { files } = loaded;
    const around = createSurroundings({ files, input, args, outputBytes: bounds.outputBytes, random: random.next });
    let memory: WebAssembly.Memory | null = null;
    const instance = new WebAssembly.Instance(its_, {
      wasi_snapshot_preview1: around.imports,
      wasi_unstable: around.imports,
      env: {
        // AssemblyScript calls this where an assertion fails.
        abort: (message: number, _file: number, line: number, column: number) => {
          throw new Refused(`aborted${told(memory, message)} (${line}:${column})`);
        },
        seed: () => random.next(),
      },
    });
    if (instance.exports['memory'] instanceof WebAssembly.Memory) {
      memory = instance.exports['memory'];
      around.attach(memory);
    }
    return { instance, memory, around };
  }

  /** An instance, or why there is none: its start function, if it has one, has run. */
  function make(input: Uint8Array, args: readonly string[]): Living | Step {
    try {
      return instantiate(input, args);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      if (thrown instanceof WebAssembly.LinkError) return { status: 'build', reason, fuel: 0 };
      if (thrown instanceof RangeError && /memory/i.test(reason)) return { status: 'out-of-memory', reason, fuel: 0 };
      const { initial } = its().program;
      return { status: 'failed', reason: `its start function trapped or ran out of fuel: ${reason}`, fuel: initial };
    }
  }

  /** Operations of its start function. */
  function startedWith({ instance }: Living): number {
    const counter = instance.exports[COUNTER_EXPORT] as WebAssembly.Global | undefined;
    return counter ? its().program.initial - Number(counter.value) : 0;
  }

  /** Runs what may trap, with so many operations to spend. */
  function spend(of: Living, work: () => unknown): Step {
    const { limits: bounds } = its();
    const counter = of.instance.exports[COUNTER_EXPORT] as WebAssembly.Global | undefined;
    const budget = BigInt(Math.floor(Math.min(bounds.fuel, Number.MAX_SAFE_INTEGER)));
    if (counter) counter.value = budget;
    const used = (): number => (counter ? Math.min(bounds.fuel, Number(budget - (counter.value as bigint))) : 0);
    try {
      const value = work();
      highest = Math.max(highest, of.memory?.buffer.byteLength ?? 0);
      return { status: 'ok', value, fuel: used() };
    } catch (thrown) {
      highest = Math.max(highest, of.memory?.buffer.byteLength ?? 0);
      if (thrown instanceof Refused) return { status: 'failed', reason: thrown.message, fuel: used() };
      // After a trap nobody knows what state the module is in.
      living = null;
      if (counter && (counter.value as bigint) < 0n) return { status: 'timeout', reason: 'out of fuel', fuel: used() };
      const full = of.memory !== null && of.memory.buffer.byteLength > bounds.megabytes * 1_048_576 - 2 * PAGE;
      if (full) return { status: 'out-of-memory', reason: `asked for more than ${bounds.megabytes} MB`, fuel: used() };
      return { status: 'failed', reason: describeTrap(thrown, of.around), fuel: used() };
    }
  }

  function begin(): Step {
    living = null;
    const made = make(new Uint8Array(0), []);
    if ('status' in made) return made;
    const started = startedWith(made);
    const start = made.instance.exports['_initialize'];
    const step: Step =
      typeof start === 'function' ? spend(made, start as () => void) : { status: 'ok', value: undefined, fuel: 0 };
    if (step.status === 'ok') living = made;
    return { ...step, fuel: step.fuel + started };
  }

  function invoke(name: string, args: readonly unknown[]): Step {
    let fuel = 0;
    if (living === null) {
      const step = begin();
      if (step.status !== 'ok') return step;
      fuel = step.fuel;
    }
    const of = living as unknown as Living;
    const target = of.instance.exports[name];
    const signature = signatures.get(name);
    if (typeof target !== 'function' || signature === undefined) {
      return { status: 'failed', reason: `exports no function "${name}"${suggestion(signatures)}`, fuel };
    }
    const { limits: bounds } = its();
    const step = spend(of, () => {
      const given: Arguments = passIn(of.instance, of.memory, describeSignature(signature), signature, args);
      const counter = of.instance.exports[COUNTER_EXPORT] as WebAssembly.Global | undefined;
      // What making room took is not the program's doing.
      if (counter) counter.value = BigInt(Math.floor(Math.min(bounds.fuel, Number.MAX_SAFE_INTEGER)));
      const result = (target as (...list: readonly (number | bigint)[]) => unknown)(...given.values);
      return readBack(of.memory, describeSignature(signature), signature, given, result, bounds.outputBytes);
    });
    return { ...step, fuel: fuel + step.fuel };
  }

  /** From its beginning to its end, with an instance of its own. */
  function run(args: readonly unknown[]): Step {
    const [input, list] = args;
    const bytes =
      typeof input === 'string' ? new TextEncoder().encode(input) : input instanceof Uint8Array ? input : null;
    const words = list === undefined ? [] : list;
    if (bytes === null || !Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
      return { status: 'failed', reason: 'run takes text or bytes, and a list of texts', fuel: 0 };
    }
    const made = make(bytes, words as string[]);
    if ('status' in made) return made;
    const started = startedWith(made);
    const start = made.instance.exports['_start'];
    if (typeof start !== 'function')
      return { status: 'failed', reason: 'it has no beginning to be run from (no main)', fuel: 0 };
    const kept = living;
    let exit = 0;
    const step = spend(made, () => {
      try {
        (start as () => void)();
      } catch (thrown) {
        if (!(thrown instanceof WASIProcExit)) throw thrown;
        exit = thrown.code;
      }
    });
    living = kept;
    const fuel = step.fuel + started;
    if (step.status !== 'ok') return { ...step, fuel };
    if (made.around.overflowed())
      return { status: 'failed', reason: `wrote more than ${its().limits.outputBytes} bytes`, fuel };
    return { status: 'ok', value: { ...made.around.told(), exit }, fuel };
  }

  return {
    equip() {},
    load(given: Runnable, bounds) {
      if (given.kind !== 'wasm') return `${given.kind} programs do not run here`;
      try {
        module = new WebAssembly.Module(given.wasm);
        const read = interfaceOf(given.wasm);
        if (read.type === 'failed') return `the compiler gave no valid module: ${read.reason}`;
        signatures = new Map(read.interface.functions.map((signature) => [signature.name, signature]));
      } catch (thrown) {
        return `the compiler gave no valid module: ${thrown instanceof Error ? thrown.message : String(thrown)}`.slice(
          0,
          500,
        );
      }
      program = given;
      limits = bounds;
      living = null;
      highest = 0;
      return missingImports(module);
    },
    fresh({ seed: asked }: Fresh) {
      seed = asked;
      return begin();
    },
    call(name, args) {
      if (name === '$run') return run(args);
      if (name === '$facts') {
        const memory = Math.max(highest, living?.memory?.buffer.byteLength ?? 0);
        return { status: 'ok', value: { memory, size: its().program.size }, fuel: 0 };
      }
      return invoke(name, args);
    },
  };
}

const PROVIDED: Readonly<Record<string, ReadonlySet<string> | null>> = {
  wasi_snapshot_preview1: null,
  wasi_unstable: null,
  env: new Set(['abort', 'seed']),
};

function missingImports(module: WebAssembly.Module): string | null {
  const { imports } = createSurroundings({
    files: {},
    input: new Uint8Array(0),
    args: [],
    outputBytes: 0,
    random: () => 0,
  });
  for (const wanted of WebAssembly.Module.imports(module)) {
    const known = Object.hasOwn(PROVIDED, wanted.module) ? PROVIDED[wanted.module] : undefined;
    const there =
      wanted.kind === 'function' &&
      known !== undefined &&
      (known === null ? Object.hasOwn(imports, wanted.name) : known.has(wanted.name));
    if (!there) return `wants ${wanted.module}.${wanted.name} (${wanted.kind}), which is not to be had here`;
  }
  return null;
}

function suggestion(signatures: ReadonlyMap<string, Signature>): string {
  const names = [...signatures.keys()].filter((name) => !name.startsWith('_')).slice(0, 8);
  return names.length === 0 ? '' : `; it exports ${names.join(', ')}`;
}

function describeTrap(thrown: unknown, around: Surroundings): string {
  const said = around.told().error.trim().split('\n').slice(-3).join(' | ').slice(-300);
  const more = said === '' ? '' : `: ${said}`;
  if (thrown instanceof WASIProcExit) return `ended itself with exit code ${thrown.code}${more}`;
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) return 'calls nested too deep';
  const trap = thrown instanceof Error ? thrown.message : String(thrown);
  return `trapped: ${trap}${more}`;
}

/** AssemblyScript's strings are UTF-16 with their length in bytes before them. */
function told(memory: WebAssembly.Memory | null, pointer: number): string {
  if (memory === null || pointer < 4 || pointer > memory.buffer.byteLength) return '';
  const bytes = new DataView(memory.buffer).getUint32(pointer - 4, true);
  if (bytes === 0 || bytes > 1000 || pointer + bytes > memory.buffer.byteLength) return '';
  return `: ${new TextDecoder('utf-16le').decode(new Uint8Array(memory.buffer, pointer, bytes & ~1).slice())}`;
}
