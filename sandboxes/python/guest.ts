/** Python candidates: one interpreter a realm, started from its frozen image. */
import type { Limits } from '../contract.ts';
import { createRandom } from '../hosting/realm/random.ts';
import type { Guest, Step } from '../hosting/realm/serve.ts';
import { createInterpreter, type Frozen, type Interpreter } from './interpreter.ts';

/** Name of the frozen interpreter among a realm's modules, and of what goes with it among its data. */
export const PYTHON_MODULE = 'python';
export const PYTHON_DATA = 'frozen';

/** Megabytes that a realm is made ready for before its program is known. */
const USUAL_MEGABYTES = 64;

export function createPythonGuest(): Guest {
  let interpreter: Interpreter | null = null;
  let size = 0;

  const broken = (reason: string): Step => ({ status: 'failed', reason, fuel: 0 });

  return {
    equip({ modules, data }) {
      const module = modules[PYTHON_MODULE];
      const frozen = data[PYTHON_DATA] as Frozen | undefined;
      if (module === undefined || frozen === undefined) throw new Error('Python was not handed over');
      interpreter = createInterpreter({ frozen, module, random: createRandom() });
      const megabytes = data['megabytes'];
      interpreter.warm(typeof megabytes === 'number' ? megabytes : USUAL_MEGABYTES);
    },
    load(program, limits: Limits) {
      if (program.kind !== 'python') return `${program.kind} programs do not run here`;
      if (interpreter === null) return 'Python was not handed over';
      size = Object.values(program.files).reduce((sum, text) => sum + text.length, 0);
      return interpreter.load(program, limits);
    },
    fresh: (state) => interpreter?.fresh(state) ?? broken('Python was not handed over'),
    call(name, args) {
      if (interpreter === null) return broken('Python was not handed over');
      if (name === '$run') return run(interpreter, args);
      if (name === '$facts') return { status: 'ok', value: { memory: interpreter.memoryUsed(), size }, fuel: 0 };
      return interpreter.call(name, args);
    },
  };
}

/** `$run(input, args)`: the entry as a script. */
function run(interpreter: Interpreter, args: readonly unknown[]): Step {
  const [input = '', list = []] = args;
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  if (!(bytes instanceof Uint8Array) || !Array.isArray(list) || !list.every((word) => typeof word === 'string')) {
    return { status: 'failed', reason: 'run takes text or bytes, and a list of texts', fuel: 0 };
  }
  return interpreter.run(bytes, list as string[]);
}
