/** What keeping the library's headers brings a program of C++ that begins with large ones, in Node. The modules must be the same. */
import { clang } from '../../wasm-toolchains/clang/index.ts';
import { median, rounded, type Group } from './figure.ts';

const FILE = 'main.cpp';
const child = (i: number): string => `#include <algorithm>
#include <unordered_map>
#include <vector>
extern "C" int f(int n) {
  std::vector<int> v(n);
  for (int i = 0; i < n; i++) v[i] = (i * ${7919 + i}) % 1000;
  std::sort(v.begin(), v.end());
  std::unordered_map<int, int> seen;
  for (int x : v) seen[x % 7]++;
  return v[n / 2] + seen[3];
}
`;

export const headers: Group = {
  figures: [
    { name: 'headers.compile_ms', aim: 'stated' },
    { name: 'headers.kept_compile_ms', aim: 'stated' },
    { name: 'headers.keeping_ms', aim: 'stated' },
  ],
  needsBrowser: false,
  async *measure() {
    await compile(0);
    // The first that compiles with them makes them.
    const plain: Timed[] = [];
    for (let i = 1; i <= 3; i++) plain.push(await compile(i));
    const keeping = await compile(4);
    const kept: Timed[] = [];
    for (let i = 1; i <= 3; i++) kept.push(await compile(i));
    kept.forEach(({ wasm }, i) => {
      if (Buffer.compare(wasm, (plain[i] as Timed).wasm) !== 0) throw new Error('kept headers give another module');
    });
    yield { name: 'headers.compile_ms', value: rounded(median(plain.map(({ took }) => took))), unit: 'ms' };
    yield { name: 'headers.kept_compile_ms', value: rounded(median(kept.map(({ took }) => took))), unit: 'ms' };
    yield { name: 'headers.keeping_ms', value: rounded(keeping.took), unit: 'ms' };
  },
};

interface Timed {
  readonly took: number;
  readonly wasm: Uint8Array;
}

async function compile(i: number): Promise<Timed> {
  const started = performance.now();
  const request = {
    language: 'cpp',
    files: { [FILE]: child(i) },
    entry: FILE,
    options: { optimise: 'speed' },
  } as const;
  const compiled = await clang.compile(request, new AbortController().signal);
  if (compiled.type !== 'ok') throw new Error(JSON.stringify(compiled));
  return { took: performance.now() - started, wasm: compiled.wasm };
}
