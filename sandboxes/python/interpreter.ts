/**
 * One CPython that was frozen while it waited, and what can be asked of it. A call enters the interpreter from outside and runs to its end in
 * this thread; state that has to be new again is copied back from how the memory was before.
 */
import { createWasiHost, type Span, type Streams } from './wasi-host.ts';
import { createKernels, type Kernels } from './kernels.ts';
import { MEMORY_IMPORT, PAGE, type Range, STACK_EXPORT, TABLE_EXPORT } from './image-module.ts';
import { type Counter, counterOf } from './counter.ts';
import { encodeValue } from './values.ts';
import { type Answer, createAnswerReader } from './answers.ts';
import { createSink } from './sink.ts';

/** What a frozen interpreter is, besides its module. */
export interface Frozen {
  /** Pages of memory that it starts with. */
  readonly pages: number;
  /** What of its memory nothing writes to: it is not copied back. */
  readonly constant: Range;
  /** Address of the Python function that answers one command, and place of its entry in the table. */
  readonly serve: number;
  readonly entry: number;
  /** Python's own version. */
  readonly version: string;
  /** Whether the interpreter's operations are counted. */
  readonly metered: boolean;
}

export type { Answer };

export interface InterpreterParts {
  readonly frozen: Frozen;
  readonly module: WebAssembly.Module;
  /** Random numbers in [0, 1), and a way to start them anew. */
  readonly random: { next(): number; reseed(seed: number, stream: number): void };
}

