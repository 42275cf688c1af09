/** JavaScript in QuickJS: slow, but every step of it is counted, so a limit falls at the same step on every machine. */
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';
import { COUNTER_EXPORT } from '../../wasm-toolchains/inspect/meter.ts';
import type { Limits, Runnable, StepsProgram } from '../contract.ts';
import type { Fresh } from '../hosting/protocol.ts';
import { createRandom } from '../hosting/realm/random.ts';
import type { Guest, Step } from '../hosting/realm/serve.ts';
import { PRELUDE } from './prelude.ts';
import { decode, encode } from './values.ts';

/** Counted operations of the interpreter that make one step: about one pass of a small loop. */
export const OPERATIONS_PER_STEP = 1500;
const PAGE = 65_536;
/** What the interpreter itself needs. */
const LEAST_PAGES = 256;

interface Engine {
  readonly quickjs: QuickJSWASMModule;
  readonly counter: WebAssembly.Global;
  readonly memory: WebAssembly.Memory;
}

interface Living {
  readonly context: QuickJSContext;
  readonly line: QuickJSHandle;
}

export function createQuickjsGuest(): Guest {
  const random = createRandom();
  let module: WebAssembly.Module | null = null;
  let engine: Engine | null = null;
  let program: StepsProgram | null = null;
  let size = 0;
  let limits: Limits | null = null;
  let living: Living | null = null;
  /** Whether the engine has run anything. */
  let ranBefore = false;
  let last: Fresh = { parameters: [], seed: 0, entry: null };

  async function start(megabytes: number): Promise<Engine> {
    if (module === null) throw new Error('the interpreter is missing');
    const maximum = Math.max(LEAST_PAGES, Math.floor((megabytes * 1_048_576) / PAGE));
    const memory = new WebAssembly.Memory({ initial: LEAST_PAGES, maximum });
    // The interpreter's wrapper keeps its exports to itself; the counter is among them.
    const real = WebAssembly.instantiate;
    let counter: WebAssembly.Global | null = null;
    const watching = async (...given: [WebAssembly.Module, WebAssembly.Imports]) => {
      const instance = await real(...given);
      counter = instance.exports[COUNTER_EXPORT] as WebAssembly.Global;
      return instance;
    };
    WebAssembly.instantiate = watching as unknown as typeof WebAssembly.instantiate;
    try {
      const quickjs = await newQuickJSWASMModuleFromVariant(
        newVariant(variant, { wasmModule: module, wasmMemory: memory }),
      );
      if (counter === null) throw new Error('the interpreter is not counted');
      return { quickjs, counter, memory };
    } finally {
      WebAssembly.instantiate = real;
    }
  }

  /** Runs what may use up its steps; what breaks the interpreter costs it its life. */
  function spend(of: Engine, bounds: Limits, work: () => Step | string): Step {
    const budget =
      BigInt(Math.floor(Math.min(bounds.fuel, Number.MAX_SAFE_INTEGER / OPERATIONS_PER_STEP))) *
      BigInt(OPERATIONS_PER_STEP);
    of.counter.value = budget;
    const used = (): number =>
      Math.min(bounds.fuel, Math.ceil(Number(budget - (of.counter.value as bigint)) / OPERATIONS_PER_STEP));
    try {
      const given = work();
      if (typeof given !== 'string') return { ...given, fuel: used() };
      return { ...read(given, bounds), fuel: used() };
    } catch (thrown) {
      const fuel = used();
      const spent = (of.counter.value as bigint) < 0n;
      engine = null;
      living = null;
      if (spent) return { status: 'timeout', reason: 'out of fuel', fuel };
      if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) {
        return { status: 'failed', reason: 'RangeError: calls nested too deep', fuel };
      }
      const full = of.memory.buffer.byteLength > bounds.megabytes * 1_048_576 - 2 * PAGE;
      if (full) return { status: 'out-of-memory', reason: `asked for more than ${bounds.megabytes} MB`, fuel };
      return { status: 'failed', reason: `the interpreter stopped: ${String(thrown).slice(0, 200)}`, fuel };
    }
  }

  async function begin(fresh: Fresh): Promise<Step> {
    if (program === null || limits === null) return { status: 'build', reason: 'no program was loaded', fuel: 0 };
    last = fresh;
    living = null;
    engine ??= await start(limits.megabytes);
    ranBefore = true;
    const of = engine;
    const bounds = limits;
    const { modules, entry } = program;
    random.reseed(fresh.seed, 0);
    of.counter.value = 1_000_000_000_000n;
    let fault: string | null = null;
    let context: QuickJSContext;
    let line: QuickJSHandle;
    try {
      const runtime = of.quickjs.newRuntime({ maxStackSizeBytes: 256 * 1024 });
      context = runtime.newContext();
      context
        .newFunction('random', () => context.newNumber(random.next()))
        .consume((own) => context.setProp(context.global, '__random', own));
      line = context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js'));
      for (const [path, text] of Object.entries(modules)) {
        const made = context.evalCode(`(function (exports, module, require, $p, $fuel) {${text}\n})`, path, {
          strict: true,
        });
        if (made.error) {
          fault ??= `${path}: ${messageOf(context, made.error)}`;
          continue;
        }
        send(context, line, 'define', context.newString(path), made.value);
      }
    } catch (thrown) {
      engine = null;
      return {
        status: 'out-of-memory',
        reason: `asked for more than ${bounds.megabytes} MB: ${String(thrown).slice(0, 100)}`,
        fuel: 0,
      };
    }
    if (fault !== null && fresh.entry === null) return { status: 'build', reason: fault, fuel: 0 };
    const made: Living = { context, line };
    const step = spend(of, bounds, () =>
      send(context, line, 'load', context.newString(JSON.stringify(encode([fresh.entry ?? entry, fresh.parameters])))),
    );
    if (step.status === 'ok') living = made;
    return step;
  }

  return {
    equip({ modules }) {
      module = modules['quickjs'] ?? null;
    },
    async load(given: Runnable, bounds) {
      if (given.kind !== 'steps') return `${given.kind} programs do not run here`;
      program = given;
      limits = bounds;
      size = Object.values(given.modules).reduce((sum, text) => sum + text.length, 0);
      engine = null;
      living = null;
      engine = await start(bounds.megabytes);
      ranBefore = false;
      return null;
    },
    fresh(state) {
      // In an interpreter that has run before, the same program takes other steps: its memory lies otherwise.
      if (ranBefore) engine = null;
      return begin(state);
    },
    async call(name, args) {
      let fuel = 0;
      if (living === null) {
        const step = await begin(last);
        if (step.status !== 'ok') return step;
        fuel = step.fuel;
      }
      if (engine === null || limits === null || living === null)
        return { status: 'failed', reason: 'nothing was loaded', fuel };
      const { context, line } = living as Living;
      const bounds = limits;
      if (name === '$facts')
        return { status: 'ok', value: { memory: (engine as Engine).memory.buffer.byteLength, size }, fuel };
      const text = JSON.stringify(encode([name, args]));
      const step = spend(engine, bounds, (): Step | string => {
        const given = send(context, line, 'call', context.newString(text));
        if (given !== '') return given;
        const pending = context.runtime.executePendingJobs();
        pending.dispose();
        const settled = send(context, line, 'outcome');
        return settled === '' ? { status: 'failed', reason: 'what it returned never settles', fuel: 0 } : settled;
      });
      return { ...step, fuel: fuel + step.fuel };
    },
  };
}

