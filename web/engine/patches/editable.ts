/** What of a program may change, as whole lines where its markers stand on lines of their own. */
import { tableOf } from '../syntax/language.ts';
import { parseFile } from '../syntax/parsed.ts';
import { commentFormsOf, findTextBlocks } from './comment-forms.ts';
import { deepest, MOST_DEPTH } from './depth.ts';
import { evolveBlocks, markerMessage } from './evolve-blocks.ts';
import type { Language } from '../experiment.ts';
import type { Files } from '../program.ts';
import type { Syntax } from '../syntax/tree.ts';
import type { Blocks, Range } from './evolve-blocks.ts';

/** Finds the evolve blocks of one file. */
export type FindBlocks = (path: string, text: string) => Blocks;

export interface Editable {
  readonly type: 'ok';
  /** By path, in order; empty for files that may not change. Every path of the program is there. */
  readonly ranges: Readonly<Record<string, readonly Range[]>>;
  /** Paths whose blocks are marked; where none is, all code may change. */
  readonly marked: ReadonlySet<string>;
  readonly find: FindBlocks;
}

export type EditableResult = Editable | { readonly type: 'failed'; readonly reason: string };

/** On the tree where the text parses, on comments and strings alone where it does not. */
export function blockFinder(syntax: Syntax, language: Language): FindBlocks {
  return (path, text) => {
    const table = tableOf(language, path);
    const blocks = table && deepest(text) <= MOST_DEPTH ? blocksOnTree(syntax, table.id, text) : null;
    if (blocks) return blocks;
    const forms = commentFormsOf(path);
    return forms
      ? findTextBlocks(text, forms)
      : { type: 'ok', marked: false, ranges: [{ start: 0, end: text.length }] };
  };
}

function blocksOnTree(syntax: Syntax, language: Language, text: string): Blocks | null {
  try {
    const parse = parseFile(syntax, language, text);
    return parse.type === 'ok' ? evolveBlocks(parse.file) : null;
  } catch (error) {
    // A reply can be as deep as it likes without a bracket (1+1+1…); a stack that overflows is its fault.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** `code` says which files may change at all. */
export function editableOf(files: Files, code: (path: string) => boolean, find: FindBlocks): EditableResult {
  const found = new Map<string, Blocks & { type: 'ok' }>();
  for (const path of Object.keys(files)) {
    if (!code(path)) continue;
    const blocks = find(path, files[path] as string);
    if (blocks.type === 'failed') {
      return { type: 'failed', reason: `${path}:${blocks.error.line}: ${markerMessage(blocks.error)}` };
    }
    found.set(path, blocks);
  }
  const marked = new Set([...found].filter(([, blocks]) => blocks.marked).map(([path]) => path));
  const ranges = Object.create(null) as Record<string, readonly Range[]>;
  for (const path of Object.keys(files)) {
    const blocks = found.get(path);
    const text = files[path] as string;
    if (!blocks || (marked.size > 0 && !blocks.marked)) ranges[path] = [];
    else ranges[path] = blocks.marked ? blocks.ranges.map((range) => wholeLines(text, range)) : blocks.ranges;
  }
  return { type: 'ok', ranges, marked, find };
}

/** Leaves the rest of the opening marker's line and the indentation of the closing one alone, where nothing else is there. */
function wholeLines(text: string, { start, end }: Range): Range {
  let from = start;
  while (from < end && (isBlank(text.charCodeAt(from)) || text.charCodeAt(from) === 13)) from++;
  const first = from < end && text.charCodeAt(from) === 10 ? from + 1 : start;
  let to = end;
  while (to > first && isBlank(text.charCodeAt(to - 1))) to--;
  const last = to === first || text.charCodeAt(to - 1) === 10 ? to : end;
  return { start: first, end: last };
}

function isBlank(unit: number): boolean {
  return unit === 32 || unit === 9;
}
