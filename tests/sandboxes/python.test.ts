/** One frozen CPython: what it answers, how it fails, and that nothing outlives a fresh start. */
import { describe, expect, it } from 'vitest';
import { LIMITS, loaded, newInterpreter, START } from './python-place.ts';

const body = (text: string): string => `def f(*args):\n${text.replace(/^/gm, '    ')}`;

describe('python: calls', () => {
  it('calls functions of the entry, keeps module state between calls, and makes it anew when asked', async () => {
    const { interpreter, call } = await loaded(
      'n = 0\ndef add(by):\n    global n\n    n += by + (_p[0] if _p else 0)\n    return n',
    );
    expect([call('add', 1), call('add', 1)]).toMatchObject([{ value: 1 }, { value: 2 }]);
    expect(interpreter.fresh({ ...START, parameters: [10] })).toMatchObject({ status: 'ok' });
    expect(call('add', 1)).toMatchObject({ status: 'ok', value: 11 });
  });

  it('passes plain data both ways', async () => {
    const { call } = await loaded(
      'import math, array, collections\n' +
        'def kinds(x): return [type(v).__name__ for v in x]\n' +
        'def special(x): return [math.isnan(x[0]), math.isinf(x[1]), math.copysign(1, x[2])]\n' +
        'def echo(x): return x\n' +
        'def lists(): return [(1, 2), array.array("d", [0.5]), b"ab", range(3), collections.deque([1]), {1: "one"}, -0.0]',
    );
    const kinds = call('kinds', [1, 1.5, 'a', true, null, [1], { a: 1 }, new Float64Array(1)]);
    expect(kinds).toMatchObject({ value: ['int', 'float', 'str', 'bool', 'NoneType', 'list', 'dict', 'list'] });
    expect(call('kinds', new Float32Array([1]))).toMatchObject({ value: ['float'] });
    expect(call('kinds', new Uint8Array([1]))).toMatchObject({ value: ['int'] });
    expect(call('special', [NaN, -Infinity, -0])).toMatchObject({ value: [true, true, -1] });
    const value = { a: [1, -2.25, 'x\u2028"\\é😀', null, false], 'b c': {} };
    expect(call('echo', value)).toMatchObject({ status: 'ok', value });
    expect(call('lists')).toMatchObject({ value: [[1, 2], [0.5], [97, 98], [0, 1, 2], [1], { '1': 'one' }, -0] });
    expect(call('echo', 'x'.repeat(40_000))).toMatchObject({ value: 'x'.repeat(40_000) });
  });

  it.each([
    ['NaN', 'return float("nan")', /NaN or an infinite number/],
    ['an infinite number deep inside', 'return {"a": [1, float("inf")]}', /NaN or an infinite number/],
    ['an integer beyond a number', 'return [2 ** 53 + 1]', /9007199254740993, an integer that a number can't hold/],
    ['an object', 'class A: pass\nreturn [A()]', /holds a A, which is not plain data/],
    ['a set', 'return {1}', /holds a set, which is not plain data/],
    ['a complex number', 'return 1j', /holds a complex/],
    ['a generator', 'return (i for i in range(3))', /holds a generator/],
    ['a function', 'return f', /holds a function/],
    ['a cycle', 'a = []\na.append(a)\nreturn a', /cyclic/],
    ['a key that is no text', 'return {(1, 2): 3}', /keys must be str/],
    ['too much', 'return "x" * 200000', /larger than the output limit/],
    ['too many', 'return list(range(100000))', /larger than the output limit/],
    ['nesting without end', 'a = []\nfor i in range(100000): a = [a]\nreturn a', /nested too deep/],
  ])('refuses to return %s, with a reason', async (_name, text, reason) => {
    const { call } = await loaded(body(text));
    expect(call('f')).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) as string });
  });

  it('keeps texts of digits', async () => {
    const { call } = await loaded(body('return ["12345678901234567890", {"9007199254740993": 1.2345678901234567}]'));
    expect(call('f')).toMatchObject({ value: ['12345678901234567890', { '9007199254740993': 1.2345678901234567 }] });
  });

  it('drives a coroutine that waits for nothing', async () => {
    const { call } = await loaded('async def g(x): return x + 1\nasync def f(x): return await g(x)');
    expect(call('f', 1)).toMatchObject({ status: 'ok', value: 2 });
  });

  it('imports its own files, packages and the library', async () => {
    const { call, reason } = await loaded({
      'main.py':
        'import lib, lib.one as one\nfrom lib.deep.two import two\nimport string, pathlib\n' +
        'def f(): return [lib.name, one.value, two(), string.mine, pathlib.PurePosixPath("a/b").name, open("data/x.txt").read(), __name__]',
      'lib/__init__.py': 'name = "lib"',
      'lib/one.py': 'from . import name\nvalue = name + "1"',
      'lib/deep/two.py': 'from ..one import value\ndef two(): return value + "2"',
      'string.py': 'mine = True',
      'data/x.txt': 'text',
    });
    expect(reason).toBeNull();
    expect(call('f')).toMatchObject({ value: ['lib', 'lib1', 'lib12', true, 'b', 'text', 'main'] });
  });

  it('takes another file as entry, with the files beside it', async () => {
    const { interpreter, call } = await loaded({
      'main.py': 'import part\ndef f(): return part.n',
      'part.py': 'n = 1',
      'a/main.py': 'import part\nimport shared\ndef f(): return [part.n, shared.n]',
      'a/part.py': 'n = 10',
      'shared.py': 'n = 7',
      'broken/main.py': 'def f(: pass',
    });
    expect(call('f')).toMatchObject({ value: 1 });
    expect(interpreter.fresh({ ...START, entry: 'a/main.py' })).toMatchObject({ status: 'ok' });
    expect(call('f')).toMatchObject({ value: [10, 7] });
    expect(interpreter.fresh({ ...START, entry: 'broken/main.py' })).toMatchObject({
      status: 'build',
      reason: expect.stringMatching(/^broken\/main\.py:1:7: SyntaxError/) as string,
    });
    expect(interpreter.fresh({ ...START, entry: 'gone.py' })).toMatchObject({ status: 'build' });
    expect(interpreter.fresh(START)).toMatchObject({ status: 'ok' });
    expect(call('f')).toMatchObject({ value: 1 });
  });
});

