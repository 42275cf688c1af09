/** From files to a Python program: which of them become kernels, and what compilers say. */
import { describe, expect, it } from 'vitest';
import { kernelFiles, preparePython, type PreparePythonOptions } from '../../sandboxes/python/prepare.ts';
import { encodeValue, inexactInteger } from '../../sandboxes/python/values.ts';
import type { Compiled, CompileRequest } from '../../wasm-toolchains/contract.ts';

const names = (files: Record<string, string>): string[] =>
  kernelFiles(files).map(({ path, language }) => `${path} ${language}`);

describe('python: kernels of a program', () => {
  it('takes a lone file of a compiled language, and of several those that are imported', () => {
    expect(names({ 'main.py': '', 'lib/fast.c': '', 'fast.h': '' })).toEqual(['lib/fast.c c']);
    const python = 'import os, one # two\n  from three import f\nimport four as x\nprint("import five")\n';
    const files = Object.fromEntries(
      ['one', 'two', 'three', 'four', 'five', 'ones'].map((name) => [`${name}.cpp`, '']),
    );
    expect(names({ 'main.py': python, ...files })).toEqual(['one.cpp cpp', 'three.cpp cpp', 'four.cpp cpp']);
    expect(names({ 'main.py': '', 'data.csv': '', README: '' })).toEqual([]);
  });

  const source = {
    language: 'python',
    entry: './main.py',
    files: { 'main.py': 'import a, b', 'a.rs': '1', 'b.wat': '2', 'c.rs': '3' },
  } as const;
  const prepare = (compiled: (request: CompileRequest) => Compiled, options: Partial<PreparePythonOptions> = {}) =>
    preparePython(source, {
      compile: (request) => Promise.resolve(compiled(request)),
      fit: (wasm) => wasm,
      ...options,
    });
  const fine: Compiled = { type: 'ok', wasm: Uint8Array.of(7), shape: 'reactor', diagnostics: [], milliseconds: 0 };

  it('compiles each apart, with the files that are no kernels, and fits what comes', async () => {
    const asked: string[] = [];
    const prepared = await prepare(
      ({ language, entry, files }) => {
        asked.push(`${language} ${entry}: ${Object.keys(files).join()}`);
        return fine;
      },
      { fit: () => Uint8Array.of(8) },
    );
    expect(asked).toEqual(['rust a.rs: a.rs,c.rs', 'wat b.wat: b.wat,c.rs']);
    expect(prepared).toMatchObject({
      type: 'ok',
      program: { kind: 'python', entry: 'main.py', kernels: { a: Uint8Array.of(8), b: Uint8Array.of(8) } },
    });
  });

  it('gives what went wrong as a reason', async () => {
    const error = (line: number) => ({ severity: 'error', file: 'a.rs', line, column: 2, message: 'odd' }) as const;
    const reasons: [Promise<unknown>, RegExp][] = [
      [
        prepare(() => ({ type: 'failed', reason: 'a.rs:1:2: odd', diagnostics: [error(1), error(5)] })),
        /^a\.rs:1:2: odd\na\.rs:5:2: odd$/,
      ],
      [
        prepare(() => ({ type: 'unavailable', reason: 'no rustc', remedy: 'install it' })),
        /^a\.rs: no rustc; install it$/,
      ],
      [prepare(() => ({ type: 'stopped' })), /^stopped$/],
      [
        prepare(() => fine, {
          fit: () => {
            throw new Error('no module');
          },
        }),
        /^a\.rs: no module$/,
      ],
      [preparePython(source, { fit: (wasm) => wasm }), /^a\.rs: there is no compiler for rust here$/],
      [preparePython({ ...source, entry: 'a.rs' }, { fit: (wasm) => wasm }), /a\.rs is the entry, but no Python file/],
      [preparePython({ ...source, entry: 'gone.py' }, { fit: (wasm) => wasm }), /there is no such file/],
      [
        preparePython(
          { language: 'python', entry: 'main.py', files: { 'main.py': '', 'sys.c': '' } },
          { compile: () => Promise.resolve(fine), fit: (wasm) => wasm },
        ),
        /can not be named sys/,
      ],
    ];
    for (const [prepared, reason] of reasons) {
      expect(await prepared).toMatchObject({ type: 'build-failed', reason: expect.stringMatching(reason) as string });
    }
  });
});

describe('python: values', () => {
  it('writes what Python reads, with floats kept apart from integers', () => {
    const cases: [unknown, string][] = [
      [
        [1, 1.5, -0, 1e21, 1e-7, NaN, Infinity, -Infinity, 2 ** 53],
        '[1,1.5,-0.0,1e+21,1e-7,NaN,Infinity,-Infinity,9007199254740992]',
      ],
      [new Float64Array([1, -0, 0.5]), '[1.0,-0.0,0.5]'],
      [new Int8Array([1, -2]), '[1,-2]'],
      [{ a: undefined, 'b"': [null, true, 'é\n'] }, '{"a":null,"b\\"":[null,true,"é\\n"]}'],
      [12345678901234567890n, '12345678901234567890'],
    ];
    for (const [value, text] of cases) expect(encodeValue(value)).toBe(text);
  });

  it('finds integers that would be rounded', () => {
    expect(inexactInteger('[1, "9007199254740993", 1.2345678901234567, 9007199254740991, 1e300]')).toBe(null);
    expect(inexactInteger('{"a\\"": [-9007199254740993]}')).toBe('-9007199254740993');
    expect(inexactInteger('"\\\\", 18446744073709551616')).toBe('18446744073709551616');
  });
});
