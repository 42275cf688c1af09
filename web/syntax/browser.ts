import javascript from 'tree-sitter-javascript/tree-sitter-javascript.wasm?url';
import typescript from 'tree-sitter-typescript/tree-sitter-typescript.wasm?url';
import parser from 'web-tree-sitter/web-tree-sitter.wasm?url';
import type { SyntaxAsset } from './asset.ts';

const ADDRESSES: Readonly<Record<SyntaxAsset, string>> = { parser, javascript, typescript };

/** Fetches from where the bundler put the files; works in a page and in a worker. */
export async function readSyntaxAsset(asset: SyntaxAsset): Promise<Uint8Array> {
  const response = await fetch(ADDRESSES[asset]);
  if (!response.ok) throw new Error(`The ${asset} syntax did not load: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
