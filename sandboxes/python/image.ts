/**
 * Makes the frozen interpreter: opens CPython's module up, lets it start once with our bootstrap until it waits, and writes a module that begins there. It
 * takes about a second, once a page or process; an instance of the result is ready at once.
 */
import { BOOTSTRAP } from './bootstrap.ts';
import { counterOf } from './counter.ts';
import { freeze, MEMORY_IMPORT, openUp, PAGE, STACK_EXPORT } from './image-module.ts';
import type { Frozen } from './interpreter.ts';
import { createWasiHost } from './wasi-host.ts';

export interface PythonImage {
  readonly frozen: Frozen;
  readonly wasm: Uint8Array<ArrayBuffer>;
}

class Waiting extends Error {}

/** Where CPython keeps the entry point of a Python function: `PyFunctionObject.vectorcall` of 3.11 on 32 bits. */
const VECTORCALL = 60;

/** `meter` writes the work counter into a module; without it endless loops end by the clock alone. Throws where the module is not as expected. */
export async function createImage(
  cpython: Uint8Array<ArrayBuffer>,
  meter: ((wasm: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) | null,
): Promise<PythonImage> {
  const stripped = openUp(cpython);
  const opened = meter === null ? stripped.wasm : meter(stripped.wasm);
  const module = await WebAssembly.compile(opened);
  let told = '';
  const host = createWasiHost(
    {
      read: () => new Uint8Array(0),
      write([span]) {
        if (span === undefined) return;
        told = new TextDecoder().decode(new Uint8Array(memory.buffer).slice(span[0], span[0] + span[1]));
        host.stopAtClock(waiting);
      },
    },
    ['python', '-S', '-s', '-B', '-c', BOOTSTRAP],
    ['PYTHONHOME=/usr/local', 'PYTHONHASHSEED=0', 'PYTHONUTF8=1'],
  );
  const memory = new WebAssembly.Memory({ initial: stripped.pages, maximum: 65536 });
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: host.imports,
    [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory },
  });
  host.attach(memory);
  counterOf(instance.exports)?.arm(Number.MAX_SAFE_INTEGER);
  let complaint = '';
  host.setStreams({
    input: new Uint8Array(0),
    output: () => {},
    error: (bytes) => void (complaint += new TextDecoder().decode(bytes)),
  });
  const waiting = new Waiting('waits');
  try {
    (instance.exports['_start'] as () => void)();
    throw new Error('it ended');
  } catch (thrown) {
    if (thrown !== waiting) {
      const reason = thrown instanceof Error ? thrown.message : 'unknown reason';
      throw new Error(`Python did not start: ${reason} ${complaint}`.trim(), { cause: thrown });
    }
  }
  if (!host.settled()) throw new Error('Python started with files left open');
  const [serve, other, version] = JSON.parse(told) as [number, number, string];
  const view = new DataView(memory.buffer);
  const entry = view.getUint32(serve + VECTORCALL, true);
  if (entry === 0 || entry !== view.getUint32(other + VECTORCALL, true))
    throw new Error('this is not the CPython it should be');
  const stack = (instance.exports[STACK_EXPORT] as WebAssembly.Global).value as number;
  return {
    frozen: {
      pages: memory.buffer.byteLength / PAGE,
      constant: stripped.constant,
      serve,
      entry,
      version,
      metered: counterOf(instance.exports) !== null,
    },
    wasm: freeze(opened, new Uint8Array(memory.buffer), stack),
  };
}
