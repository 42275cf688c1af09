/** Starts one CPython of Pyodide's for all of them: that takes seconds. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../sandboxes/hosting/host.ts';
import { createNodeHost } from '../../sandboxes/hosting/node/host.ts';
import { connectJail } from '../../sandboxes/hosting/node/jail.ts';
import { loadNodeRealm } from '../../sandboxes/hosting/node/realms.ts';
import { usePackages } from '../../sandboxes/pyodide/packages-node.ts';
import { createPackages } from '../../sandboxes/pyodide/packages.ts';
import { needing } from '../needing.ts';
import { memberContract, memberHostile } from './member-suites.ts';
import { ask, memberOptions, pyodide } from './members.ts';
import { type Place, PLAIN_EVALUATOR, REQUEST, told } from './trial.ts';
import { memberPackages } from './pyodide-suite.ts';
import { lockOf, wheel } from './wheel.ts';

const place: Place = {
  name: 'Node',
  create: (options) => Promise.resolve(createNodeHost(options)),
  dispose: () => {},
};

memberContract(place, pyodide);
memberHostile(place, pyodide);
memberPackages('Node', (options, packages) =>
  Promise.resolve(createHost(connectJail, options, { loadRealm: loadNodeRealm, packages })),
);

it('keeps no process up once its image is made', () => {
  const runtime = new URL('../../sandboxes/pyodide/runtime-node.ts', import.meta.url).href;
  const script = `const { nodePyodide } = await import(${JSON.stringify(runtime)}); await nodePyodide.load();`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    timeout: 100_000,
    encoding: 'utf8',
  });
  expect(ended).toMatchObject({ status: 0, signal: null, stderr: '' });
}, 120_000);

/** Called `numpy`, so that its arrays are taken for such; it has an extension of none, and leaves a trace of being loaded. */
const NUMPY = `import builtins
loaded = getattr(builtins, "times", 0) + 1
class ndarray:
    def __init__(self, values): self.values = values
    def tolist(self): return self.values
ndarray.__module__ = "numpy"
def arange(n): return ndarray(list(range(n)))
`;

describe('pyodide in Node: packages', () => {
  const bytes = wheel({
    'numpy/__init__.py': NUMPY,
    'numpy/fft.py': 'def twice(x): return 2 * x\n',
    'numpy/data.txt': 'hi',
  });
  const packages = createPackages({
    lock: () => lockOf({ numpy: [bytes, []] }),
    base: () => Promise.resolve('http://here.test/'),
    fetch: () => Promise.resolve(new Response(bytes)),
    shelf: null,
  });

  it('are there for whoever imports them, the same for each, and their arrays are data', async () => {
    const host = createHost(connectJail, memberOptions(pyodide, PLAIN_EVALUATOR, {}, 1), {
      loadRealm: loadNodeRealm,
      packages: () => Promise.resolve(packages),
    });
    const text = `import numpy, os
from numpy.fft import twice
seen = getattr(numpy, "trace", 0)
numpy.trace = 1
def f(x):
    place = os.path.join(os.path.dirname(numpy.__file__), "data.txt")
    try:
        open(place, "w").write("x")
    except OSError: pass
    return {"a": [numpy.arange(x)], "b": twice(4), "seen": seen, "data": open(place).read()}`;
    const value = { a: [[0, 1, 2]], b: 8, seen: 0, data: 'hi' };
    const outcomes = await ask(host, pyodide, text, [{}, {}]);
    expect(outcomes.map(told)).toMatchObject([{ value }, { value }]);
    expect(told((await ask(host, pyodide, 'def f(x): return 2 * x'))[0]!)).toMatchObject({ value: 6 });
    expect(told((await ask(host, pyodide, 'import scipy\ndef f(x): return x'))[0]!)).toMatchObject({
      status: 'crashed',
      reason: expect.stringMatching(/No module named 'scipy'/) as string,
    });
    host.close();
  });

  it('do without JavaScript: a program finds no way to it, whatever it opens', async () => {
    const host = createNodeHost(memberOptions(pyodide, PLAIN_EVALUATOR, {}, 1));
    const text = `import importlib, _imp, ctypes, sys, gc
def tries():
    yield lambda: importlib.import_module("js")
    yield lambda: importlib.import_module("pyodide.code")
    yield lambda: importlib.import_module("_pyodide_core")
    yield lambda: _imp.create_builtin(importlib.machinery.ModuleSpec("_pyodide_core", None))
    yield lambda: next(one for one in gc.get_objects() if type(one).__name__.startswith("Js"))
    yield lambda: next(name for name in sys.modules if "pyodide" in name)
def f(x):
    found = []
    for number, one in enumerate(tries()):
        try: found.append(str(one()) or number)
        except (ImportError, SystemError, StopIteration): pass
    return found`;
    expect(told((await ask(host, pyodide, text))[0]!)).toMatchObject({ status: 'scored', value: [] });
    for (const name of ['emscripten_run_script', 'emscripten_asm_const_int', 'raw_call_js', 'hiwire_invalid_ref_js']) {
      const call = `import ctypes\ndef f(x): return ctypes.CDLL(None).${name}(b"1", b"1", b"1")`;
      expect(told((await ask(host, pyodide, call))[0]!).status).toBe('crashed');
    }
    host.close();
  });

  it('runs a program that has a main, with input and output', async () => {
    const evaluator = `export async function evaluate(candidate) {
      return { fitness: 1, correct: true, artifacts: { value: await candidate.run('2 3\\n', ['a']) } }; }`;
    const host = createNodeHost(memberOptions(pyodide, evaluator, {}, 1));
    const text =
      'import sys\nif __name__ == "__main__":\n    print(sum(map(int, input().split())), sys.argv[1])\n    print("no", file=sys.stderr)\n    sys.exit(4)';
    expect(told((await ask(host, pyodide, text, [{ ...REQUEST }]))[0]!)).toMatchObject({
      value: { output: '5 a\n', error: 'no\n', exit: 4 },
    });
    host.close();
  });
});

/** Against the place where packages are published: GENESIS_LIVE_PACKAGES=1 npx vitest run tests/sandboxes/pyodide.test.ts */
const live = needing(
  process.env['GENESIS_LIVE_PACKAGES'] === '1' ? null : 'needs GENESIS_LIVE_PACKAGES=1 and the network',
);

describe('numpy as it is published', () => {
  live(
    'multiplies matrices',
    async () => {
      usePackages(true);
      const host = createNodeHost(memberOptions(pyodide, PLAIN_EVALUATOR, { megabytes: 256, fuel: 1e9 }, 1));
      const text = 'import numpy as np\ndef f(x): return np.arange(4.0).reshape(2, 2) @ np.eye(2) * x';
      expect(told((await ask(host, pyodide, text))[0]!)).toMatchObject({
        status: 'scored',
        value: [
          [0, 3],
          [6, 9],
        ],
      });
      host.close();
    },
    180_000,
  );
});
