/** Hash of a program's syntax: equal for programs that differ in comments, white space and the spelling of numbers only. */
import type { Node } from '../syntax/node.ts';
import type { ParsedFile } from '../syntax/table.ts';
import { Hasher } from './hash.ts';

const STATEMENT_ENDS = 0x10001;
const FILE_ENDS = 0x10002;

const hashes = new WeakMap<ParsedFile, string>();

/** Of one file. */
export function syntaxHash(file: ParsedFile): string {
  let hash = hashes.get(file);
  if (hash === undefined) {
    const hasher = new Hasher();
    feed(hasher, file.root, file);
    hashes.set(file, (hash = hasher.digest()));
  }
  return hash;
}

/** Of a whole program: path → hash of its syntax, or its text where it holds no code. */
export function combineHashes(parts: readonly (readonly [path: string, content: string])[]): string {
  const hasher = new Hasher();
  for (const [path, content] of [...parts].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    hasher.text(path);
    hasher.text(content);
    hasher.mark(FILE_ENDS);
  }
  return hasher.digest();
}

function feed(hasher: Hasher, node: Node, file: ParsedFile): void {
  const { kinds } = file.table;
  if (node.children.length === 0) {
    if (kinds.number.has(node.kind)) hasher.text(canonicalNumber(file.text.slice(node.start, node.end)));
    else hasher.text(file.text, node.start, node.end);
    return;
  }
  if (kinds.string.has(node.kind)) {
    // White space between the parts of a string belongs to it, and its parts need not cover it.
    hasher.text(file.text, node.start, node.end);
    return;
  }
  for (const child of node.children) feed(hasher, child, file);
  // Where a line break ends a statement no token says so.
  if (kinds.statement.has(node.kind)) hasher.mark(STATEMENT_ENDS);
}

/** `1.50`, `15e-1` and `1.5` are one number; a big integer keeps its text. */
export function canonicalNumber(text: string): string {
  const plain = text.replaceAll('_', '');
  const value = Number(plain);
  return Number.isNaN(value) ? plain : String(value);
}
