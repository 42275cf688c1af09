/** Programs of every compiler at hand: counted, they do what they did, and count the same each time. */
import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';
import { describe, expect, it } from 'vitest';
import { COUNTER_EXPORT } from '../../../wasm-toolchains/inspect/meter.ts';
import { fitModule } from '../../../wasm-toolchains/inspect/fit.ts';
import { fromAssemblyScript, fromC, fromGo, fromRust, fromZig, wabtAccepts } from './modules.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Call = (...args: number[]) => unknown;

function fitted(wasm: Bytes): Bytes {
  const fit = fitModule(wasm, { megabytes: 256 });
  if (fit.type === 'failed') throw new Error(fit.reason);
  return fit.wasm;
}

const BUDGET = 1n << 50n;

/** What a program says, or what its exports give, and the operations it took; `[_, 0]` of one that is not counted. */
function trial(wasm: Bytes, calls: Readonly<Record<string, readonly number[]>> | null): [unknown, number] {
  const said: string[] = [];
  const output = ConsoleStdout.lineBuffered((line) => said.push(line));
  const wasi = new WASI([], [], [new OpenFile(new File([])), output, output]);
  const view = () => new DataView((instance.exports['memory'] as WebAssembly.Memory).buffer);
  const imports = {
    // A clock that stands still and bytes that repeat, or programs would not.
    wasi_snapshot_preview1: {
      ...wasi.wasiImport,
      clock_time_get: (_clock: number, _precision: bigint, at: number) => (view().setBigUint64(at, 1n, true), 0),
      random_get(at: number, length: number) {
        for (let i = 0; i < length; i++) view().setUint8(at + i, 7 * i);
        return 0;
      },
    },
    env: { abort: () => undefined, seed: () => 1 },
  } as unknown as WebAssembly.Imports;
  const instance: WebAssembly.Instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
  const counter = instance.exports[COUNTER_EXPORT] as WebAssembly.Global<'i64'> | undefined;
  if (counter) counter.value = BUDGET;
  const used = (): number => (counter ? Number(BUDGET - counter.value) : 0);
  if (calls === null) {
    const exit = wasi.start(instance as unknown as Parameters<WASI['start']>[0]);
    return [[exit, said], used()];
  }
  (instance.exports['_initialize'] as Call | undefined)?.();
  const results = Object.entries(calls).map(([name, args]) => (instance.exports[name] as Call)(...args));
  return [results, used()];
}

async function same(wasm: Bytes, calls: Readonly<Record<string, readonly number[]>> | null): Promise<void> {
  const counted = fitted(wasm);
  expect(WebAssembly.validate(counted)).toBe(true);
  // Some of what compilers emit is news to wabt, counted or not.
  expect(await wabtAccepts(counted)).toBe(await wabtAccepts(wasm));
  const [plain] = trial(wasm, calls);
  const [once, count] = trial(counted, calls);
  expect(once).toEqual(plain);
  expect(count).toBeGreaterThan(1000);
  expect(trial(counted, calls)).toEqual([once, count]);
}

const RUST = `
fn collatz(n: u64) -> u64 {
    let mut lengths: Vec<u64> = Vec::new();
    for start in 1..=n {
        let (mut x, mut length) = (start, 0u64);
        while x != 1 { x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 }; length += 1; }
        lengths.push(length);
    }
    lengths.sort();
    lengths.iter().enumerate().map(|(at, length)| length * at as u64).sum()
}
fn main() { println!("{} {:?}", collatz(2000), std::collections::BTreeMap::from([(1, "a"), (2, "b")])); }
`;
const GO = `package main
import ("fmt"; "sort"; "strings")
func main() {
	seen := map[int]string{}
	for i := 0; i < 2000; i++ { seen[i*7919%1000] = fmt.Sprint(i) }
	keys := []int{}
	for key := range seen { keys = append(keys, key) }
	sort.Ints(keys)
	sum := 0
	for _, key := range keys { sum = sum*31 + len(seen[key])*key }
	fmt.Println(len(keys), sum, strings.Repeat("ab", 20))
}
`;
const ZIG = `
export fn fib(n: u32) u64 { if (n < 2) return n; return fib(n - 1) + fib(n - 2); }
var bytes: [10000]u8 = undefined;
export fn fill(n: u32) u32 {
    var sum: u32 = 0;
    var k: u32 = 0;
    while (k < n) : (k += 1) { @memset(&bytes, @truncate(k)); sum +%= bytes[k]; }
    return sum;
}
`;

describe('programs of every compiler', () => {
  it('AssemblyScript, with its collector', async () => {
    const wasm = await fromAssemblyScript(`
      export function words(n: i32): f64 {
        const seen = new Map<string, f64>();
        for (let i = 0; i < n; i++) { const key = (i % 17).toString(); seen.set(key, (seen.has(key) ? seen.get(key) : 0) + Math.sqrt(i)); }
        const values = seen.values().sort();
        let sum = 0.0;
        for (let i = 0; i < values.length; i++) sum += values[i] * i;
        return sum;
      }`);
    await same(wasm, { words: [3000] });
  });

  it('C, with vectors, calls by pointer and the heap', { timeout: 60_000 }, async () => {
    const wasm = await fromC(`
      #include <stdlib.h>
      #include <string.h>
      static int order(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
      __attribute__((export_name("sorted"))) int sorted(int n) {
        int *list = malloc(n * sizeof(int)), *copy = malloc(n * sizeof(int));
        unsigned seed = 1;
        for (int i = 0; i < n; i++) list[i] = (seed = seed * 1664525u + 1013904223u) >> 8;
        memcpy(copy, list, n * sizeof(int));
        qsort(list, n, sizeof(int), order);
        int sum = 0;
        for (int i = 0; i < n; i++) sum += list[i] ^ copy[i];
        free(list); free(copy);
        return sum;
      }
      __attribute__((export_name("scan"))) double scan(int n) {
        static double sums[512];
        for (int round = 0; round < n; round++)
          for (int i = 1; i < 512; i++) { if (i % 31 == 30) continue; sums[i] += 0.5 * sums[i - 1] + i; if (sums[i] > 1e9) return -1; }
        return sums[511];
      }`);
    await same(wasm, { sorted: [5000], scan: [200] });
  });

  it('Rust, Zig and Go, where they are on this machine', { timeout: 180_000 }, async () => {
    const rust = fromRust(RUST);
    const zig = fromZig(ZIG);
    const go = fromGo(GO);
    if (rust) await same(rust, null);
    if (zig) await same(zig, { fib: [15], fill: [3000] });
    if (go) await same(go, null);
  });
});
