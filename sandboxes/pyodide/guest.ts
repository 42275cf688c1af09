/** Python candidates in Pyodide's CPython: one interpreter a realm, packages unpacked before the first candidate is met. */
import type { Limits, PyodideProgram, Wheel } from '../contract.ts';
import type { Equipment, Fresh } from '../hosting/protocol.ts';
import type { lockDown } from '../hosting/realm/lock-down.ts';
import { createRandom } from '../hosting/realm/random.ts';
import type { Guest, Step } from '../hosting/realm/serve.ts';
import { type Answer, createAnswerReader } from '../python/answers.ts';
import { PROGRAM_PATH } from '../python/bootstrap.ts';
import { createSink } from '../python/sink.ts';
import { encodeValue } from '../python/values.ts';
import { LIBRARIES_PATH, PACKAGES_PATH } from './bootstrap.ts';
import { type Engine, type EngineParts, type Image, startEngine, type State, type Streams } from './engine.ts';

/** Names of what the host hands over. */
export const PYODIDE_MODULE = 'pyodide';
export interface PyodideData {
  readonly library: Uint8Array<ArrayBuffer>;
  readonly image: Image;
  /** Packages that every candidate is expected to import. */
  readonly wheels?: readonly Wheel[];
}

/** Counted operations of the interpreter that make one unit of fuel: about one pass of a loop with a little arithmetic in it. */
export const OPERATIONS_PER_FUEL = 3000;

const START: Fresh = { parameters: [], seed: 0, entry: null };

