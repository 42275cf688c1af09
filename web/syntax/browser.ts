import zig from '@tree-sitter-grammars/tree-sitter-zig/tree-sitter-zig.wasm?url';
import c from 'tree-sitter-c/tree-sitter-c.wasm?url';
import cpp from 'tree-sitter-cpp/tree-sitter-cpp.wasm?url';
import go from 'tree-sitter-go/tree-sitter-go.wasm?url';
import javascript from 'tree-sitter-javascript/tree-sitter-javascript.wasm?url';
import python from 'tree-sitter-python/tree-sitter-python.wasm?url';
import rust from 'tree-sitter-rust/tree-sitter-rust.wasm?url';
import typescript from 'tree-sitter-typescript/tree-sitter-typescript.wasm?url';
import parser from 'web-tree-sitter/web-tree-sitter.wasm?url';
import type { SyntaxAsset } from './asset.ts';

const ADDRESSES: Readonly<Record<SyntaxAsset, string>> = {
  ...{ parser, javascript, typescript, python, c, cpp },
  ...{ rust, go, zig },
};

/** Fetches from where the bundler put the files; works in a page and in a worker. */
export async function readSyntaxAsset(asset: SyntaxAsset): Promise<Uint8Array> {
  const response = await fetch(ADDRESSES[asset]);
  if (!response.ok) throw new Error(`The ${asset} syntax did not load: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