describe('python: failures', () => {
  it('tells of syntax errors with file, line and column', async () => {
    for (const [files, reason] of [
      [{ 'main.py': 'a = 1\ndef f(x)\n    return x' }, /^main\.py:2:9: SyntaxError: expected ':'/],
      [{ 'main.py': 'def f():\nreturn 1' }, /^main\.py:2:1: IndentationError: /],
      [{ 'main.py': 'a = "\0"' }, /^main\.py:1:1: (SyntaxError|ValueError): .*null/],
      [{ 'other.py': '' }, /main\.py is the entry, but there is no such file/],
    ] as const) {
      const { reason: actual, call } = await loaded(files);
      expect(actual).toMatch(reason);
      expect(call('f')).toMatchObject({ status: 'build', reason: actual });
    }
  });

  it('counts an import that does not compile as a build error', async () => {
    const { interpreter, reason } = await loaded({ 'main.py': 'import other', 'other.py': 'x = = 1' });
    expect(reason).toBeNull();
    expect(interpreter.fresh(START)).toMatchObject({
      status: 'build',
      reason: expect.stringMatching(/^other\.py:1:5: SyntaxError/) as string,
    });
  });

  it('gives a traceback of its own frames, message first', async () => {
    const { call } = await loaded({
      'main.py': 'import part\n\ndef f(x):\n    return part.half(x)\n\ndef g():\n    return sorted([1, "a"])',
      'part.py': 'def half(x):\n    return x // 0',
    });
    const first = call('f', 1);
    expect(first).toMatchObject({ status: 'failed' });
    if (first.status === 'ok') return;
    expect(first.reason.split('\n').filter((line) => !/^\s*[~^]+$/.test(line))).toEqual([
      'ZeroDivisionError: integer division or modulo by zero',
      'Traceback (most recent call last):',
      '  File "main.py", line 4, in f',
      '    return part.half(x)',
      '  File "part.py", line 2, in half',
      '    return x // 0',
    ]);
    expect(call('g')).toMatchObject({
      reason: expect.stringMatching(/^TypeError: .*\n.*\n {2}File "main.py", line 7/) as string,
    });
  });

  it('names what was being handled', async () => {
    const { call } = await loaded(body('try: {}["k"]\nexcept KeyError: raise ValueError("outer")'));
    expect(call('f')).toMatchObject({
      reason: expect.stringMatching(
        /^ValueError: outer\n[\s\S]*\nWhile handling: KeyError: 'k' \(main\.py:2\)$/,
      ) as string,
    });
  });

  it.each([
    ['SystemExit', 'raise SystemExit(3)', /^SystemExit: the program ended itself with 3/],
    ['quit by the system', 'import os\nos._exit(3)', /ended: exit/],
    ['abort', 'import os\nos.abort()', /ended: /],
    ['endless recursion', 'return f()', /^RecursionError: maximum recursion depth/],
    ['endless recursion through C', 'return sorted([1, 2], key=lambda _: f())', /^RecursionError: /],
    [
      'an exception whose text fails',
      'class E(Exception):\n    def __str__(self): raise ValueError\nraise E()',
      /^(main\.)?f?\.?.*E: /,
    ],
    ['an interrupt', 'raise KeyboardInterrupt', /^KeyboardInterrupt/],
    ['an assertion', 'assert 1 == 2, "no"', /^AssertionError: no/],
    ['a missing module', 'import numpy', /^ModuleNotFoundError: No module named 'numpy'/],
    ['a closed line', 'import os, sys\nos.close(sys._getframe(3).f_locals["line"])', /cut the line/],
  ])('gives %s as failed, and goes on', async (_name, text, reason) => {
    const { call, interpreter } = await loaded(`${body(text)}\ndef g(): return 5`);
    expect(call('f')).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) as string });
    expect(call('g')).toMatchObject({ status: 'ok', value: 5 });
    expect(interpreter.fresh(START)).toMatchObject({ status: 'ok' });
    expect(call('g')).toMatchObject({ status: 'ok', value: 5 });
  });

  it('says so when the function is missing, and when loading failed', async () => {
    const { call } = await loaded('g = 1\ndef f(): return 1');
    expect(call('h')).toMatchObject({ status: 'failed', reason: 'exports no function "h"' });
    expect(call('g')).toMatchObject({ status: 'failed', reason: 'exports no function "g"' });
    const early = await loaded('raise ValueError("early")');
    expect(early.call('f')).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^while it was loaded: ValueError: early\n/) as string,
    });
  });

  it.each([
    ['lists', 'a = []\nwhile True: a.append([0] * 1000)'],
    ['one huge text', 'return "x" * 1000000000'],
    ['doubling', 'a = "abc"\nwhile True: a += a'],
    ['integers', 'a = 3\nwhile True: a = a << 1000000'],
  ])('ends an allocation bomb of %s, and goes on', async (_name, text) => {
    const { call } = await loaded(`${body(text)}\ndef g(): return 5`, {}, { megabytes: 16 });
    expect(call('f')).toMatchObject({ status: 'out-of-memory', reason: 'asked for more than 16 MB' });
    expect(call('g')).toMatchObject({ status: 'ok', value: 5 });
  });

  it('lets a program use what memory it was given, and catch what it asked too much', async () => {
    const { call } = await loaded(
      'def f(n): return len(bytearray(n << 20)) >> 20\ndef g():\n    try: bytearray(1 << 30)\n    except MemoryError: return "caught"',
    );
    expect(call('f', 28)).toMatchObject({ value: 28 });
    expect(call('g')).toMatchObject({ value: 'caught' });
  });
});

