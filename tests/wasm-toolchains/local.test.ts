import { describe, expect, it } from 'vitest';
import { cached } from '../../wasm-toolchains/cache.ts';
import type { Availability, Compiled, CompileRequest, Toolchain } from '../../wasm-toolchains/contract.ts';
import { gnuDiagnostics, textOf } from '../../wasm-toolchains/diagnostics.ts';
import { LOCAL, openToolchains } from '../../wasm-toolchains/registry.ts';
import { SAMPLES } from './programs.ts';
import { toolchainSuite } from './toolchain-suite.ts';

const never = new AbortController().signal;
const memberOf = (language: string): Toolchain =>
  LOCAL.find(({ languages }) => languages.includes(language as never)) as Toolchain;

for (const sample of SAMPLES) {
  const member = memberOf(sample.language);
  if (member) toolchainSuite(sample, (request, signal) => member.compile(request, signal));
}

describe('clang', () => {
  const compile = (
    files: Record<string, string>,
    entry: string,
    options: CompileRequest['options'] = { optimise: 'speed' },
  ) => memberOf('cpp').compile({ language: entry.endsWith('.c') ? 'c' : 'cpp', files, entry, options }, never);

  it('takes several files and headers, and the standard library', async () => {
    const files = {
      'main.cpp':
        '#include "kernel.h"\n#include <algorithm>\n#include <vector>\nextern "C" int f(int n) { std::vector<int> v(n, K); std::sort(v.begin(), v.end()); return g(v[0]); }',
      'more.cpp': '#include "kernel.h"\nint g(int x) { return x + 1; }',
      'kernel.h': '#pragma once\n#define K 5\nint g(int);',
    };
    const result = await compile(files, 'main.cpp');
    expect(result).toMatchObject({ type: 'ok', shape: 'reactor' });
  }, 90_000);

  it('makes a command of what has a main', async () => {
    expect(await compile({ 'm.c': '#include <stdio.h>\nint main(void) { puts("hi"); }' }, 'm.c')).toMatchObject({
      type: 'ok',
      shape: 'command',
    });
  });

  it('makes none of what only speaks of a main', async () => {
    const text =
      'const char *text = "int main(void)"; // int main(void)\nstruct S { int (*main)(int); };\nint f(struct S *s) { return s->main(1); }';
    expect(await compile({ 'm.c': text }, 'm.c')).toMatchObject({ type: 'ok', shape: 'reactor' });
    const digits = "char quote = '\"';\nint million = 1'000'000;\nint main() { return million > quote; }";
    expect(await compile({ 'm.cpp': digits }, 'm.cpp')).toMatchObject({ type: 'ok', shape: 'command' });
  });

  it('takes C for C in a program of C++', async () => {
    const main = 'extern "C" int g(int);\nextern "C" int f(int x) { return g(x) + 1; }';
    const files = { 'main.cpp': main, 'lib/g.c': 'int g(int class) { return 2 * class; }' };
    const result = await compile(files, 'main.cpp');
    if (result.type !== 'ok') throw new Error(JSON.stringify(result));
    const { instance } = await WebAssembly.instantiate(result.wasm, {});
    expect((instance.exports['f'] as (x: number) => number)(5)).toBe(11);
    const bad = { 'main.cpp': main, 'lib/g.c': 'int g(int x) {\n  return y;\n}' };
    expect(await compile(bad, 'main.cpp')).toMatchObject({
      reason: expect.stringMatching(/^lib\/g\.c:2:/) as string,
    });
  });

  it('says the same of the same each time, also where the linker says it', async () => {
    const files = { 'm.c': 'int g(int);\nint f(int x) { return g(x); }' };
    expect(await compile(files, 'm.c')).toMatchObject({ type: 'failed', reason: 'undefined symbol: g' });
  });

  it('leaves the heap out where size is asked for', async () => {
    const result = await compile({ 'm.c': 'int f(int x) { return x + 1; }' }, 'm.c', { optimise: 'size' });
    expect(result.type === 'ok' && result.wasm.length).toBeLessThan(1000);
  });

  it('reads nothing but the program and its own headers', async () => {
    for (const path of ['/etc/passwd', '../../../etc/passwd', '/proc/self/environ']) {
      const result = await compile({ 'm.c': `#include "${path}"\nint f(void) { return 1; }` }, 'm.c');
      expect(result).toMatchObject({ type: 'failed' });
      expect(JSON.stringify(result)).not.toContain('root:');
    }
  });

  it('uses vectors where it is allowed to', async () => {
    const text =
      'void f(float* restrict y, const float* restrict x, int n) { for (int i = 0; i < n; i++) y[i] += 2 * x[i]; }';
    const sizes = [];
    for (const simd of [true, false]) {
      const result = await compile({ 'm.c': text }, 'm.c', { optimise: 'speed', simd });
      if (result.type !== 'ok') throw new Error('no module');
      sizes.push(result.wasm.length);
    }
    expect(sizes[0]).not.toBe(sizes[1]);
  });
});

