/**
 * A parsed file as plain objects. Every step on a tree of the parser crosses into WebAssembly; so a tree is copied once,
 * given back at once, and the copy is kept by content. Comments are taken out of the tree and kept in a list beside it.
 */
import type { Language } from '../experiment.ts';
import { languageTable } from './language.ts';
import type { LanguageTable } from './language.ts';
import type { Syntax, SyntaxNode } from './tree.ts';

export interface Node {
  readonly kind: string;
  readonly named: boolean;
  readonly start: number;
  readonly end: number;
  readonly parent: Node | null;
  /** Place among the parent's children. */
  readonly index: number;
  readonly children: readonly Node[];
}

export interface Comment {
  readonly start: number;
  readonly end: number;
}

export interface ParsedFile {
  readonly table: LanguageTable;
  readonly text: string;
  readonly root: Node;
  readonly comments: readonly Comment[];
}

export type Parse =
  { readonly type: 'ok'; readonly file: ParsedFile } | { readonly type: 'failed'; readonly fault: SyntaxFault };

/** Lines and columns count from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** Characters of source whose trees are kept; a node takes about 100 bytes and three characters of source. */
const CACHE_CHARACTERS = 600_000;

interface Cache {
  readonly entries: Map<string, Parse>;
  characters: number;
}

const caches = new WeakMap<Syntax, Map<Language, Cache>>();

/** Parses, or finds what the same text gave before. */
export function parseFile(syntax: Syntax, language: Language, text: string): Parse {
  const cache = cacheOf(syntax, language);
  const known = cache.entries.get(text);
  if (known) {
    // The map keeps insertion order: what was used moves to the young end.
    cache.entries.delete(text);
    cache.entries.set(text, known);
    return known;
  }
  const result = parse(syntax, languageTable(language), text);
  cache.entries.set(text, result);
  cache.characters += text.length;
  for (const oldest of cache.entries.keys()) {
    if (cache.characters <= CACHE_CHARACTERS || oldest === text) break;
    cache.entries.delete(oldest);
    cache.characters -= oldest.length;
  }
  return result;
}

function cacheOf(syntax: Syntax, language: Language): Cache {
  let byLanguage = caches.get(syntax);
  if (!byLanguage) caches.set(syntax, (byLanguage = new Map()));
  let cache = byLanguage.get(language);
  if (!cache) byLanguage.set(language, (cache = { entries: new Map(), characters: 0 }));
  return cache;
}

function parse(syntax: Syntax, table: LanguageTable, text: string): Parse {
  const tree = syntax.parse(table.id, text);
  try {
    const root = tree.rootNode;
    if (root.hasError) return { type: 'failed', fault: firstFault(root) };
    const comments: Comment[] = [];
    const copied = copy(root, null, 0, table, comments);
    return { type: 'ok', file: { table, text, root: copied, comments } };
  } finally {
    tree.delete();
  }
}

function copy(source: SyntaxNode, parent: Node | null, index: number, table: LanguageTable, comments: Comment[]): Node {
  const children: Node[] = [];
  const kind = source.type;
  const node: Node = {
    kind,
    named: source.isNamed,
    start: source.startIndex,
    end: source.endIndex,
    parent,
    index,
    children,
  };
  // Most leaves are punctuation or names; asking those for children would cross over for nothing.
  if (!node.named || table.kinds.identifier.has(kind) || table.kinds.number.has(kind)) return node;
  for (const child of source.children) {
    if (!child) continue;
    if (table.kinds.comment.has(child.type)) comments.push({ start: child.startIndex, end: child.endIndex });
    else children.push(copy(child, node, children.length, table, comments));
  }
  return node;
}

function firstFault(node: SyntaxNode): SyntaxFault {
  const { row, column } = node.startPosition;
  const at = { line: row + 1, column: column + 1 };
  if (node.isMissing) return { ...at, what: `${node.type} is missing` };
  for (const child of node.children) {
    if (child && (child.hasError || child.isMissing)) {
      const deeper = firstFault(child);
      if (deeper.what !== '' || !node.isError) return deeper;
    }
  }
  return { ...at, what: node.isError ? `unexpected ${excerpt(node.text)}` : '' };
}

function excerpt(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line);
}
