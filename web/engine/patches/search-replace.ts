/** Applies the SEARCH/REPLACE blocks of a reply: all of them, or none. */
import { BLOCK_START, isMarkerLine } from './comment-forms.ts';
import { lineBreakOf, shown } from './lines.ts';
import { findMatch } from './matching.ts';
import { editableRegions, nearestText } from './nearest.ts';
import { Draft } from './patched.ts';
import { fileList, namedFile } from './paths.ts';
import { parseBlocks } from './search-replace-blocks.ts';
import type { Files } from '../program.ts';
import type { Editable } from './editable.ts';
import type { Match, Work } from './matching.ts';
import type { Patched } from './patched.ts';
import type { SearchBlock } from './search-replace-blocks.ts';

/** Blocks whose problems are told at once. */
const MOST_PROBLEMS = 3;
/** Blocks that get a look for the nearest text. */
const MOST_NEAREST = 2;

const HINTS =
  'Copy the lines to search for from the current program exactly, without line numbers. Blocks are applied in order: a later one sees what the earlier ones made. If much changes, fewer lines around each change are safer.';

/** `diff` has line breaks `\n`. Never throws for any text. */
export function applySearchReplace(diff: string, files: Files, editable: Editable, work: Work = { steps: 0 }): Patched {
  const parsed = parseBlocks(diff, Object.keys(files));
  if (parsed.type === 'failed') return parsed;
  const draft = new Draft(files, editable);
  const notes: string[] = [];
  const problems: string[] = [];
  for (const [i, block] of parsed.blocks.entries()) {
    const problem = applyBlock(draft, files, block, i + 1, notes, work, problems.length < MOST_NEAREST);
    if (problem !== null) problems.push(problem);
    if (problems.length === MOST_PROBLEMS) break;
  }
  if (problems.length === 0) return draft.result(notes);
  return { type: 'failed', problem: [...problems, 'No block was applied.', HINTS].join('\n\n') };
}

/** Null, or what is wrong. */
function applyBlock(
  draft: Draft,
  files: Files,
  block: SearchBlock,
  number: number,
  notes: string[],
  work: Work,
  lookNear: boolean,
): string | null {
  const search = block.search.filter((line) => !isMarkerLine(line));
  const replace = block.replace.filter((line) => !isMarkerLine(line));
  const empty = search.every((line) => line.trim() === '');
  const target = targetOf(draft, files, block, empty ? null : { search, replace }, work);
  if (target.type === 'failed') return `Block ${number}: ${target.problem}`;
  const { path } = target;
  if (draft.ranges(path).length === 0) {
    const others = Object.keys(files).filter((other) => draft.ranges(other).length > 0);
    return `Block ${number}: ${shown(path)} must not change. These files may: ${others.map((other) => shown(other)).join(', ') || 'none'}.`;
  }
  if (empty) {
    insert(draft, path, replace, block.search.some((line) => line.includes(BLOCK_START)) ? 'first' : 'last');
    return null;
  }
  const match = target.match ?? findMatch(draft.text(path), draft.ranges(path), search, replace, work);
  if (match.type === 'found') {
    const { start, end, text, likeness, line, places } = match;
    draft.apply({ file: path, start, end, text });
    if (places.length > 1) {
      notes.push(`block ${number} fits ${places.length} places of ${path}; the first, line ${line}, was changed`);
    }
    if (likeness !== 'exact') notes.push(`block ${number} was recognised but for ${likeness}`);
    return null;
  }
  const regions = editableRegions(path, draft.text(path), draft.ranges(path));
  if (match.type === 'fixed') {
    return `Block ${number}: the text it searches for stands on line ${match.line} of ${shown(path)}, where nothing may change.\n${regions}`;
  }
  const near = lookNear ? nearestText(draft.text(path), draft.ranges(path), search, work) : '';
  const first = search.find((line) => line.trim() !== '') as string;
  return [
    `Block ${number}: the text it searches for is not in ${shown(path)}. It begins: ${shown(first.trim(), 100)}`,
    ...(near === '' ? [] : [near]),
    regions,
  ].join('\n');
}

type Target =
  | { readonly type: 'ok'; readonly path: string; readonly match: Match | null }
  | { readonly type: 'failed'; readonly problem: string };

/** The file that was named, the only one that may change, or the only one the text is in. */
function targetOf(
  draft: Draft,
  files: Files,
  { file }: SearchBlock,
  sought: { readonly search: readonly string[]; readonly replace: readonly string[] } | null,
  work: Work,
): Target {
  if (file !== null) {
    const named = namedFile(file, files);
    return named.type === 'ok' ? { ...named, match: null } : named;
  }
  const paths = Object.keys(files);
  const open = paths.filter((path) => draft.ranges(path).length > 0);
  const only = open.length === 1 ? open[0] : paths.length === 1 ? paths[0] : undefined;
  if (only !== undefined) return { type: 'ok', path: only, match: null };
  const hits: Target[] = [];
  for (const path of sought ? open.slice(0, 50) : []) {
    const match = findMatch(draft.text(path), draft.ranges(path), sought?.search ?? [], sought?.replace ?? [], work);
    if (match.type === 'found') hits.push({ type: 'ok', path, match });
  }
  if (hits.length === 1) return hits[0] as Target;
  return {
    type: 'failed',
    problem: `the program has several files, and no line FILE: … before the block says which is meant. ${fileList(paths)}`,
  };
}

/** On lines of its own, at the end of the last region of the file or at the beginning of the first. */
function insert(draft: Draft, path: string, lines: readonly string[], where: 'first' | 'last'): void {
  if (lines.length === 0) return;
  const text = draft.text(path);
  const ranges = draft.ranges(path);
  const range = where === 'last' ? ranges.at(-1) : ranges[0];
  if (!range) return;
  const at = where === 'last' ? range.end : range.start;
  const eol = lineBreakOf(text);
  const before = at > 0 && text.charCodeAt(at - 1) !== 10 ? eol : '';
  draft.apply({ file: path, start: at, end: at, text: `${before}${lines.join(eol)}${eol}` });
}
