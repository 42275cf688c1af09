/** SEARCH/REPLACE blocks read from a DIFF part. A line is a mark only if it is nothing else. */
import { linesOf } from './lines.ts';

export const SEARCH_MARK = '<<<<<<< SEARCH';
export const DIVIDER_MARK = '=======';
export const END_MARK = '>>>>>>> REPLACE';

/** More are never needed, and each one costs a pass over its file. */
export const MOST_BLOCKS = 200;

export interface SearchBlock {
  /** As written before the block or before one above it; null where no file was named. */
  readonly file: string | null;
  readonly search: readonly string[];
  readonly replace: readonly string[];
  /** Line of its first mark in the part, from 1. */
  readonly line: number;
}

export type ParsedBlocks =
  | { readonly type: 'ok'; readonly blocks: readonly SearchBlock[] }
  | { readonly type: 'failed'; readonly problem: string };

/** `paths`: a line that is nothing but one of them, in the dress of a heading or not, names a file as `FILE: path` does. */
export function parseBlocks(text: string, paths: readonly string[]): ParsedBlocks {
  const known = new Set(paths);
  const blocks: SearchBlock[] = [];
  let file: string | null = null;
  let search: string[] | null = null;
  let replace: string[] | null = null;
  let opened = 0;
  let number = 0;
  for (const { text: raw } of linesOf(text)) {
    number++;
    const line = raw.length < 40 ? raw.trimEnd() : raw;
    if (search === null) {
      if (line === SEARCH_MARK) {
        search = [];
        opened = number;
      } else if (line === END_MARK) {
        return failed(`Line ${number} of the DIFF part is "${END_MARK}", but no block is open there.`);
      } else file = fileOn(raw, known) ?? file;
    } else if (line === SEARCH_MARK) {
      return failed(
        `The block that begins on line ${opened} of the DIFF part is not closed by "${END_MARK}" when another begins on line ${number}.`,
      );
    } else if (replace === null) {
      if (line === DIVIDER_MARK) replace = [];
      else if (line === END_MARK) {
        return failed(`The block that begins on line ${opened} of the DIFF part has no line "${DIVIDER_MARK}".`);
      } else search.push(raw);
    } else if (line === END_MARK) {
      if (blocks.length === MOST_BLOCKS)
        return failed(`There are more than ${MOST_BLOCKS} blocks. Make fewer, larger ones.`);
      blocks.push({ file, search, replace, line: opened });
      search = replace = null;
    } else replace.push(raw);
  }
  if (search !== null) {
    return failed(`The block that begins on line ${opened} of the DIFF part is not closed by "${END_MARK}".`);
  }
  if (blocks.length > 0) return { type: 'ok', blocks };
  return failed(
    `There is no SEARCH/REPLACE block. Each is a line "${SEARCH_MARK}", the text as it is now, a line "${DIVIDER_MARK}", the new text, and a line "${END_MARK}", all at the beginning of their lines.`,
  );
}

function failed(problem: string): ParsedBlocks {
  return { type: 'failed', problem };
}

/** The path a line names, or null. */
export function fileOn(line: string, known: ReadonlySet<string>): string | null {
  if (line.length > 300) return null;
  const bare = undress(line);
  const named = /^file(?:name|path)?[ \t]{0,2}:[ \t]{0,4}(\S.*)$/i.exec(bare);
  if (named) return undress(named[1] as string);
  return known.has(bare) ? bare : null;
}

/** Without quotes, backticks, asterisks, heading signs, comment signs and a closing colon. */
function undress(line: string): string {
  return line
    .trim()
    .replace(/^(?:#{1,6}|\/\/|[*`"'-])[*`"' ]{0,8}/, '')
    .replace(/[*`"':]{1,8}$/, '')
    .trim();
}
