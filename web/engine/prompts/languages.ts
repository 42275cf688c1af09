/** What a model is told of the language it writes. */
import { LANGUAGE_TITLES } from '../language-titles.ts';

export interface LanguageHint {
  readonly name: string;
  /** Word after the opening fence. */
  readonly fence: string;
  /** What a marker comment looks like. */
  readonly comment: (text: string) => string;
  readonly hints: readonly string[];
}

const slashes = (text: string): string => `// ${text}`;

const ECMASCRIPT = [
  'Write an ECMAScript module: what the evaluator calls is exported by name.',
  'Only the language and its standard objects are there (Math, typed arrays, Map, Set and the like); no packages, no DOM, no Node.',
  'Numbers are 64-bit floats: mind rounding where a result must hold exactly.',
];

const WASM_CALLS =
  'It is compiled to WebAssembly and called by the names of its exports. Numbers come as the parameter says; an array comes as a pointer to its elements and their number, is read back after the call, and text comes as UTF-8 with its length in bytes.';
const FAST_LOOPS =
  'Counted loops over contiguous memory become vector code; indirect indexes, early exits and a sum carried from step to step do not: keep several accumulators, choose between values rather than branches.';

export const LANGUAGE_HINTS = {
  javascript: { name: LANGUAGE_TITLES.javascript, fence: 'javascript', comment: slashes, hints: ECMASCRIPT },
  typescript: {
    name: LANGUAGE_TITLES.typescript,
    fence: 'typescript',
    comment: slashes,
    hints: [
      ...ECMASCRIPT,
      'Types are stripped before the program runs: use nothing that needs a compiler (no enums, no namespaces, no parameter properties).',
    ],
  },
  python: {
    name: LANGUAGE_TITLES.python,
    fence: 'python',
    comment: (text: string) => `# ${text}`,
    hints: [
      'Write Python 3 and keep the indentation of the text around a change. The evaluator calls functions of the entry by name, with plain data (numbers, texts, lists, dictionaries), and gets plain data back: no NaN, no infinity, no objects.',
      'Use the standard library and what the program imports already; nothing can be installed, and packages with native parts such as numpy are not there unless the program imports them. Files of the program in C or another compiled language are modules: `import kernel` for kernel.c, then `kernel.f(1.0, numbers)`; a call costs conversion, so hand over whole lists and batch.',
      'A loop of Python is some hundred times slower than compiled code: better algorithms first, then built-ins (sum, sorted, bisect, heapq, array, slices), functools.cache for what is asked again, locals in hot loops, sets and dictionaries for membership.',
    ],
  },
  c: {
    name: LANGUAGE_TITLES.c,
    fence: 'c',
    comment: slashes,
    hints: [
      'Write C11 that compiles without warnings: declare before use, include what you call.',
      WASM_CALLS,
      'Undefined behaviour counts as a failure: stay inside arrays, initialise what you read, mind signed overflow.',
      FAST_LOOPS,
      '`restrict` on pointer arguments lets loops become vectors; sums of floats are not reordered for you, so split them by hand.',
    ],
  },
  cpp: {
    name: LANGUAGE_TITLES.cpp,
    fence: 'cpp',
    comment: slashes,
    hints: [
      'Write C++20 with the standard library alone; no exceptions. What the evaluator calls is `extern "C"`.',
      WASM_CALLS,
      'Prefer values and containers to owning pointers; stay inside bounds; every big header costs seconds of compilation.',
      FAST_LOOPS,
      'Keep what is used together in a few contiguous vectors (one per field), small enough for the cache, and go through them in order.',
    ],
  },
  rust: {
    name: LANGUAGE_TITLES.rust,
    fence: 'rust',
    comment: slashes,
    hints: [
      'Write stable Rust, edition 2021, with the standard library alone. What the evaluator calls is `#[no_mangle] pub extern "C" fn`.',
      WASM_CALLS,
      'It has to pass the borrow checker at the first try: clone or index rather than hold references across changes.',
      'A panic counts as a crash: check what may be absent or out of range.',
      FAST_LOOPS,
      'Loops by index keep their bounds checks: iterate, zip, or slice to one length first. `chunks_exact` with an array of lanes becomes vector code where `.sum()` does not; explicit SIMD is `core::arch::wasm32`. Reuse buffers.',
    ],
  },
  go: {
    name: LANGUAGE_TITLES.go,
    fence: 'go',
    comment: slashes,
    hints: [
      'Write Go with the standard library alone, in package main, without fmt where it can be done. What the evaluator calls stands under `//go:wasmexport name`.',
      WASM_CALLS,
      'Unused imports and variables do not compile: remove what a change leaves without use.',
      'Nothing becomes vector code: several accumulators help a sum, slices of known length lose bounds checks, preallocated slices and no interfaces in hot loops.',
    ],
  },
  zig: {
    name: LANGUAGE_TITLES.zig,
    fence: 'zig',
    comment: slashes,
    hints: [
      'Write Zig with the standard library alone, and pass allocators explicitly. What the evaluator calls is `export fn`.',
      WASM_CALLS,
      'Unused values and ignored errors do not compile, nor does a `var` that never changes; conversions between number types are explicit.',
      '`@Vector(4, f32)` is portable SIMD, `@setFloatMode(.optimized)` permits sums in another order within a scope, `comptime` makes tables.',
    ],
  },
  assemblyscript: {
    name: LANGUAGE_TITLES.assemblyscript,
    fence: 'typescript',
    comment: slashes,
    hints: [
      'Write AssemblyScript: the syntax of TypeScript, compiled to WebAssembly. Types are i32, i64, u32, f32, f64, bool and the like; conversions to a smaller or whole type are written out (`<i32>x`).',
      WASM_CALLS,
      'There are no closures over variables, no union types and no objects without a class. `StaticArray<f64>` and `unchecked(a[i])` are quicker than checked lists; allocate outside of hot loops.',
      'v128 and its like (`f32x4.add`) are explicit SIMD.',
    ],
  },
  wat: {
    name: LANGUAGE_TITLES.wat,
    fence: 'wat',
    comment: (text: string) => `;; ${text}`,
    hints: [
      'Write one WebAssembly module in the text format, mostly folded: `(f64.add (local.get $x) (f64.const 1))`. It must validate: every instruction gets operands of its own types.',
      WASM_CALLS,
      'i32 for indexes and addresses, one memory, `memory.copy` and `memory.fill` for bulk. SIMD is 128 bits wide and explicit (`f32x4.mul`); no engine makes it out of scalar code.',
    ],
  },
} satisfies Readonly<Record<string, LanguageHint>>;

