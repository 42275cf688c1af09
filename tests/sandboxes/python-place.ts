/** A frozen CPython for the tests of this process, and short words for asking it. */
import wabt from 'wabt';
import type { PythonImage } from '../../sandboxes/python/image.ts';
import { type Answer, createInterpreter, type Interpreter } from '../../sandboxes/python/interpreter.ts';
import { nodePython } from '../../sandboxes/python/runtime-node.ts';
import { createRandom } from '../../sandboxes/hosting/realm/random.ts';

let image: Promise<{ readonly image: PythonImage; readonly module: WebAssembly.Module }> | null = null;

export function frozenPython(): Promise<{ readonly image: PythonImage; readonly module: WebAssembly.Module }> {
  image ??= (async () => {
    const made = await nodePython.load();
    return { image: made, module: await WebAssembly.compile(made.wasm) };
  })();
  return image;
}

export const LIMITS = { megabytes: 32, outputBytes: 100_000, fuel: 1_000_000 };
export const START = { parameters: [], seed: 1, entry: null };

export async function newInterpreter(): Promise<Interpreter> {
  const { image, module } = await frozenPython();
  return createInterpreter({ frozen: image.frozen, module, random: createRandom() });
}

export interface Loaded {
  readonly interpreter: Interpreter;
  readonly reason: string | null;
  call(name: string, ...args: unknown[]): Answer;
}

/** A program given as the text of `main.py`, or as files; its module state is made. */
export async function loaded(
  program: string | Record<string, string>,
  kernels: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {},
  limits: Partial<typeof LIMITS> = {},
): Promise<Loaded> {
  const interpreter = await newInterpreter();
  const files = typeof program === 'string' ? { 'main.py': program } : program;
  const reason = interpreter.load({ files, entry: 'main.py', kernels }, { ...LIMITS, ...limits });
  interpreter.fresh(START);
  return { interpreter, reason, call: (name, ...args) => interpreter.call(name, args) };
}

export async function fromText(wat: string): Promise<Uint8Array<ArrayBuffer>> {
  const { parseWat } = await wabt();
  const module = parseWat('kernel.wat', wat);
  return new Uint8Array(module.toBinary({}).buffer);
}
