/** The same two functions in every language: `queens(n)` counts solutions by recursion over bits, `same(x)` gives back what it got. */
import type { Language } from '../../../sandboxes/contract.ts';
import type { HostedSandbox } from '../../../sandboxes/hosting/prepare.ts';

export interface Kernel {
  readonly id: string;
  readonly language: Language;
  readonly sandbox: HostedSandbox;
  readonly entry: string;
  /** `mark` makes a program of its own of it, so that nothing is found in a cache. */
  readonly text: (mark: number) => string;
  /** An endless loop. */
  readonly spin: string;
  /** Compiled by a program of the machine, which a relay would run. */
  readonly native: boolean;
}

const script = (mark: number): string => `
const place = (all, columns, left, right) => {
  if (columns === all) return 1;
  let count = 0;
  for (let free = all & ~(columns | left | right); free !== 0; ) {
    const bit = free & -free;
    free ^= bit;
    count += place(all, columns | bit, ((left | bit) << 1) & all, (right | bit) >> 1);
  }
  return count;
};
export const queens = (n) => place((1 << n) - 1, 0, 0, 0);
export const same = (x) => x;
export const mark = () => ${mark};
`;

const c = (mark: number, linkage = ''): string => `
static int place(int all, int columns, int left, int right) {
  if (columns == all) return 1;
  int count = 0;
  for (int free = all & ~(columns | left | right); free != 0;) {
    int bit = free & -free;
    free ^= bit;
    count += place(all, columns | bit, ((left | bit) << 1) & all, (right | bit) >> 1);
  }
  return count;
}
${linkage}int queens(int n) { return place((1 << n) - 1, 0, 0, 0); }
${linkage}double same(double x) { return x; }
${linkage}int mark(void) { return ${mark}; }
`;

/** For the comparison with what a compiler of the machine makes of the same text. */
export const NATIVE_C = c(0);

const python = (mark: number): string => `
def place(all, columns, left, right):
    if columns == all:
        return 1
    count = 0
    free = all & ~(columns | left | right)
    while free:
        bit = free & -free
        free ^= bit
        count += place(all, columns | bit, ((left | bit) << 1) & all, (right | bit) >> 1)
    return count
def queens(n): return place((1 << n) - 1, 0, 0, 0)
def same(x): return x
def mark(): return ${mark}
`;

const assemblyscript = (mark: number): string => `
function place(all: i32, columns: i32, left: i32, right: i32): i32 {
  if (columns == all) return 1;
  let count = 0;
  for (let free = all & ~(columns | left | right); free != 0; ) {
    const bit = free & -free;
    free ^= bit;
    count += place(all, columns | bit, ((left | bit) << 1) & all, (right | bit) >> 1);
  }
  return count;
}
export function queens(n: i32): i32 { return place((1 << n) - 1, 0, 0, 0); }
export function same(x: f64): f64 { return x; }
export function mark(): i32 { return ${mark}; }
`;

const wat = (mark: number): string => `(module
  (func $place (param $all i32) (param $columns i32) (param $left i32) (param $right i32) (result i32)
    (local $count i32) (local $free i32) (local $bit i32)
    (if (i32.eq (local.get $columns) (local.get $all)) (then (return (i32.const 1))))
    (local.set $free (i32.and (local.get $all) (i32.xor (i32.const -1) (i32.or (local.get $columns) (i32.or (local.get $left) (local.get $right))))))
    (block $end (loop $next
      (br_if $end (i32.eqz (local.get $free)))
      (local.set $bit (i32.and (local.get $free) (i32.sub (i32.const 0) (local.get $free))))
      (local.set $free (i32.xor (local.get $free) (local.get $bit)))
      (local.set $count (i32.add (local.get $count) (call $place (local.get $all)
        (i32.or (local.get $columns) (local.get $bit))
        (i32.and (i32.shl (i32.or (local.get $left) (local.get $bit)) (i32.const 1)) (local.get $all))
        (i32.shr_s (i32.or (local.get $right) (local.get $bit)) (i32.const 1)))))
      (br $next)))
    (local.get $count))
  (func (export "queens") (param $n i32) (result i32)
    (call $place (i32.sub (i32.shl (i32.const 1) (local.get $n)) (i32.const 1)) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "same") (param f64) (result f64) (local.get 0))
  (func (export "mark") (result i32) (i32.const ${mark})))
`;