/** For Python programs that import it already: the page's own Python has none, and nobody should be led to it. */
export const NUMPY_HINT =
  'numpy: work on whole arrays and masks rather than elements, write into `out=` instead of temporaries, keep the contiguous axis innermost, choose the dtype, and mind that a slice is a view.';

/** For programs with a manifest: which crates there are stands in it, and it can't be changed. */
export const CRATES_HINT =
  'Beside the standard library there are the crates that `Cargo.toml` names, and no others; `Cargo.toml` itself can’t change.';

/** Facts about code that is no language of ours yet, for files of a program by their ending. */
export const CUDA_HINT =
  'CUDA: neighbouring threads read neighbouring addresses; keep data on the device; stage what is used again in shared memory, padded against bank conflicts; blocks of a multiple of 32 threads, with registers and shared memory few enough to keep many warps busy; no divergence inside a warp; check every call.';

/** A language without an entry is named as it is, and gets no hints. */
export function languageHint(language: string): LanguageHint {
  return Object.hasOwn(LANGUAGE_HINTS, language)
    ? LANGUAGE_HINTS[language as keyof typeof LANGUAGE_HINTS]
    : { name: language, fence: language, comment: slashes, hints: [] };
}

const FENCES: Readonly<Record<string, string>> = {
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  py: 'python',
  c: 'c',
  h: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  hpp: 'cpp',
  rs: 'rust',
  toml: 'toml',
  go: 'go',
  zig: 'zig',
  wat: 'wat',
  cu: 'cuda',
  json: 'json',
  md: 'markdown',
  txt: 'text',
};

/** Word after the fence of a file, by its ending; the language's own where the ending says nothing. */
export function fenceOf(path: string, language: string): string {
  const dot = path.lastIndexOf('.');
  const ending = dot < 0 ? '' : path.slice(dot + 1).toLowerCase();
  return (Object.hasOwn(FENCES, ending) ? FENCES[ending] : undefined) ?? languageHint(language).fence;
}
