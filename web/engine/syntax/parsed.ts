/**
 * A parsed file as plain objects. Every step on a tree of the parser crosses into WebAssembly; so a tree is copied once,
 * given back at once, and the copy is kept by content. Comments are taken out of the tree and kept in a list beside it.
 */
import type { Language } from '../experiment.ts';
import { languageTable } from './language.ts';
import type { Comment, Node } from './node.ts';
import type { LanguageTable, ParsedFile } from './table.ts';
import type { Syntax, SyntaxCursor, SyntaxNode, SyntaxTree } from './tree.ts';

export type Parse =
  { readonly type: 'ok'; readonly file: ParsedFile } | { readonly type: 'failed'; readonly fault: SyntaxFault };

/** Lines and columns count from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** Characters of source whose trees are kept at the least; its trees take about 60 bytes a character. */
const KEPT_CHARACTERS = 200_000;

/**
 * Deepest nesting that is taken. Walks over trees are recursive, and how deep a recursion may go differs between browsers: what one
 * could take and another not would send two runs of one seed apart.
 */
export const DEEPEST = 1_000;

/** Thrown and caught in here only. */
class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super();
    this.offset = offset;
  }
}

const NO_CHILDREN: Node[] = [];

/** Two generations: what is used moves to the young one, and when that is full the old one goes as a whole. */
interface Cache {
  young: Map<string, Parse>;
  old: Map<string, Parse>;
  /** Of the young generation. */
  characters: number;
}

const caches = new WeakMap<Syntax, Map<Language, Cache>>();

/** Parses, or finds what the same text gave before. `near`: see `Syntax.parse`. */
export function parseFile(syntax: Syntax, language: Language, text: string, near?: string): Parse {
  const cache = cacheOf(syntax, language);
  const recent = cache.young.get(text);
  if (recent) return recent;
  const result = cache.old.get(text) ?? parse(syntax, languageTable(language), text, near);
  if (cache.characters + text.length > KEPT_CHARACTERS) {
    cache.old = cache.young;
    cache.young = new Map();
    cache.characters = 0;
  }
  cache.young.set(text, result);
  cache.characters += text.length;
  return result;
}

function cacheOf(syntax: Syntax, language: Language): Cache {
  let byLanguage = caches.get(syntax);
  if (!byLanguage) caches.set(syntax, (byLanguage = new Map()));
  let cache = byLanguage.get(language);
  if (!cache) byLanguage.set(language, (cache = { young: new Map(), old: new Map(), characters: 0 }));
  return cache;
}

function parse(syntax: Syntax, table: LanguageTable, text: string, near?: string): Parse {
  const tree = near === undefined ? syntax.parse(table.id, text) : syntax.parse(table.id, text, near);
  try {
    const root = tree.rootNode;
    if (root.hasError) return { type: 'failed', fault: firstFault(root, 0) };
    const comments: Comment[] = [];
    const copied = copyTree(tree, table, comments);
    if (table.shape) reshape(copied, table.shape, text);
    return { type: 'ok', file: { table, text, root: copied, comments } };
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    const before = text.slice(0, error.offset);
    const line = before.split('\n').length;
    const column = error.offset - (before.lastIndexOf('\n') + 1) + 1;
    return { type: 'failed', fault: { line, column, what: `nested more than ${DEEPEST} levels deep` } };
  } finally {
    tree.delete();
  }
}

/** Parents first. The copy is nobody else's yet. */
function reshape(node: { kind: string } & Node, shape: NonNullable<LanguageTable['shape']>, text: string): void {
  node.kind = shape(node, text) ?? node.kind;
  for (const child of node.children) reshape(child, shape, text);
}

function copyTree(tree: SyntaxTree, table: LanguageTable, comments: Comment[]): Node {
  if (!tree.walk) return copyNode(tree.rootNode, null, 0, table, comments, 0);
  const cursor = tree.walk();
  try {
    return copyAt(cursor, null, 0, kindsOf(table), comments, 0);
  } finally {
    cursor.delete();
  }
}

interface Kind {
  readonly name: string;
  readonly named: boolean;
  readonly isLeaf: boolean;
  readonly isComment: boolean;
  readonly dissolves: boolean;
}

const kindsByTable = new WeakMap<LanguageTable, Map<number, Kind>>();

function kindsOf(table: LanguageTable): KindReader {
  let known = kindsByTable.get(table);
  if (!known) kindsByTable.set(table, (known = new Map()));
  return { table, known };
}

interface KindReader {
  readonly table: LanguageTable;
  readonly known: Map<number, Kind>;
}