/** `close` takes from the realm what leads out of it, once the interpreter has been started. */
export function createPyodideGuest(close: (random: () => number) => ReturnType<typeof lockDown> | null): Guest {
  const random = createRandom();
  const readAnswer = createAnswerReader();
  const encoder = new TextEncoder();
  let parts: EngineParts | null = null;
  let ahead: readonly Wheel[] = [];
  let engine: Engine | null = null;
  let program: PyodideProgram | null = null;
  let limits: Limits = { milliseconds: 0, megabytes: 64, outputBytes: 1_000_000, messages: 0, fuel: 1_000_000 };
  let loaded: State | null = null;
  let buildError: string | null = 'no program was loaded';
  /** Whether code of the program ran since the interpreter was last as loaded. */
  let touched = false;
  let main = false;
  let highest = 0;
  let size = 0;
  let last: Fresh = START;

  function ask(command: string, streams: Streams | null = null): Answer {
    const on = engine as Engine;
    const budget = Math.min(limits.fuel * OPERATIONS_PER_FUEL, Number.MAX_SAFE_INTEGER);
    on.setStreams(streams);
    on.arm(budget);
    let answer: Uint8Array | null = null;
    let broken: string | null = null;
    try {
      answer = on.ask(encoder.encode(command));
    } catch (thrown) {
      broken = thrown instanceof Error ? thrown.message : 'the interpreter broke';
    }
    const left = on.left();
    on.arm(Number.MAX_SAFE_INTEGER);
    highest = Math.max(highest, on.bytes());
    if (broken !== null || answer === null) main = false;
    if (left < 0) return { status: 'timeout', reason: 'out of fuel', fuel: limits.fuel };
    const fuel = Math.ceil((budget - left) / OPERATIONS_PER_FUEL);
    if (broken !== null) {
      const reason = /call stack/i.test(broken)
        ? 'RecursionError: calls nested too deep'
        : `the interpreter ended: ${broken.slice(0, 200)}`;
      return { status: 'failed', reason, fuel };
    }
    if (answer === null) return { status: 'out-of-memory', reason: `asked for more than ${limits.megabytes} MB`, fuel };
    return readAnswer(answer, limits, fuel);
  }

  /** Unpacks packages and imports them; the clock of no candidate runs. */
  function install(on: Engine, wheels: readonly Wheel[]): string | null {
    if (wheels.length === 0) return null;
    const archives = wheels.map(({ file, kind }) => [`/${file}`, kind === 'library' ? LIBRARIES_PATH : PACKAGES_PATH]);
    for (const { file, bytes } of wheels) on.writeFile(`/${file}`, bytes);
    const answer = on.ask(encoder.encode(`["install",${JSON.stringify(archives)}]`));
    if (answer === null) return `${wheels.map(({ name }) => name).join(', ')} could not be unpacked`;
    on.ask(encoder.encode(`["prepare",${JSON.stringify(wheels.flatMap(({ imports }) => imports))}]`));
    return null;
  }

  async function start(): Promise<Engine> {
    if (parts === null) throw new Error('Pyodide was not handed over');
    const started = await startEngine(parts);
    random.reseed(0, 0);
    const missing = install(started, ahead);
    if (missing !== null) throw new Error(missing);
    return started;
  }

  async function take(given: PyodideProgram): Promise<string | null> {
    engine ??= await start();
    const on = engine;
    const known = new Set(ahead.map(({ file }) => file));
    const missing = install(
      on,
      given.wheels.filter(({ file }) => !known.has(file)),
    );
    if (missing !== null) return missing;
    for (const [path, text] of Object.entries(given.files))
      on.writeFile(`${PROGRAM_PATH}/${path}`, encoder.encode(text));
    on.seal(limits.megabytes * 1_048_576);
    const sources = Object.fromEntries(Object.entries(given.files).filter(([path]) => path.endsWith('.py')));
    const answer = ask(`["load",${JSON.stringify(sources)},${JSON.stringify(given.entry)},[],${limits.outputBytes}]`);
    loaded = on.save();
    touched = main = false;
    return answer.status === 'ok' ? null : answer.reason;
  }

  /** The interpreter as it was when the program had been loaded. */
  async function restore(): Promise<void> {
    if (!touched || loaded === null || program === null) return;
    if (engine?.restore(loaded) !== true) {
      engine = null;
      buildError = await take(program);
    }
    touched = main = false;
  }

  async function fresh(state: Fresh): Promise<Step> {
    if (buildError !== null && (loaded === null || state.entry === null))
      return { status: 'build', reason: buildError, fuel: 0 };
    await restore();
    random.reseed(state.seed, 0);
    touched = true;
    last = state;
    const answer = ask(
      `["fresh",${encodeValue(state.parameters)},${encodeValue(state.seed)},${JSON.stringify(state.entry)},null]`,
    );
    main = answer.status === 'ok';
    return answer;
  }

  async function run(args: readonly unknown[]): Promise<Step> {
    const [input = '', list = []] = args;
    const bytes = typeof input === 'string' ? encoder.encode(input) : input;
    if (!(bytes instanceof Uint8Array) || !Array.isArray(list) || !list.every((word) => typeof word === 'string')) {
      return { status: 'failed', reason: 'run takes text or bytes, and a list of texts', fuel: 0 };
    }
    if (buildError !== null) return { status: 'build', reason: buildError, fuel: 0 };
    await restore();
    random.reseed(last.seed, 0);
    touched = true;
    main = false;
    const output = createSink(limits.outputBytes);
    const error = createSink(limits.outputBytes);
    const command = `["run",${JSON.stringify(list)},${encodeValue(last.parameters)},${encodeValue(last.seed)}]`;
    const answer = ask(command, { input: bytes, output: output.byte, error: error.byte });
    if (answer.status !== 'ok') return answer;
    const exit = typeof answer.value === 'number' ? answer.value : 1;
    return { ...answer, value: { output: output.text(), error: error.text(), exit } };
  }

  async function again(name: string, args: readonly unknown[]): Promise<Step> {
    const step = await fresh(last);
    if (step.status === 'failed') return { ...step, reason: `while it was loaded: ${step.reason}` };
    return step.status === 'ok' ? call(name, args) : step;
  }

  function call(name: string, args: readonly unknown[]): Step {
    return ask(`["call",${JSON.stringify(name)},${encodeValue(args)}]`);
  }

  return {
    async equip({ modules, data }: Equipment) {
      const module = modules[PYODIDE_MODULE];
      const { library, image, wheels = [] } = data as unknown as PyodideData;
      if (module === undefined || library === undefined || image === undefined)
        throw new Error('Pyodide was not handed over');
      // What came over a process's channel lies anywhere in a buffer: its words could not be compared.
      const memory = { ...image.memory, data: new Uint8Array(image.memory.data) };
      parts = { module, library, image: { ...image, memory }, random: random.next };
      ahead = wheels;
      close(random.next);
      engine = await start();
    },
    async load(given, its) {
      if (given.kind !== 'pyodide') return `${given.kind} programs do not run here`;
      limits = its;
      program = given;
      size = Object.values(given.files).reduce((sum, text) => sum + text.length, 0);
      // Another program was here: nothing of it may be left.
      if (loaded !== null) engine = loaded = null;
      highest = 0;
      return (buildError = await take(given));
    },
    fresh,
    call(name, args) {
      if (name === '$run') return run(args);
      if (name === '$facts') return { status: 'ok', value: { memory: highest, size }, fuel: 0 };
      return main ? call(name, args) : again(name, args);
    },
  };
}