export interface Program {
  readonly files: Readonly<Record<string, string>>;
  readonly entry: string;
  readonly kernels: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

export interface InterpreterLimits {
  readonly megabytes: number;
  readonly outputBytes: number;
  readonly fuel: number;
}

export interface FreshState {
  readonly parameters: readonly number[];
  readonly seed: number;
  readonly entry: string | null;
}

export interface Interpreter {
  /** Makes ready what the first `load` needs, if it asks for no other amount of memory. */
  warm(megabytes: number): void;
  /** Takes a program; its files are compiled. The reason why they don't, else null. Never throws. */
  load(program: Program, limits: InterpreterLimits): string | null;
  /** Module state anew. */
  fresh(state: FreshState): Answer;
  /** Calls a function of the entry; after a failure that broke the interpreter, in state made anew. */
  call(name: string, args: readonly unknown[]): Answer;
  /** Runs the entry as a script, in state made anew; the value is `{ output, error, exit }`. */
  run(input: Uint8Array, args: readonly string[]): Answer;
  /** The most memory that the program had at once, in bytes, beyond what the interpreter takes for itself. */
  memoryUsed(): number;
}

/** Counted operations of the interpreter that make one unit of fuel: about one pass of a loop with a little arithmetic in it. */
export const OPERATIONS_PER_FUEL = 5000;
/** Of a kernel's operations 500 make one unit: they take about as long. */
const KERNEL_WEIGHT = OPERATIONS_PER_FUEL / 500;

const START: FreshState = { parameters: [], seed: 0, entry: null };
/** The interpreter's own needs beyond what it was frozen with: buffers of a command, the compiler's heap. */
const SPARE_PAGES = 64;
const MOST_PAGES = 65536;
const STACK_END = 4096;
const encoder = new TextEncoder();

class OutOfFuel extends Error {}

export function createInterpreter(parts: InterpreterParts): Interpreter {
  const { frozen, random } = parts;
  const readAnswer = createAnswerReader();
  let memory: WebAssembly.Memory;
  let highest = 0;
  let instance: WebAssembly.Instance;
  let counter: Counter | null = null;
  let kernels: Kernels | null = null;
  let limits: InterpreterLimits = { megabytes: 64, outputBytes: 1_000_000, fuel: 1_000_000 };
  /** Copies of the memory: before any program was loaded, made ahead of time; and once it was, made when it is first wanted back. */
  let pristine: Uint8Array | null = null;
  let loaded: Uint8Array | null = null;
  let warmFor = -1;
  let loadCommand = '';
  let buildError: string | null = 'no program was loaded';
  /** Loading itself broke the interpreter, so no other entry of the program can be had either. */
  let fatal = true;
  let loadedStack = 0;
  /** Whether code of the program ran since the memory was last as loaded. */
  let touched = false;
  let main = false;
  let last: FreshState = START;
  let inbox: Uint8Array = new Uint8Array(0);
  let answer: Uint8Array | null = null;

  const host = createWasiHost({
    read(most) {
      const data = inbox.subarray(0, most);
      inbox = inbox.subarray(data.length);
      return data;
    },
    write,
  });

  const stack = (): WebAssembly.Global => instance.exports[STACK_EXPORT] as WebAssembly.Global;
  const operations = (): number => limits.fuel * OPERATIONS_PER_FUEL;

  function write(spans: readonly Span[]): void {
    const [first] = spans;
    if (first === undefined) return;
    const bytes = new Uint8Array(memory.buffer);
    if (spans.length > 1 && kernels !== null) {
      const left = counter === null ? operations() : counter.left();
      const share = Math.floor(Math.max(0, left) / KERNEL_WEIGHT);
      const spent = kernels.serve(memory, spans, share);
      counter?.arm(left - spent * KERNEL_WEIGHT);
      if (spent > share) throw new OutOfFuel();
      return;
    }
    const [pointer, length] = first;
    // A value in JSON is at most this much longer than what the limit counts.
    if (length > limits.outputBytes + 4096)
      answer = encoder.encode('fwhat it returned is larger than the output limit');
    else answer = bytes.slice(pointer, pointer + length);
  }

  function noteMemory(): void {
    highest = Math.max(highest, memory.buffer.byteLength - frozen.pages * PAGE);
  }

  function start(megabytes: number): void {
    const most = Math.min(MOST_PAGES, frozen.pages + SPARE_PAGES + Math.ceil((megabytes * 1048576) / PAGE));
    if (memory !== undefined) noteMemory();
    memory = new WebAssembly.Memory({ initial: frozen.pages, maximum: most });
    instance = new WebAssembly.Instance(parts.module, {
      wasi_snapshot_preview1: host.imports,
      [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory },
    });
    counter = counterOf(instance.exports);
    loadedStack = stack().value as number;
    host.attach(memory);
    host.resetFiles();
    touched = false;
    main = false;
  }

  /** One command to `serve`, whatever comes of it. */
  function ask(command: string, streams: Streams | null): Answer {
    inbox = encoder.encode(command);
    answer = null;
    host.setStreams(streams);
    const budget = operations();
    counter?.arm(budget);
    const depth = stack().value as number;
    const table = instance.exports[TABLE_EXPORT] as WebAssembly.Table;
    const serve = table.get(frozen.entry) as (function_: number, args: number, count: number, names: number) => number;
    let broken: string | null = null;
    let empty = false;
    let returned = 0;
    try {
      returned = serve(frozen.serve, 0, 0, 0);
    } catch (thrown) {
      broken = thrown instanceof Error ? thrown.message : 'the interpreter broke';
      empty = thrown instanceof OutOfFuel;
      main = false;
    }
    const left = counter === null ? budget : counter.left();
    if (empty || left < 0) {
      main = false;
      return { status: 'timeout', reason: 'out of fuel', fuel: limits.fuel };
    }
    const fuel = Math.ceil(Math.min(budget, budget - left) / OPERATIONS_PER_FUEL);
    if (broken !== null) {
      // The interpreter's C stack lies at the bottom of its memory: it ends at address 0.
      if (/call stack/i.test(broken) || (stack().value as number) < STACK_END) {
        return { status: 'failed', reason: 'RecursionError: calls nested too deep', fuel };
      }
      return { status: 'failed', reason: `the interpreter ended: ${broken.slice(0, 200)}`, fuel };
    }
    stack().value = depth;
    if (answer === null || returned === 0) {
      main = false;
      return { status: 'failed', reason: 'the program cut the line to its interpreter', fuel };
    }
    return readAnswer(answer, limits, fuel);
  }

  /** Copies all that can differ: not what is constant, and not the dead end of the stack. */
  function copy(from: Uint8Array, to: Uint8Array): void {
    const [first, last] = frozen.constant;
    to.set(from.subarray(loadedStack, first), loadedStack);
    to.set(from.subarray(last, from.length), last);
  }

  /** The memory as it was once the program was loaded. The first time, the program is loaded again: most are never asked twice. */
  function restore(): void {
    if (!touched) return;
    if (loaded !== null) back(loaded);
    else {
      if (pristine === null) start(limits.megabytes);
      else back(pristine);
      random.reseed(0, 0);
      ask(loadCommand, null);
      loaded = pristine !== null && pristine.length === memory.buffer.byteLength ? pristine : null;
      pristine = null;
      loaded ??= new Uint8Array(memory.buffer.byteLength);
      copy(new Uint8Array(memory.buffer), loaded);
    }
    kernels?.reset();
    touched = false;
    main = false;
  }

  function back(to: Uint8Array): void {
    if (memory.buffer.byteLength !== to.length) {
      start(limits.megabytes);
      const pages = to.length / PAGE;
      if (pages > frozen.pages) memory.grow(pages - frozen.pages);
    }
    copy(to, new Uint8Array(memory.buffer));
    stack().value = loadedStack;
    host.resetFiles();
  }

  function begin(state: FreshState): void {
    restore();
    random.reseed(state.seed, 0);
    touched = true;
    last = state;
  }

  function fresh(state: FreshState): Answer {
    if (buildError !== null && (fatal || state.entry === null)) return { status: 'build', reason: buildError, fuel: 0 };
    begin(state);
    const result = ask(
      `["fresh",${encodeValue(state.parameters)},${encodeValue(state.seed)},${JSON.stringify(state.entry)},null]`,
      null,
    );
    main = result.status === 'ok';
    return result;
  }

  return {
    warm(megabytes) {
      start(megabytes);
      warmFor = megabytes;
      pristine = new Uint8Array(memory.buffer.byteLength);
      copy(new Uint8Array(memory.buffer), pristine);
    },
    load(next, its) {
      limits = its;
      loaded = null;
      fatal = true;
      kernels = null;
      try {
        const made = createKernels(next.kernels, random);
        if (made.type === 'failed') return (buildError = made.reason);
        if (warmFor !== limits.megabytes) {
          pristine = null;
          start(limits.megabytes);
        }
        warmFor = -1;
        highest = 0;
        kernels = made.kernels;
        host.seed(random.next);
        random.reseed(0, 0);
        host.setProgramFiles(new Map(Object.entries(next.files).map(([path, text]) => [path, encoder.encode(text)])));
        const sources = Object.fromEntries(Object.entries(next.files).filter(([path]) => path.endsWith('.py')));
        loadCommand = `["load",${JSON.stringify(sources)},${JSON.stringify(next.entry)},${JSON.stringify(made.kernels.functions)},${limits.outputBytes}]`;
        const result = ask(loadCommand, null);
        buildError = result.status === 'ok' ? null : result.reason;
        fatal = result.status !== 'ok' && result.status !== 'build';
      } catch (thrown) {
        buildError = `the interpreter did not start: ${thrown instanceof Error ? thrown.message : 'unknown reason'}`;
      }
      return buildError;
    },
    fresh,
    call(name, args) {
      if (!main) {
        const again = fresh(last);
        if (again.status === 'failed') return { ...again, reason: `while it was loaded: ${again.reason}` };
        if (again.status !== 'ok') return again;
      }
      return ask(`["call",${JSON.stringify(name)},${encodeValue(args)}]`, null);
    },
    memoryUsed() {
      noteMemory();
      return highest;
    },
    run(input, args) {
      if (buildError !== null) return { status: 'build', reason: buildError, fuel: 0 };
      begin(last);
      main = false;
      const output = createSink(limits.outputBytes);
      const error = createSink(limits.outputBytes);
      const result = ask(`["run",${JSON.stringify(args)},${encodeValue(last.parameters)},${encodeValue(last.seed)}]`, {
        input,
        output: output.add,
        error: error.add,
      });
      if (result.status !== 'ok') return result;
      return {
        ...result,
        value: {
          output: output.text(),
          error: error.text(),
          exit: typeof result.value === 'number' ? result.value : 1,
        },
      };
    },
  };
}
