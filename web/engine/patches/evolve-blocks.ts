/**
 * Which parts of a file may change: what lies between a comment that says EVOLVE-BLOCK-START and the next that says
 * EVOLVE-BLOCK-END. A program without a marker in any file may change everywhere; where one file has markers, files without are
 * fixed.
 */
import { tableOf } from '../syntax/language.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { Language } from '../experiment.ts';
import type { Files } from '../program.ts';
import type { ParsedFile } from '../syntax/table.ts';
import type { Syntax } from '../syntax/tree.ts';

/** `[start, end)` in UTF-16 code units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type MarkerError =
  | { readonly type: 'unopened'; readonly line: number }
  | { readonly type: 'unclosed'; readonly line: number }
  | { readonly type: 'nested'; readonly line: number };

export type Blocks =
  | { readonly type: 'ok'; readonly marked: boolean; readonly ranges: readonly Range[] }
  | { readonly type: 'failed'; readonly error: MarkerError };

export type EvolvableRanges =
  | { readonly type: 'ok'; readonly ranges: Readonly<Record<string, readonly Range[]>> }
  | { readonly type: 'failed'; readonly reason: string };

const START = 'EVOLVE-BLOCK-START';
const END = 'EVOLVE-BLOCK-END';

const found = new WeakMap<ParsedFile, Blocks>();

/** The blocks of one file; without markers `ranges` is the whole file. */
export function evolveBlocks(file: ParsedFile): Blocks {
  let blocks = found.get(file);
  if (!blocks) found.set(file, (blocks = findBlocks(file)));
  return blocks;
}

function findBlocks(file: ParsedFile): Blocks {
  const { text } = file;
  if (!text.includes(START) && !text.includes(END)) {
    return { type: 'ok', marked: false, ranges: [{ start: 0, end: text.length }] };
  }
  const ranges: Range[] = [];
  let open: { readonly from: number; readonly line: number } | null = null;
  let marked = false;
  for (const comment of file.comments) {
    const said = text.slice(comment.start, comment.end);
    if (said.includes(START)) {
      const line = lineOf(text, comment.start);
      if (open) return { type: 'failed', error: { type: 'nested', line } };
      open = { from: comment.end, line };
      marked = true;
    } else if (said.includes(END)) {
      if (!open) return { type: 'failed', error: { type: 'unopened', line: lineOf(text, comment.start) } };
      ranges.push({ start: open.from, end: comment.start });
      open = null;
      marked = true;
    }
  }
  if (open) return { type: 'failed', error: { type: 'unclosed', line: open.line } };
  return { type: 'ok', marked, ranges: marked ? ranges : [{ start: 0, end: text.length }] };
}

/** For every file of the program the ranges that may change. Files that hold no code never change. */
export function evolvableRanges(syntax: Syntax, language: Language, files: Files): EvolvableRanges {
  const blocks: [string, Blocks & { type: 'ok' }][] = [];
  for (const path of Object.keys(files)) {
    const table = tableOf(language, path);
    if (!table) continue;
    const parse = parseFile(syntax, table.id, files[path] as string);
    if (parse.type === 'failed') return { type: 'failed', reason: `${path}:${parse.fault.line}: ${parse.fault.what}` };
    const result = evolveBlocks(parse.file);
    if (result.type === 'failed') {
      return { type: 'failed', reason: `${path}:${result.error.line}: ${markerMessage(result.error)}` };
    }
    blocks.push([path, result]);
  }
  const anyMarked = blocks.some(([, block]) => block.marked);
  const ranges: Record<string, readonly Range[]> = {};
  for (const path of Object.keys(files)) ranges[path] = [];
  for (const [path, block] of blocks) if (block.marked || !anyMarked) ranges[path] = block.ranges;
  return { type: 'ok', ranges };
}

export function markerMessage(error: MarkerError): string {
  switch (error.type) {
    case 'unopened':
      return `${END} without a ${START} before it`;
    case 'unclosed':
      return `${START} without an ${END} after it`;
    case 'nested':
      return `${START} inside another evolve block`;
    default:
      return error satisfies never;
  }
}

/** What lies outside the ranges, in order: two versions of a file may differ only inside when these are equal. */
export function fixedParts(text: string, ranges: readonly Range[]): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const range of ranges) {
    parts.push(text.slice(at, range.start));
    at = range.end;
  }
  parts.push(text.slice(at));
  return parts;
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}