function kindAt(cursor: SyntaxCursor, { table, known }: KindReader): Kind {
  const id = cursor.nodeTypeId;
  let kind = known.get(id);
  if (!kind) known.set(id, (kind = kindOf(cursor.nodeType, cursor.nodeIsNamed, table)));
  return kind;
}

function kindOf(type: string, named: boolean, { kinds, rename, dissolve, atoms }: LanguageTable): Kind {
  // The word `number` of a type is a token of that very kind, and no literal.
  const name = named ? (rename[type] ?? type) : kinds.expression.has(type) ? `word ${type}` : type;
  // Most leaves are punctuation or names; asking those for children would cross over for nothing.
  const isLeaf = !named || kinds.identifier.has(name) || kinds.number.has(name) || atoms.has(name);
  return { name, named, isLeaf, isComment: kinds.comment.has(type), dissolves: named && dissolve.has(type) };
}

/** Leaves the cursor where it was. */
function copyAt(
  cursor: SyntaxCursor,
  parent: Node | null,
  index: number,
  kinds: KindReader,
  comments: Comment[],
  depth: number,
  kind: Kind = kindAt(cursor, kinds),
): Node {
  if (depth > DEEPEST) throw new TooDeep(cursor.startIndex);
  const children: Node[] = kind.isLeaf ? NO_CHILDREN : [];
  const node: Node = {
    kind: kind.name,
    named: kind.named,
    start: cursor.startIndex,
    end: cursor.endIndex,
    parent,
    index,
    children,
  };
  if (!kind.isLeaf) copyBelow(cursor, node, children, kinds, comments, depth);
  return node;
}

/** Children of the node the cursor is at, which become children of `node`. False where there are none. */
function copyBelow(
  cursor: SyntaxCursor,
  node: Node,
  children: Node[],
  kinds: KindReader,
  comments: Comment[],
  depth: number,
): boolean {
  if (depth > DEEPEST) throw new TooDeep(cursor.startIndex);
  if (!cursor.gotoFirstChild()) return false;
  do {
    const below = kindAt(cursor, kinds);
    if (below.isComment) comments.push({ start: cursor.startIndex, end: cursor.endIndex });
    else if (!below.dissolves || !copyBelow(cursor, node, children, kinds, comments, depth + 1)) {
      children.push(copyAt(cursor, node, children.length, kinds, comments, depth + 1, below));
    }
  } while (cursor.gotoNextSibling());
  cursor.gotoParent();
  return true;
}

function copyNode(
  source: SyntaxNode,
  parent: Node | null,
  index: number,
  table: LanguageTable,
  comments: Comment[],
  depth: number,
): Node {
  if (depth > DEEPEST) throw new TooDeep(source.startIndex);
  const kind = kindOf(source.type, source.isNamed, table);
  const children: Node[] = kind.isLeaf ? NO_CHILDREN : [];
  const node: Node = {
    kind: kind.name,
    named: kind.named,
    start: source.startIndex,
    end: source.endIndex,
    parent,
    index,
    children,
  };
  if (!kind.isLeaf) copyNodesBelow(source, node, children, table, comments, depth);
  return node;
}

function copyNodesBelow(
  source: SyntaxNode,
  node: Node,
  children: Node[],
  table: LanguageTable,
  comments: Comment[],
  depth: number,
): void {
  if (depth > DEEPEST) throw new TooDeep(source.startIndex);
  for (const child of source.children) {
    if (!child) continue;
    const isOpen = child.isNamed && table.dissolve.has(child.type) && child.childCount > 0;
    if (table.kinds.comment.has(child.type)) comments.push({ start: child.startIndex, end: child.endIndex });
    else if (isOpen) copyNodesBelow(child, node, children, table, comments, depth + 1);
    else children.push(copyNode(child, node, children.length, table, comments, depth + 1));
  }
}

function firstFault(node: SyntaxNode, depth: number): SyntaxFault {
  const { row, column } = node.startPosition;
  const at = { line: row + 1, column: column + 1 };
  if (node.isMissing) return { ...at, what: `${node.type} is missing` };
  for (const child of node.children) {
    if (child && (child.hasError || child.isMissing)) {
      if (depth > DEEPEST) throw new TooDeep(child.startIndex);
      const deeper = firstFault(child, depth + 1);
      if (deeper.what !== '' || !node.isError) return deeper;
    }
  }
  return { ...at, what: node.isError ? `unexpected ${excerpt(node.text)}` : '' };
}

function excerpt(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line);
}
