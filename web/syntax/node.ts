import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SyntaxAsset } from './asset.ts';

const FILES: Readonly<Record<SyntaxAsset, string>> = {
  parser: 'web-tree-sitter/web-tree-sitter.wasm',
  javascript: 'tree-sitter-javascript/tree-sitter-javascript.wasm',
  typescript: 'tree-sitter-typescript/tree-sitter-typescript.wasm',
};

/** Reads the parser and the grammars out of their installed packages. */
export async function readSyntaxAsset(asset: SyntaxAsset): Promise<Uint8Array> {
  return new Uint8Array(await readFile(createRequire(import.meta.url).resolve(FILES[asset])));
}