describe('python: the same each time', () => {
  const LOOK =
    'import random, os, time, datetime, uuid\nclass A: pass\n' +
    'def f(): return [random.random(), os.urandom(4).hex(), time.time(), time.perf_counter(), str(datetime.datetime.now()), hash("text"), ' +
    'id(A()) % 4096, list({"a", "b", "c", "d"}), random.Random().random(), str(uuid.uuid4())]';

  it('repeats by the seed: random numbers, hashes, addresses, and a clock that stands still', async () => {
    const [one, two] = [await loaded(LOOK), await loaded(LOOK)];
    const first = one.call('f');
    expect(first).toMatchObject({ status: 'ok' });
    expect(two.call('f')).toEqual(first);
    two.interpreter.fresh({ ...START, seed: 2 });
    const other = two.call('f');
    expect(other).not.toEqual(first);
    two.interpreter.fresh(START);
    expect(two.call('f')).toEqual(first);
    if (first.status !== 'ok') return;
    expect((first.value as unknown[])[2]).toBe(946684800);
  });

  it('lets nothing of one evaluation reach the next', async () => {
    const { interpreter, call } = await loaded({
      'main.py':
        'import builtins, json, sys, random, other\nseen = [hasattr(builtins, "mark"), other.n, "left" in sys.modules, json.dumps is not None, ' +
        'random.random]\n' +
        'def look(): return seen[:3] + [callable(json.dumps), random.random() < 1, open("data.txt").read()]\n' +
        'def spoil():\n    builtins.mark = 1\n    builtins.len = None\n    other.n = 2\n    sys.modules["left"] = sys\n    json.dumps = None\n' +
        '    random.random = lambda: 5\n    builtins.print = builtins.open = None\n    sys.meta_path.clear()\n    sys.path.clear()\n    del builtins.getattr',
      'other.py': 'n = 1',
      'data.txt': 'data',
    });
    const first = call('look');
    expect(first).toMatchObject({ value: [false, 1, false, true, true, 'data'] });
    call('spoil');
    expect(interpreter.fresh(START)).toMatchObject({ status: 'ok' });
    expect(call('look')).toEqual(first);
  });

  it('does so after the memory grew, too', async () => {
    const { interpreter, call } = await loaded(
      'def grow(): return len(bytearray(9 << 20))\ndef f(): return id(object())',
    );
    const first = call('f');
    call('grow');
    interpreter.fresh(START);
    expect(call('f')).toEqual(first);
  });

  it('gives a program that broke the interpreter its module state anew', async () => {
    const { call } = await loaded(
      'n = 0\ndef f():\n    global n\n    n += 1\n    return n\ndef g():\n    import os\n    os._exit(1)',
    );
    expect([call('f'), call('f')]).toMatchObject([{ value: 1 }, { value: 2 }]);
    expect(call('g').status).toBe('failed');
    expect(call('f')).toMatchObject({ value: 1 });
  });

  it('takes one program after another', async () => {
    const interpreter = await newInterpreter();
    interpreter.warm(LIMITS.megabytes);
    for (const n of [1, 2, 3]) {
      expect(
        interpreter.load({ files: { 'a.py': `def f(): return ${n}` }, entry: 'a.py', kernels: {} }, LIMITS),
      ).toBeNull();
      expect(interpreter.call('f', [])).toMatchObject({ value: n });
    }
  });
});