const rust = (mark: number): string => `
fn place(all: i32, columns: i32, left: i32, right: i32) -> i32 {
    if columns == all { return 1; }
    let mut count = 0;
    let mut free = all & !(columns | left | right);
    while free != 0 {
        let bit = free & free.wrapping_neg();
        free ^= bit;
        count += place(all, columns | bit, ((left | bit) << 1) & all, (right | bit) >> 1);
    }
    count
}
#[no_mangle] pub extern "C" fn queens(n: i32) -> i32 { place((1 << n) - 1, 0, 0, 0) }
#[no_mangle] pub extern "C" fn same(x: f64) -> f64 { x }
#[no_mangle] pub extern "C" fn mark() -> i32 { ${mark} }
`;

const go = (mark: number): string => `package main

func place(all, columns, left, right int32) int32 {
	if columns == all {
		return 1
	}
	var count int32
	for free := all &^ (columns | left | right); free != 0; {
		bit := free & -free
		free ^= bit
		count += place(all, columns|bit, ((left|bit)<<1)&all, (right|bit)>>1)
	}
	return count
}

//go:wasmexport queens
func queens(n int32) int32 { return place((1<<n)-1, 0, 0, 0) }

//go:wasmexport same
func same(x float64) float64 { return x }

//go:wasmexport mark
func mark() int32 { return ${mark} }

func main() {}
`;

const zig = (mark: number): string => `
fn place(all: i32, columns: i32, left: i32, right: i32) i32 {
    if (columns == all) return 1;
    var count: i32 = 0;
    var free = all & ~(columns | left | right);
    while (free != 0) {
        const bit = free & -%free;
        free ^= bit;
        count += place(all, columns | bit, ((left | bit) << 1) & all, (right | bit) >> 1);
    }
    return count;
}
export fn queens(n: i32) i32 { return place((@as(i32, 1) << @intCast(n)) - 1, 0, 0, 0); }
export fn same(x: f64) f64 { return x; }
export fn mark() i32 { return ${mark}; }
`;

export const KERNELS: readonly Kernel[] = [
  {
    id: 'javascript',
    language: 'javascript',
    sandbox: 'javascript',
    entry: 'a.js',
    text: script,
    spin: 'export const queens = () => { for (;;); };',
    native: false,
  },
  {
    id: 'quickjs',
    language: 'javascript',
    sandbox: 'quickjs',
    entry: 'a.js',
    text: script,
    spin: 'export const queens = () => { for (;;); };',
    native: false,
  },
  {
    id: 'python',
    language: 'python',
    sandbox: 'python',
    entry: 'a.py',
    text: python,
    spin: 'def queens(n):\n    while True: pass',
    native: false,
  },
  {
    id: 'pyodide',
    language: 'python',
    sandbox: 'pyodide',
    entry: 'a.py',
    text: python,
    spin: 'def queens(n):\n    while True: pass',
    native: false,
  },
  {
    id: 'c',
    language: 'c',
    sandbox: 'wasi',
    entry: 'a.c',
    text: (mark) => c(mark),
    spin: 'int queens(int n) { volatile int i = 0; for (;;) i++; }',
    native: false,
  },
  {
    id: 'cpp',
    language: 'cpp',
    sandbox: 'wasi',
    entry: 'a.cpp',
    text: (mark) => c(mark, 'extern "C" '),
    spin: 'extern "C" int queens(int n) { volatile int i = 0; for (;;) i = i + 1; }',
    native: false,
  },
  {
    id: 'assemblyscript',
    language: 'assemblyscript',
    sandbox: 'wasi',
    entry: 'a.ts',
    text: assemblyscript,
    spin: 'export function queens(n: i32): i32 { while (true) {} return 0; }',
    native: false,
  },
  {
    id: 'wat',
    language: 'wat',
    sandbox: 'wasi',
    entry: 'a.wat',
    text: wat,
    spin: '(module (func (export "queens") (param i32) (result i32) (loop $l (br $l)) (unreachable)))',
    native: false,
  },
  {
    id: 'rust',
    language: 'rust',
    sandbox: 'wasi',
    entry: 'a.rs',
    text: rust,
    spin: '#[no_mangle] pub extern "C" fn queens(_n: i32) -> i32 { loop {} }',
    native: true,
  },
  {
    id: 'go',
    language: 'go',
    sandbox: 'wasi',
    entry: 'a.go',
    text: go,
    spin: 'package main\n\n//go:wasmexport queens\nfunc queens(n int32) int32 {\n\tfor {\n\t}\n}\n\nfunc main() {}\n',
    native: true,
  },
  {
    id: 'zig',
    language: 'zig',
    sandbox: 'wasi',
    entry: 'a.zig',
    text: zig,
    spin: 'export fn queens(n: i32) i32 {\n    _ = n;\n    while (true) {}\n}',
    native: true,
  },
];