/** Calls a function of the line; both sides are texts, JSON where they may hold anything: a text ends at a zero. */
function send(context: QuickJSContext, line: QuickJSHandle, name: string, ...args: QuickJSHandle[]): string {
  const target = context.getProp(line, name);
  try {
    const result = context.callFunction(target, context.undefined, ...args);
    if (result.error) {
      const reason = messageOf(context, result.error);
      return JSON.stringify(['failed', reason]);
    }
    const text = context.typeof(result.value) === 'string' ? context.getString(result.value) : '';
    result.value.dispose();
    return text;
  } finally {
    target.dispose();
    for (const arg of args) arg.dispose();
  }
}

function messageOf(context: QuickJSContext, error: QuickJSHandle): string {
  const shown: unknown = context.dump(error);
  error.dispose();
  if (typeof shown !== 'object' || shown === null) return String(shown).slice(0, 300);
  const { name, message } = shown as { name?: unknown; message?: unknown };
  return `${String(name ?? 'Error')}: ${String(message ?? '')}`.slice(0, 300);
}

function read(text: string, bounds: Limits): Step {
  if (text.length > bounds.outputBytes)
    return { status: 'failed', reason: 'what it returned is larger than the output limit', fuel: 0 };
  const [status, value] = JSON.parse(text) as [string, unknown];
  if (status === 'ok') return { status: 'ok', value: decode(value), fuel: 0 };
  const reason = String(value);
  if (/^InternalError: out of memory/.test(reason))
    return { status: 'out-of-memory', reason: `asked for more than ${bounds.megabytes} MB`, fuel: 0 };
  return { status: 'failed', reason: reason.slice(0, 500), fuel: 0 };
}
