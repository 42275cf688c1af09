/** Makes a frozen CPython in a worker of the page and asks it; posts what came of it. */
import { createRandom } from '../../../sandboxes/hosting/realm/random.ts';
import { createInterpreter } from '../../../sandboxes/python/interpreter.ts';
import { pagePython } from '../../../sandboxes/python/runtime-page.ts';

const PROGRAM = 'import random\nn = 0\ndef f(x):\n    global n\n    n += 1\n    return [x * 2, n, random.random()]';
const LIMITS = { megabytes: 32, outputBytes: 10_000, fuel: 1_000_000 };
const START = { parameters: [], seed: 1, entry: null };

async function work(): Promise<unknown> {
  const times: Record<string, number> = {};
  let last = performance.now();
  const lap = (name: string): void => {
    times[name] = performance.now() - last;
    last = performance.now();
  };
  const steps: string[] = [];
  const image = await pagePython.load(({ step, loaded, total }) => {
    if (steps.at(-1) !== step) steps.push(step);
    if (loaded === total && loaded !== null) steps.push(`${loaded}`);
  });
  lap('image');
  const module = await WebAssembly.compile(image.wasm);
  lap('compile');
  const answers: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const interpreter = createInterpreter({
      frozen: image.frozen,
      module,

      random: createRandom(),
    });
    interpreter.warm(LIMITS.megabytes);
    lap(`warm ${i}`);
    answers.push(interpreter.load({ files: { 'main.py': PROGRAM }, entry: 'main.py', kernels: {} }, LIMITS));
    interpreter.fresh(START);
    answers.push(interpreter.call('f', [i]));
    lap(`first ${i}`);
    interpreter.fresh(START);
    answers.push(interpreter.call('f', [i]));
    lap(`fresh ${i}`);
    for (let k = 0; k < 1000; k++) interpreter.call('f', [k]);
    lap(`thousand ${i}`);
  }
  return { steps, answers, times, version: image.frozen.version };
}

work().then(
  (done) => postMessage(done),
  (error: unknown) => postMessage({ error: String(error) }),
);
