import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SyntaxAsset } from './asset.ts';

const FILES: Readonly<Record<SyntaxAsset, string>> = {
  parser: 'web-tree-sitter/web-tree-sitter.wasm',
  javascript: 'tree-sitter-javascript/tree-sitter-javascript.wasm',
  typescript: 'tree-sitter-typescript/tree-sitter-typescript.wasm',
  python: 'tree-sitter-python/tree-sitter-python.wasm',
  c: 'tree-sitter-c/tree-sitter-c.wasm',
  cpp: 'tree-sitter-cpp/tree-sitter-cpp.wasm',
  rust: 'tree-sitter-rust/tree-sitter-rust.wasm',
  go: 'tree-sitter-go/tree-sitter-go.wasm',
  zig: '@tree-sitter-grammars/tree-sitter-zig/tree-sitter-zig.wasm',
};

/** Reads the parser and the grammars out of their installed packages. */
export async function readSyntaxAsset(asset: SyntaxAsset): Promise<Uint8Array> {
  return new Uint8Array(await readFile(createRequire(import.meta.url).resolve(FILES[asset])));
}
