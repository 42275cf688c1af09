/** Reads WebAssembly text as a tree of lists. No grammar of it is at hand, and none is needed for parentheses. */
import type { SyntaxNode, SyntaxTree } from '../engine/syntax/tree.ts';

interface Part extends SyntaxNode {
  readonly children: Part[];
  readonly namedChildren: Part[];
  parent: Part | null;
  hasError: boolean;
}

/** Forms whose lists have a kind of their own; every other list is a `list`. */
const FORMS: ReadonlySet<string> = new Set([
  ...['module', 'func', 'param', 'result', 'local', 'export', 'import', 'memory', 'data', 'global', 'table', 'elem'],
  ...['type', 'start', 'mut', 'if', 'then', 'else', 'block', 'loop'],
]);

/**
 * `program` holds everything. Words are `instruction` (`f64.add`), `identifier` (`$x`), `number` or `string`; comments are
 * `line_comment` (`;; …`) and `block_comment` (`(; … ;)`, which nest). What can't be read is an `ERROR` at its place. The tree
 * says whether parentheses and words are right, not whether instructions are.
 */
export function parseWat(text: string): SyntaxTree {
  const reader = new Reader(text);
  const root = reader.read();
  return { rootNode: root, delete: () => {} };
}

class Reader {
  readonly #text: string;
  #at = 0;
  #id = 0;
  #row = 0;
  #lineStart = 0;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Part {
    const root = this.#node('program', true, 0, this.#text.length);
    const open: Part[] = [root];
    const top = (): Part => open[open.length - 1] as Part;
    for (;;) {
      this.#skip();
      if (this.#at >= this.#text.length) break;
      const start = this.#at;
      const token = this.#token();
      if (token.kind === '(') {
        const list = this.#node('list', true, start, start);
        attach(top(), list);
        attach(list, this.#node('(', false, start, start + 1));
        open.push(list);
      } else if (token.kind === ')') {
        if (open.length === 1) attach(root, this.#node('ERROR', true, start, start + 1));
        else {
          const list = open.pop() as Part;
          attach(list, this.#node(')', false, start, start + 1));
          finish(list, this.#at);
        }
      } else {
        const parent = top();
        attach(parent, this.#node(token.kind, true, start, this.#at));
        if (parent.children.length === 2 && token.kind === 'instruction') {
          const word = this.#text.slice(start, this.#at);
          if (FORMS.has(word)) Object.assign(parent, { type: word });
        }
      }
    }
    while (open.length > 1) {
      const list = open.pop() as Part;
      // The fault is where the list begins: its end could be anywhere.
      Object.assign(list, { isError: true, type: 'ERROR' });
      list.hasError = true;
      finish(list, this.#text.length);
      mark(list);
    }
    return root;
  }

  #node(type: string, isNamed: boolean, start: number, end: number): Part {
    const text = this.#text;
    const isError = type === 'ERROR';
    const children: Part[] = [];
    return {
      id: this.#id++,
      type,
      isNamed,
      isError,
      isMissing: false,
      hasError: isError,
      startIndex: start,
      endIndex: end,
      get text() {
        return text.slice(this.startIndex, this.endIndex);
      },
      parent: null,
      get childCount() {
        return children.length;
      },
      children,
      get namedChildren() {
        return children.filter((child) => child.isNamed);
      },
      startPosition: this.#position(start),
      childForFieldName: () => null,
    };
  }

  /** Offsets come in order but for the root's. */
  #position(offset: number): { row: number; column: number } {
    for (; this.#counted < offset; this.#counted++) {
      if (this.#text.charCodeAt(this.#counted) !== 10) continue;
      this.#row++;
      this.#lineStart = this.#counted + 1;
    }
    return { row: this.#row, column: offset - this.#lineStart };
  }

  #skip(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at] as string)) this.#at++;
  }

  #token(): { readonly kind: string } {
    const text = this.#text;
    const start = this.#at;
    if (text.startsWith(';;', start)) {
      const end = text.indexOf('\n', start);
      this.#at = end < 0 ? text.length : end;
      return { kind: 'line_comment' };
    }
    if (text.startsWith('(;', start)) return { kind: this.#blockComment() };
    const sign = text[start] as string;
    if (sign === '(' || sign === ')') {
      this.#at++;
      return { kind: sign };
    }
    if (sign === '"') return { kind: this.#string() };
    const word = /^[^\s()";]+/.exec(text.slice(start, start + 400))?.[0] ?? sign;
    this.#at = start + word.length;
    if (/^\$./.test(word)) return { kind: 'identifier' };
    if (
      /^[+-]?(\d[\d_]*(\.[\d_]*)?(e[+-]?\d+)?|0x[\da-f_]+(\.[\da-f_]*)?(p[+-]?\d+)?|inf|nan(:0x[\da-f]+)?)$/i.test(word)
    ) {
      return { kind: 'number' };
    }
    if (/^(offset|align)=\w+$/.test(word) || /^[a-z][a-z0-9._]*$/.test(word)) return { kind: 'instruction' };
    return { kind: 'ERROR' };
  }

  #blockComment(): string {
    const text = this.#text;
    let depth = 0;
    for (let at = this.#at; at < text.length; at++) {
      if (text.startsWith('(;', at)) {
        depth++;
        at++;
      } else if (text.startsWith(';)', at)) {
        at++;
        if (--depth === 0) {
          this.#at = at + 1;
          return 'block_comment';
        }
      }
    }
    this.#at = text.length;
    return 'ERROR';
  }

  #string(): string {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length && text[at] !== '\n'; at++) {
      if (text[at] === '\\') at++;
      else if (text[at] === '"') {
        this.#at = at + 1;
        return 'string';
      }
    }
    const end = text.indexOf('\n', this.#at);
    this.#at = end < 0 ? text.length : end;
    return 'ERROR';
  }
}

function attach(parent: Part, child: Part): void {
  child.parent = parent;
  parent.children.push(child);
  if (child.hasError) mark(child);
}

function finish(list: Part, end: number): void {
  Object.assign(list, { endIndex: end });
}

function mark(node: Part): void {
  for (let up = node.parent; up; up = up.parent) up.hasError = true;
}
