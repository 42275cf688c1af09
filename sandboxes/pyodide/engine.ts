/**
 * One CPython of Pyodide's, without Pyodide's bridge between Python and JavaScript: it is asked one thing at a time through C, as bytes, and can ask
 * nothing back. What it is lies in its memory and in what of Emscripten's library serves its files, so a copy of the memory brings it back to where it was.
 */
import createModule, { type Glue } from 'pyodide/pyodide.asm.mjs';
import { COUNTER_EXPORT } from '../../wasm-toolchains/inspect/meter.ts';
import { PROGRAM_PATH } from '../python/bootstrap.ts';
import { BOOTSTRAP, LIBRARIES_PATH, LIBRARY_PATH, PACKAGES_PATH } from './bootstrap.ts';
import { closeImports } from './imports.ts';
import { layOut, type Pages, pagesOf } from './pages.ts';

/** An interpreter that has run the bootstrap and waits. */
export interface Image {
  readonly memory: Pages;
  /** Address of the function that answers. */
  readonly serve: number;
  readonly stack: number;
  readonly version: string;
}

export interface EngineParts {
  /** Pyodide's module, metered. */
  readonly module: WebAssembly.Module;
  /** Python's library: `python_stdlib.zip`. */
  readonly library: Uint8Array<ArrayBuffer>;
  /** null: it starts from the beginning, which takes seconds. */
  readonly image: Image | null;
  /** Chance: numbers in [0, 1). */
  readonly random: () => number;
}

export interface Streams {
  readonly input: Uint8Array;
  readonly output: (byte: number) => void;
  readonly error: (byte: number) => void;
}

export interface State {
  /** Where it is not as in the image. */
  readonly memory: Pages;
  readonly stack: number;
  readonly libraries: number;
}

export interface Engine {
  readonly image: Image;
  /** The answer to one command; null where the interpreter has none. Throws what breaks it. */
  ask(command: Uint8Array): Uint8Array | null;
  /** Operations that it may do from now on, and what is left of them: less than zero once it was stopped for it. */
  arm(operations: number): void;
  left(): number;
  setStreams(streams: Streams | null): void;
  writeFile(path: string, data: Uint8Array): void;
  /** From now on no file can be written, and the memory has at most so many bytes beyond the image's. */
  seal(bytes: number): void;
  bytes(): number;
  save(): State;
  /** Whether it could be brought back; not where modules of packages were loaded since. */
  restore(state: State): boolean;
}

/** Said to Emscripten, so that it looks for no Node and no page. */
const SHELL = { IN_SHELL: true, IN_NODE: false, IN_BROWSER: false };
/** Where this is said Pyodide opens no channel for callbacks: nobody calls back where an image is made, and Node would wait for ever. */
const WITHOUT_CALLBACKS = { ...SHELL, IN_SAFARI: true };
const ENVIRONMENT = {
  HOME: PROGRAM_PATH,
  PWD: PROGRAM_PATH,
  LANG: 'C.UTF-8',
  USER: 'x',
  LOGNAME: 'x',
  PATH: '/',
  _: 'python',
};

