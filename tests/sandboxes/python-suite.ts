/** What a host must do whose candidates are Python programs, wherever it runs: the whole way from evaluator to interpreter and back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compile } from '../../wasm-toolchains/contract.ts';
import type {
  EvaluationHost,
  EvaluationOutcome,
  EvaluationRequest,
  Files,
  HostOptions,
} from '../../sandboxes/contract.ts';
import { options, PLAIN_EVALUATOR, type Place, REQUEST, told } from './trial.ts';

export function pythonOptions(evaluator = PLAIN_EVALUATOR, limits = {}, slots = 2): HostOptions {
  // Fuel decides, not the clock of a busy machine.
  return { ...options(evaluator, { milliseconds: 15_000, ...limits }, slots), sandbox: 'python' };
}

async function openProgram(host: EvaluationHost, program: string | Files) {
  const files = typeof program === 'string' ? { 'main.py': program } : program;
  return host.open({ language: 'python', files, entry: 'main.py' }, new AbortController().signal);
}

async function evaluate(
  host: EvaluationHost,
  program: string | Files,
  request: Partial<EvaluationRequest> = {},
): Promise<EvaluationOutcome> {
  const opened = await openProgram(host, program);
  if (opened.type === 'failed') return { ...opened, milliseconds: 0 };
  const [outcome] = await opened.session.evaluate([{ ...REQUEST, ...request }]);
  opened.session.close();
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

const GOOD = 'def f(x): return x + 1';

export function pythonSuite(place: Place): void {
  describe(`${place.name}: Python candidates`, () => {
    let host: EvaluationHost;
    beforeAll(async () => {
      host = await place.create(pythonOptions());
      await evaluate(host, GOOD);
    }, 60_000);
    afterAll(() => {
      host.close();
      place.dispose();
    });

    async function withHost<T>(
      evaluator: string,
      run: (own: EvaluationHost) => Promise<T>,
      limits = {},
      compile?: Compile,
    ): Promise<T> {
      const own = await place.create({ ...pythonOptions(evaluator, limits), ...(compile ? { compile } : {}) });
      try {
        return await run(own);
      } finally {
        own.close();
      }
    }

    it('scores a program', async () => {
      const outcome = await evaluate(host, 'def f(x): return x * 2');
      expect(outcome).toMatchObject({ type: 'scored', evaluation: { fitness: 6, correct: true } });
      if (outcome.type === 'scored') expect(outcome.evaluation.fuel).toBeGreaterThan(0);
    });

    it('tells of build errors with file, line and column, and of tracebacks', async () => {
      expect(told(await evaluate(host, 'x = 1\ndef f(x)\n    return 1'))).toMatchObject({
        status: 'build-failed',
        reason: expect.stringMatching(/^main\.py:2:9: SyntaxError: expected ':'/) as string,
      });
      expect(told(await evaluate(host, 'def f(x):\n    return x / 0'))).toMatchObject({
        status: 'crashed',
        reason: expect.stringMatching(
          /^ZeroDivisionError: division by zero\n[\s\S]*File "main\.py", line 2, in f/,
        ) as string,
      });
      expect(told(await evaluate(host, 'g = 1'))).toMatchObject({ reason: 'exports no function "f"' });
      expect(told(await evaluate(host, 'raise ValueError("early")'))).toMatchObject({
        reason: expect.stringMatching(/^while it was loaded: ValueError: early/) as string,
      });
      expect(told(await evaluate(host, { 'other.py': '' }))).toMatchObject({ status: 'build-failed' });
    });

    it('answers requests in order, each with its parameters, seed and module state made anew', async () => {
      const opened = await openProgram(
        host,
        'import random\nn = 0\ndef f(x):\n    global n\n    n += 1\n    return n * 100 + _p[0] + random.random()',
      );
      if (opened.type !== 'ok') throw new Error(opened.reason);
      const requests = Array.from({ length: 20 }, (_, i) => ({ parameters: [i], seed: i % 2, picture: false }));
      const first = (await opened.session.evaluate(requests)).map((one) => told(one).value as number);
      const again = (await opened.session.evaluate(requests)).map((one) => told(one).value as number);
      opened.session.close();
      expect(first.map(Math.floor)).toEqual(requests.map((_, i) => 100 + i));
      expect(again).toEqual(first);
      expect(new Set(first.map((value) => (value % 1).toFixed(6))).size).toBe(2);
    });

    it('takes many calls in one message, and counts their fuel the same each time', async () => {
      const evaluator = `export async function evaluate(candidate) {
        const values = await candidate.callMany('f', [[1], [2], [[3, 4]], [new Float64Array([0.5])]]);
        return { fitness: 1, correct: true, artifacts: { value: values } };
      }`;
      await withHost(evaluator, async (own) => {
        const outcomes = [];
        for (let i = 0; i < 3; i++) outcomes.push(await evaluate(own, 'def f(x): return [x, type(x).__name__]'));
        expect(told(outcomes[0]!).value).toEqual([
          [1, 'int'],
          [2, 'int'],
          [[3, 4], 'list'],
          [[0.5], 'list'],
        ]);
        const fuel = outcomes.map((one) => (one.type === 'scored' ? one.evaluation.fuel : -1));
        expect(new Set(fuel).size).toBe(1);
      });
    });

    it('takes other files as entries; variants share a realm but no module state', async () => {
      const variant = (n: number): string =>
        `count = 0\ndef f(x):\n    global count\n    count += 1\n    return x * ${n} + count`;
      const opened = await openProgram(host, {
        'main.py': variant(1),
        'a/main.py': 'from part import f',
        'a/part.py': variant(10),
        'broken/main.py': 'def f(: pass',
      });
      if (opened.type === 'failed') throw new Error(opened.reason);
      const entries = ['a/main.py', 'main.py', 'broken/main.py', 'a/main.py', 'gone.py'];
      const outcomes = await opened.session.evaluate(entries.map((entry) => ({ ...REQUEST, entry })));
      opened.session.close();
      expect(outcomes.map(told).map(({ status, value }) => (status === 'scored' ? value : status))).toEqual([
        31,
        4,
        'build-failed',
        31,
        'build-failed',
      ]);
    });

    it('runs a program as a script', async () => {
      const evaluator = `export async function evaluate(candidate) {
        const value = await candidate.run('3 4', ['x']);
        return { fitness: 1, correct: true, artifacts: { value, facts: await candidate.facts() } };
      }`;
      const text =
        'import sys\nif __name__ == "__main__":\n    print(sum(map(int, input().split())), sys.argv[1:])\n    sys.exit(2)';
      expect(told(await withHost(evaluator, (own) => evaluate(own, text)))).toMatchObject({
        status: 'scored',
        value: { output: "7 ['x']\n", error: '', exit: 2 },
      });
    });

    it('calls kernels that were compiled beside it', async () => {
      const asked: string[] = [];
      // (module (func (export "twice") (param f64) (result f64) (f64.add (local.get 0) (local.get 0))))
      const wasm = Uint8Array.from([
        0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 124, 1, 124, 3, 2, 1, 0, 7, 9, 1, 5, 116, 119, 105, 99, 101, 0, 0,
        10, 9, 1, 7, 0, 32, 0, 32, 0, 160, 11,
      ]);
      const compile: Compile = (request) => {
        asked.push(`${request.language} ${request.entry} ${Object.keys(request.files).join()}`);
        return Promise.resolve(
          request.files['fast.c']?.includes('error') === true
            ? { type: 'failed', reason: 'fast.c:1:2: error: no', diagnostics: [] }
            : { type: 'ok', wasm, shape: 'reactor', diagnostics: [], milliseconds: 1 },
        );
      };
      const python = 'import fast\ndef f(x): return fast.twice(x)';
      await withHost(
        PLAIN_EVALUATOR,
        async (own) => {
          const files = { 'main.py': python, 'fast.c': '#include "fast.h"', 'fast.h': '' };
          expect(told(await evaluate(own, files))).toMatchObject({ value: 6 });
          expect(told(await evaluate(own, { 'main.py': python, 'fast.c': 'error' }))).toMatchObject({
            status: 'build-failed',
            reason: 'fast.c:1:2: error: no',
          });
        },
        {},
        compile,
      );
      expect(asked).toEqual(['c fast.c fast.c,fast.h', 'c fast.c fast.c']);
      expect(told(await evaluate(host, { 'main.py': python, 'fast.c': '' }))).toMatchObject({ status: 'build-failed' });
    });

    it('settles what is pending when it is stopped', async () => {
      await withHost(
        PLAIN_EVALUATOR,
        async (own) => {
          const stop = new AbortController();
          const files = { 'main.py': 'def f(x):\n    while True: pass' };
          const opened = await own.open({ language: 'python', files, entry: 'main.py' }, stop.signal);
          if (opened.type !== 'ok') throw new Error(opened.reason);
          const pending = opened.session.evaluate([REQUEST]);
          stop.abort();
          expect(told((await pending)[0]!)).toMatchObject({ status: 'crashed', reason: 'stopped' });
          expect(told(await evaluate(own, GOOD))).toMatchObject({ value: 4 });
        },
        { milliseconds: 60_000, fuel: 1e9 },
      );
    });
  });

  describe(`${place.name}: hostile Python candidates`, () => {
    let host: EvaluationHost;
    beforeAll(async () => {
      host = await place.create(pythonOptions());
      await evaluate(host, GOOD);
    }, 60_000);
    afterAll(() => {
      host.close();
      place.dispose();
    });

    const SPIN = 'while True: pass';
    it.each<[name: string, text: string, status: string | RegExp, reason: RegExp]>([
      ['an endless loop', `def f(x):\n    ${SPIN}`, 'timed-out', /out of fuel/],
      ['an endless loop while it is loaded', SPIN, 'timed-out', /out of fuel/],
      [
        'an endless loop under except',
        `def f(x):\n    while True:\n        try:\n            ${SPIN}\n        except BaseException: pass`,
        'timed-out',
        /out of fuel/,
      ],
      [
        'a bomb of lists',
        'def f(x):\n    a = []\n    while True: a.append([0] * 1000000)',
        'out-of-memory',
        /asked for more than 64 MB/,
      ],
      ['one huge text', 'def f(x): return len("x" * 10 ** 9)', 'out-of-memory', /asked for more than 64 MB/],
      ['endless recursion', 'def f(x): return f(x)', 'crashed', /RecursionError/],
      ['recursion through C', 'def f(x): return sorted([1, 2], key=lambda _: f(x))', 'crashed', /RecursionError/],
      ['exit', 'import os\ndef f(x): os._exit(0)', 'crashed', /ended/],
      ['sys.exit', 'import sys\ndef f(x): sys.exit(0)', 'crashed', /SystemExit/],
      ['abort', 'import os\ndef f(x): os.abort()', 'crashed', /ended/],
      ['a huge answer', 'def f(x): return "x" * 10 ** 6', 'crashed', /output limit/],
      ['sockets', 'import socket\ndef f(x): return socket.socket()', 'crashed', /Error/],
      [
        'the network',
        'import urllib.request\ndef f(x): return urllib.request.urlopen("http://127.0.0.1:1/").read()',
        'crashed',
        /Error/,
      ],
      ['a process', 'import subprocess\ndef f(x): return subprocess.run(["ls"])', 'crashed', /Error/],
      ['a thread', 'import threading\ndef f(x): threading.Thread(target=print).start()', 'crashed', /thread/],
      ['foreign functions', 'import ctypes\ndef f(x): return 1', 'crashed', /ModuleNotFoundError/],
      ['writing a file', 'def f(x): open("/program/x", "w").write("a")', 'crashed', /Read-only/],
      ['leaving the folder', 'def f(x): return open("../../../../etc/passwd").read()', 'crashed', /Error/],
    ])('contains %s', async (_name, text, status, reason) => {
      expect(told(await evaluate(host, text))).toMatchObject({
        status,
        reason: expect.stringMatching(reason) as string,
      });
      expect(told(await evaluate(host, GOOD))).toMatchObject({ status: 'scored', value: 4 });
    });

    it('contains one that speaks for the interpreter', async () => {
      const text = (answer: string) =>
        `import os, sys\ndef f(x):\n    line = sys._getframe(2).f_locals["line"]\n    os.write(line, ${answer})\n    os.close(line)`;
      for (const answer of [
        'b"o7"',
        'b"o{"',
        'b""',
        'b"z"',
        'b"x" * 1000000',
        'b"\\xff\\xfe"',
        'b"o" + b"[" * 20000',
      ]) {
        expect(['scored', 'crashed']).toContain(told(await evaluate(host, text(answer))).status);
      }
      const evaluator = `export async function evaluate(candidate) {
        const value = await candidate.call('f');
        const merged = Object.assign({}, value);
        return { fitness: 1, correct: {}.polluted === undefined && merged.polluted === undefined };
      }`;
      const own = await place.create(pythonOptions(evaluator));
      expect(await evaluate(own, 'def f(): return {"__proto__": {"polluted": 1}, "constructor": 1}')).toMatchObject({
        evaluation: { correct: true },
      });
      own.close();
    });

    it('ends by the clock what fuel lets go on', async () => {
      const own = await place.create(pythonOptions(PLAIN_EVALUATOR, { milliseconds: 500, fuel: 1e9 }));
      await evaluate(own, GOOD);
      const outcome = await evaluate(own, `def f(x):\n    ${SPIN}`);
      expect(told(outcome)).toMatchObject({ status: 'timed-out', reason: expect.stringContaining('"f"') as string });
      expect(told(await evaluate(own, GOOD))).toMatchObject({ status: 'scored', value: 4 });
      own.close();
    });

    it('shows no candidate what another left', async () => {
      const leave = 'import sys, builtins\nbuiltins.mark = 1\nsys.modules["left"] = sys\ndef f(x): return 1';
      const look = 'import sys, builtins\ndef f(x): return [hasattr(builtins, "mark"), "left" in sys.modules]';
      for (let i = 0; i < 4; i++) {
        expect(told(await evaluate(host, leave)).status).toBe('scored');
        expect(told(await evaluate(host, look)).value).toEqual([false, false]);
      }
    });

    it('shows nothing of evaluator, request or host', async () => {
      const evaluator = `const secret = 'the secret answer'; export async function evaluate(candidate) {
        return { fitness: 1, correct: true, artifacts: { value: await candidate.call('f', 1) } };
      }`;
      const own = await place.create(pythonOptions(evaluator));
      const text =
        'import gc, os, sys\ndef f(x):\n    found = []\n    for o in gc.get_objects():\n' +
        '        try:\n            if "".join(["secret", " answer"]) in repr(o)[:100000]: found.append(1)\n        except BaseException: pass\n' +
        '    return [found, dict(os.environ), sys.argv, os.listdir("/")]';
      const outcome = told(await evaluate(own, text, { stage: 'secret answer' }));
      if (outcome.status === 'scored') expect(outcome.value).toEqual([[], {}, ['-c'], ['dev', 'program']]);
      else expect(outcome.status).toBe('timed-out');
      own.close();
    });
  });
}
