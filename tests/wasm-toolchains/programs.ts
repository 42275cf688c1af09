/** A sound program of each compiled language, and one with a fault whose place is known. Each exports `add`. */
import type { CompiledLanguage } from '../../wasm-toolchains/contract.ts';

export interface Sample {
  readonly language: CompiledLanguage;
  readonly entry: string;
  readonly good: string;
  /** `c` is nowhere declared, on line 2. */
  readonly bad: string;
}

export const SAMPLES: readonly Sample[] = [
  {
    language: 'c',
    entry: 'main.c',
    good: 'int add(int a, int b) {\n  return a + b;\n}\n',
    bad: 'int add(int a, int b) {\n  return a + c;\n}\n',
  },
  {
    language: 'cpp',
    entry: 'main.cpp',
    good: 'extern "C" int add(int a, int b) {\n  return a + b;\n}\n',
    bad: 'extern "C" int add(int a, int b) {\n  return a + c;\n}\n',
  },
  {
    language: 'assemblyscript',
    entry: 'main.ts',
    good: 'export function add(a: i32, b: i32): i32 {\n  return a + b;\n}\n',
    bad: 'export function add(a: i32, b: i32): i32 {\n  return a + c;\n}\n',
  },
  {
    language: 'wat',
    entry: 'main.wat',
    good: '(module (func (export "add") (param i32 i32) (result i32)\n  (i32.add (local.get 0) (local.get 1))))\n',
    bad: '(module (func (export "add") (param i32 i32) (result i32)\n  (i32.add (local.get 0) (local.get $c))))\n',
  },
  {
    language: 'rust',
    entry: 'main.rs',
    good: '#[no_mangle] pub extern "C" fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n',
    bad: '#[no_mangle] pub extern "C" fn add(a: i32, b: i32) -> i32 {\n    a + c\n}\n',
  },
  {
    language: 'go',
    entry: 'main.go',
    good: 'package main\n\n//go:wasmexport add\nfunc add(a, b int32) int32 { return a + b }\n\nfunc main() {}\n',
    bad: 'package main; func main() {}\nvar x = c\n',
  },
  {
    language: 'zig',
    entry: 'main.zig',
    good: 'export fn add(a: i32, b: i32) i32 {\n    return a + b;\n}\n',
    bad: 'export fn add(a: i32, b: i32) i32 {\n    return a + c;\n}\n',
  },
];