/** Rejects where the interpreter does not start. */
export async function startEngine({ module, library, image, random }: EngineParts): Promise<Engine> {
  let streams: Streams | null = null;
  let taken = 0;
  let sealed = false;
  let most = 4_294_901_760;
  let instance: WebAssembly.Instance | null = null;
  let said = '';
  const memory = (): WebAssembly.Memory => (instance as WebAssembly.Instance).exports['memory'] as WebAssembly.Memory;
  const hear = (byte: number): void => void (said = (said + String.fromCharCode(byte)).slice(-4000));
  let refuse: (reason: unknown) => void = () => {};
  const refused = new Promise<never>((_resolve, reject) => (refuse = reject));

  const made = createModule({
    API: { config: { jsglobals: {}, packages: [] }, runtimeEnv: image === null ? WITHOUT_CALLBACKS : SHELL },
    noInitialRun: image !== null,
    arguments: [],
    thisProgram: 'python',
    print: () => {},
    printErr: () => {},
    locateFile: (path) => path,
    preRun: [
      ({ FS, ENV }) => {
        FS.init(
          () => streams?.input[taken++] ?? null,
          (byte) => (image === null ? hear(byte) : streams?.output(byte)),
          (byte) => (image === null ? hear(byte) : streams?.error(byte)),
        );
        for (const folder of [PACKAGES_PATH, '/lib/python3.14/lib-dynload', LIBRARIES_PATH, PROGRAM_PATH])
          FS.mkdirTree(folder);
        FS.writeFile(LIBRARY_PATH, library);
        FS.chdir(PROGRAM_PATH);
        Object.assign(ENV, ENVIRONMENT, { LD_LIBRARY_PATH: LIBRARIES_PATH });
        Object.assign(ENV, { PYTHONINSPECT: '1', PYTHONHASHSEED: '0', PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' });
      },
    ],
    instantiateWasm(imports, receive) {
      closeImports(imports.env, {
        random,
        memory,
        writable: () => !sealed,
        most: () => most,
        grow: (bytes) => glue?.growMemory(Math.ceil(bytes / 65_536) * 65_536) === 1,
      });
      WebAssembly.instantiate(module, imports).then((ready) => receive((instance = ready), module), refuse);
      return {};
    },
  });
  let glue: Glue | null = null;
  glue = await Promise.race([made, refused]);
  const { FS } = glue;
  const counter = (instance as unknown as WebAssembly.Instance).exports[COUNTER_EXPORT] as WebAssembly.Global;
  const arm = (operations: number): void => {
    counter.value = BigInt(Math.floor(Math.min(operations, Number.MAX_SAFE_INTEGER)));
  };
  arm(Number.MAX_SAFE_INTEGER);

  if (image === null) image = begin(glue);
  else {
    if (image.memory.length > glue.HEAPU8.length) glue.growMemory(image.memory.length);
    layOut(image.memory, glue.HEAPU8);
    glue.stackRestore(image.stack);
  }
  const start = image;
  const streamsAtRest = FS.streams.length;

  function begin(of: Glue): Image {
    const text = new TextEncoder().encode(`${BOOTSTRAP}\0`);
    const pointer = of._malloc(text.length);
    of.HEAPU8.set(text, pointer);
    said = '';
    if (of._PyRun_SimpleString(pointer) !== 0) throw new Error(`Python did not start: ${said.trim().slice(-500)}`);
    of._free(pointer);
    const [serve, version] = JSON.parse(said) as [number, string];
    return { memory: pagesOf(of.HEAPU8, null), serve, stack: of.stackSave(), version };
  }

  return {
    image: start,
    ask(command) {
      const on = glue as Glue;
      const given = on._PyBytes_FromStringAndSize(0, command.length);
      if (given === 0) {
        on._PyErr_Clear();
        return null;
      }
      on.HEAPU8.set(command, on._PyBytes_AsString(given));
      const answer = on._PyObject_CallOneArg(start.serve, given);
      on._Py_DecRef(given);
      if (answer === 0) {
        on._PyErr_Clear();
        return null;
      }
      const at = on._PyBytes_AsString(answer);
      const bytes = at === 0 ? null : on.HEAPU8.slice(at, at + on._PyBytes_Size(answer));
      on._Py_DecRef(answer);
      return bytes;
    },
    arm,
    left: () => Number(counter.value),
    setStreams(next) {
      streams = next;
      taken = 0;
    },
    writeFile: (path, data) => FS.writeFile(path, data),
    seal(bytes) {
      sealed = true;
      most = start.memory.length + bytes;
    },
    bytes: () => memory().buffer.byteLength - start.memory.length,
    save: () => ({
      memory: pagesOf((glue as Glue).HEAPU8, start.memory),
      stack: (glue as Glue).stackSave(),
      libraries: Object.keys((glue as Glue).LDSO.loadedLibsByName).length,
    }),
    restore(state) {
      const on = glue as Glue;
      if (Object.keys(on.LDSO.loadedLibsByName).length !== state.libraries) return false;
      arm(Number.MAX_SAFE_INTEGER);
      on.HEAPU8.fill(0);
      layOut(start.memory, on.HEAPU8);
      layOut(state.memory, on.HEAPU8);
      on.stackRestore(state.stack);
      for (const stream of FS.streams.slice(streamsAtRest)) if (stream) FS.close(stream);
      FS.streams.length = streamsAtRest;
      FS.chdir(PROGRAM_PATH);
      return true;
    },
  };
}