describe('python: fuel', () => {
  it('counts the same each time, by the work done', async () => {
    const text = 'def f(n):\n    i = 0\n    while i < n: i += 1\n    return i';
    const [one, two] = [await loaded(text), await loaded(text)];
    const spent = [0, 1000, 2000].map((n) => one.call('f', n).fuel);
    expect([0, 1000, 2000].map((n) => two.call('f', n).fuel)).toEqual(spent);
    expect((spent[2] ?? 0) - (spent[1] ?? 0)).toBeGreaterThan(100);
    expect((spent[2] ?? 0) - (spent[1] ?? 0)).toBeLessThan(4000);
  });

  it.each([
    ['an endless loop', 'while True: pass'],
    ['one that catches everything', 'while True:\n    try:\n        while True: pass\n    except BaseException: pass'],
    ['one inside the library', 'import itertools\nfor _ in itertools.repeat(0): pass'],
    ['one in C code', 'sum(iter(int, 1))'],
    ['a pattern that backtracks', 'import re\nre.match("(a+)+$", "a" * 40 + "b")'],
    ['one huge power', 'return (3 ** (10 ** 8)) % 7'],
    ['a wait', 'import time\nwhile time.time() < 2e9: time.sleep(1000)'],
  ])('stops %s by fuel, the same each time, and goes on', async (_name, text) => {
    const { call, interpreter } = await loaded(`${body(text)}\ndef g(): return 5`, {}, { fuel: 20_000 });
    expect(call('f')).toEqual({ status: 'timeout', reason: 'out of fuel', fuel: 20_000 });
    expect(call('g')).toMatchObject({ status: 'ok', value: 5 });
    expect(interpreter.fresh(START)).toMatchObject({ status: 'ok' });
    expect(call('g')).toMatchObject({ status: 'ok', value: 5 });
  });

  it('stops endless loading, too', async () => {
    const { interpreter, reason } = await loaded('while True: pass', {}, { fuel: 5000 });
    expect(reason).toBeNull();
    expect(interpreter.fresh(START)).toMatchObject({ status: 'timeout', reason: 'out of fuel' });
  });
});

describe('python: as a script', () => {
  const run = async (text: string, input = '', args: string[] = []) => {
    const { interpreter } = await loaded(text, {}, { outputBytes: 1000 });
    return interpreter.run(new TextEncoder().encode(input), args);
  };

  it('runs the entry as __main__ with input and arguments', async () => {
    const text =
      'import sys\nif __name__ == "__main__":\n    print(input() + "!", sys.stdin.read().split(), sys.argv)\n    print("odd", file=sys.stderr)';
    expect(await run(text, 'héllo\na b\nc', ['x', 'y z'])).toMatchObject({
      status: 'ok',
      value: { output: "héllo! ['a', 'b', 'c'] ['main.py', 'x', 'y z']\n", error: 'odd\n', exit: 0 },
    });
  });

  it('gives exit codes and the traceback of what was thrown', async () => {
    expect(await run('raise SystemExit(7)')).toMatchObject({ value: { exit: 7 } });
    expect(await run('import sys; sys.exit("why")')).toMatchObject({ value: { exit: 1, error: 'why\n' } });
    expect(await run('print("a")\n1 / 0')).toMatchObject({
      value: { output: 'a\n', exit: 1, error: expect.stringMatching(/^ZeroDivisionError/) as string },
    });
    expect(await run('def f(: 1')).toMatchObject({ status: 'build' });
  });

  it('starts anew each time and clips what it prints', async () => {
    const { interpreter } = await loaded(
      'import builtins\nprint(hasattr(builtins, "mark"))\nbuiltins.mark = 1\nprint("x" * 5000)',
      {},
      {
        outputBytes: 1000,
      },
    );
    const first = interpreter.run(new Uint8Array(0), []);
    expect(first).toMatchObject({ value: { output: `False\n${'x'.repeat(994)}` } });
    expect(interpreter.run(new Uint8Array(0), [])).toEqual(first);
  });
});
