/** Parsing that begins from the tree of a text near by: several times quicker where two texts differ in one place. */
import { Edit, type Parser, type Point, type Tree } from 'web-tree-sitter';

/** Characters of source whose trees are kept; a tree takes about 30 bytes of the parser's memory a character. */
const KEPT_CHARACTERS = 200_000;

/** Parses texts of one language. */
export class EditedParser {
  readonly #parser: Parser;
  /** Text → its tree; the longest unused comes first. */
  readonly #trees = new Map<string, Tree>();
  #characters = 0;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  /**
   * The same tree as `parse(text)`, which the caller has to free. Where the new tree would hold errors the text is parsed from
   * the beginning: how a parser recovers depends on where it came from.
   */
  parse(text: string, near?: string): Tree {
    if (near === undefined) return parsed(this.#parser.parse(text));
    const change = difference(near, text);
    // Where most of it is new there is nothing to gain.
    if (change.from + (text.length - change.newEnd) < text.length / 2)
      return this.#keep(text, parsed(this.#parser.parse(text)));
    const base = this.#baseOf(near);
    if (!base) return this.#keep(text, parsed(this.#parser.parse(text)));
    const start = pointAt(near, change.from, 0, { row: 0, column: 0 });
    const edited = base.copy();
    try {
      edited.edit(
        new Edit({
          startIndex: change.from,
          oldEndIndex: change.oldEnd,
          newEndIndex: change.newEnd,
          startPosition: start,
          oldEndPosition: pointAt(near, change.oldEnd, change.from, start),
          newEndPosition: pointAt(text, change.newEnd, change.from, start),
        }),
      );
      const tree = parsed(this.#parser.parse(text, edited));
      if (!tree.rootNode.hasError) return this.#keep(text, tree);
      tree.delete();
    } finally {
      edited.delete();
    }
    return parsed(this.#parser.parse(text));
  }

  /** The kept tree of a text without errors; null where it has some. */
  #baseOf(text: string): Tree | null {
    const kept = this.#trees.get(text);
    if (kept) {
      this.#trees.delete(text);
      this.#trees.set(text, kept);
      return kept;
    }
    const tree = parsed(this.#parser.parse(text));
    if (!tree.rootNode.hasError) {
      this.#hold(text, tree);
      return tree;
    }
    tree.delete();
    return null;
  }

  /** Keeps a copy, and gives the tree back. */
  #keep(text: string, tree: Tree): Tree {
    if (!tree.rootNode.hasError && !this.#trees.has(text)) this.#hold(text, tree.copy());
    return tree;
  }

  /** Keeps the tree itself, and frees those that were not used for longest; the last one stays whatever its size. */
  #hold(text: string, tree: Tree): void {
    this.#trees.set(text, tree);
    this.#characters += text.length;
    for (const [oldest, its] of this.#trees) {
      if (this.#characters <= KEPT_CHARACTERS || oldest === text) return;
      this.#trees.delete(oldest);
      this.#characters -= oldest.length;
      its.delete();
    }
  }
}

function parsed(tree: Tree | null): Tree {
  if (!tree) throw new Error('The parser gave up without being asked to');
  return tree;
}

interface Change {
  readonly from: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

/** The smallest single replacement that makes one text of the other, in UTF-16 code units. */
function difference(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before.charCodeAt(from) === after.charCodeAt(from)) from++;
  let same = 0;
  while (
    same < shorter - from &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  return { from, oldEnd: before.length - same, newEnd: after.length - same };
}

/** Row and column of `offset`, counted on from a place before it. */
function pointAt(text: string, offset: number, from: number, point: Point): Point {
  let { row, column } = point;
  for (let i = from; i < offset; i++) {
    if (text.charCodeAt(i) === 10) {
      row++;
      column = 0;
    } else column++;
  }
  return { row, column };
}