describe('the cache', () => {
  const request: CompileRequest = {
    language: 'c',
    files: { 'a.c': '1' },
    entry: 'a.c',
    options: { optimise: 'speed' },
  };
  const made: Compiled = {
    type: 'ok',
    wasm: new Uint8Array([1, 2, 3]),
    shape: 'command',
    diagnostics: [],
    milliseconds: 5,
  };

  it('compiles once, gives bytes of one’s own, and asks again for what was not the source’s fault', async () => {
    let asked = 0;
    const results: Compiled[] = [{ type: 'unavailable', reason: 'x', remedy: 'y' }, { type: 'stopped' }, made];
    const compile = cached(() => Promise.resolve(results[asked++] as Compiled), '1');
    expect((await compile(request, never)).type).toBe('unavailable');
    expect((await compile(request, never)).type).toBe('stopped');
    const first = await compile(request, never);
    const again = await compile({ ...request, files: { 'a.c': '1' } }, never);
    expect(asked).toBe(3);
    if (first.type !== 'ok' || again.type !== 'ok') throw new Error('no module');
    expect(again).toMatchObject({ milliseconds: 0, shape: 'command' });
    again.wasm[0] = 9;
    expect(first.wasm[0]).toBe(1);
  });

  it('finds modules in its store, by everything that makes them what they are', async () => {
    const kept = new Map<string, Uint8Array<ArrayBuffer>>();
    const store = {
      get: (key: string) => Promise.resolve(kept.get(key) ?? null),
      put: (key: string, wasm: Uint8Array<ArrayBuffer>) => Promise.resolve(void kept.set(key, wasm)),
    };
    await cached(() => Promise.resolve(made), '1', store)(request, never);
    const none = (): Promise<Compiled> => Promise.reject(new Error('asked'));
    expect(await cached(none, '1', store)(request, never)).toMatchObject({
      type: 'ok',
      wasm: made.wasm,
      shape: 'command',
    });
    await expect(cached(none, '2', store)(request, never)).rejects.toThrow('asked');
    await expect(cached(none, '1', store)({ ...request, options: { optimise: 'size' } }, never)).rejects.toThrow(
      'asked',
    );
  });
});

describe('the registry', () => {
  const request: CompileRequest = {
    language: 'rust',
    files: { 'a.rs': '1' },
    entry: 'a.rs',
    options: { optimise: 'speed' },
  };
  const wasm = new Uint8Array([1]);

  it('keeps what a compiler made under its version, and nothing of one that has not said which it is', async () => {
    let state: Availability = { type: 'loadable', bytes: 1 };
    let asked = 0;
    const member: Toolchain = {
      ...{ id: 'rust', title: 'the Rust compiler', languages: ['rust'] },
      availability: () => Promise.resolve(state),
      load: () => Promise.resolve(state),
      compile: () =>
        Promise.resolve({ type: 'ok', wasm, shape: 'reactor', diagnostics: [], milliseconds: (asked += 1) }),
    };
    const { compile } = openToolchains([member]);
    const counts: number[] = [];
    for (const next of ['loadable', 'loadable', '1', '1', '2', '1'] as const) {
      state = next === 'loadable' ? { type: 'loadable', bytes: 1 } : { type: 'ready', version: next };
      expect((await compile(request, never)).type).toBe('ok');
      counts.push(asked);
    }
    expect(counts).toEqual([1, 2, 3, 3, 4, 4]);
  });

  it('knows of every compiler of its own which it is before it is loaded', async () => {
    for (const member of LOCAL) {
      const state = await member.availability();
      expect(state.type !== 'missing' && state.version).toMatch(/^\d+\.\d+/);
    }
  });
});

describe('diagnostics', () => {
  it('reads what compilers write, and names only files of the program', () => {
    const text =
      'main.c:2:7: error: no\n./lib/k.h:10:1: warning: hm\n/usr/include/x.h:5:3: note: here\nwasm-ld: error: undefined symbol: f\nnoise\n';
    expect(gnuDiagnostics(text, new Set(['main.c', 'lib/k.h'])).map(textOf)).toEqual([
      'main.c:2:7: no',
      'lib/k.h:10:1: hm',
      '5:3: x.h: here',
      'undefined symbol: f',
    ]);
  });
});

it('says which language no compiler here has', async () => {
  const { compile } = openToolchains();
  const result = await compile(
    { language: 'go', files: { 'a.go': 'x' }, entry: 'a.go', options: { optimise: 'speed' } },
    never,
  );
  expect(result).toMatchObject({ type: 'unavailable', reason: expect.stringContaining('go') as string });
});
