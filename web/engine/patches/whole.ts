/** Applies whole texts of a reply: what may change is taken from them, everything else stays as it was. */
import { isMarkerLine, BLOCK_END, BLOCK_START } from './comment-forms.ts';
import { markerMessage } from './evolve-blocks.ts';
import { fencesOf } from './fences.ts';
import { lineBreakOf, linesOf, shown } from './lines.ts';
import { Draft } from './patched.ts';
import { fileList, namedFile } from './paths.ts';
import { fileOn } from './search-replace-blocks.ts';
import type { Files } from '../program.ts';
import type { Editable } from './editable.ts';
import type { Range } from './evolve-blocks.ts';
import type { Patched } from './patched.ts';

/** Words that models put behind a fence, by the file ending they mean. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  js: ['javascript', 'js', 'mjs', 'cjs', 'jsx', 'ecmascript', 'node'],
  ts: ['typescript', 'ts', 'mts', 'tsx', 'assemblyscript'],
  py: ['python', 'py', 'python3'],
  c: ['c', 'h'],
  cpp: ['cpp', 'c++', 'cc', 'cxx', 'hpp'],
  cu: ['cuda', 'cu', 'cpp', 'c++'],
  rs: ['rust', 'rs'],
  go: ['go', 'golang'],
  zig: ['zig'],
  wat: ['wat', 'wast', 'wasm', 'webassembly'],
  html: ['html', 'htm'],
  sql: ['sql'],
  lua: ['lua'],
  jl: ['julia', 'jl'],
};

interface Part {
  readonly path: string;
  readonly text: string;
}

type Parts =
  { readonly type: 'ok'; readonly parts: readonly Part[] } | { readonly type: 'failed'; readonly problem: string };

/** `body` is a CODE part with line breaks `\n`. Never throws for any text. */
export function applyWhole(body: string, files: Files, editable: Editable): Patched {
  const read = partsOf(body, files, editable);
  if (read.type === 'failed') return read;
  const draft = new Draft(files, editable);
  const notes: string[] = [];
  for (const { path, text } of read.parts) {
    if (draft.ranges(path).length === 0) {
      // Models repeat files that they were shown: unchanged ones do no harm.
      if (sameText(text, files[path] as string)) continue;
      return failed(`${shown(path)} must not change. Leave it out. ${openFiles(draft, files)}`);
    }
    const problem = editable.marked.has(path)
      ? applyRegions(draft, path, text, editable, notes)
      : applyFile(draft, path, text);
    if (problem !== null) return failed(problem);
  }
  return draft.result(notes);
}

function failed(problem: string): { readonly type: 'failed'; readonly problem: string } {
  return { type: 'failed', problem };
}

function sameText(a: string, b: string): boolean {
  return a.trimEnd() === b.replaceAll('\r\n', '\n').trimEnd();
}

function openFiles(draft: Draft, files: Files): string {
  const open = Object.keys(files).filter((path) => draft.ranges(path).length > 0);
  return `These files may change: ${open.map((path) => shown(path)).join(', ') || 'none'}.`;
}

/** What the reply gives for which file: each fence belongs to the file named last before it. */
function partsOf(body: string, files: Files, editable: Editable): Parts {
  const known = new Set(Object.keys(files));
  const fences = fencesOf(body);
  const named: { name: string; end: number; start: number }[] = [];
  let next = 0;
  for (const line of linesOf(body)) {
    while (next < fences.length && (fences[next]?.end ?? 0) <= line.start) next++;
    const fence = fences[next];
    if (fence && fence.start <= line.start) continue;
    const name = fileOn(line.text, known);
    // Without fences the lines are code, in which a property may be called file.
    if (name !== null && (fences.length > 0 || line.text.startsWith('FILE:'))) {
      named.push({ name, start: line.start, end: line.next });
    }
  }
  if (named.length === 0) return oneFile(body, files, editable);
  const parts = new Map<string, string>();
  for (const [i, { name, end }] of named.entries()) {
    const file = namedFile(name, files);
    if (file.type === 'failed') return file;
    const until = named[i + 1]?.start ?? body.length;
    const own = fences.filter((fence) => fence.start >= end && fence.start < until);
    const text = fences.length === 0 ? body.slice(end, until).replace(/^\n+/, '') : best(own, file.path)?.text;
    if (text === undefined) continue;
    if (parts.has(file.path)) return failed(`${shown(file.path)} is given twice. Give each file once.`);
    parts.set(file.path, text);
  }
  if (parts.size > 0) return { type: 'ok', parts: [...parts].map(([path, text]) => ({ path, text })) };
  return failed(
    'There is no fenced block behind the FILE lines. Give the whole text of each file that changes in a fence.',
  );
}

function oneFile(body: string, files: Files, editable: Editable): Parts {
  const open = Object.keys(files).filter((path) => (editable.ranges[path] ?? []).length > 0);
  const [path] = open;
  if (path === undefined) return failed('Nothing in the program may change.');
  const fences = fencesOf(body);
  if (open.length === 1) return { type: 'ok', parts: [{ path, text: best(fences, path)?.text ?? body }] };
  return failed(
    `The program has several files, and no line FILE: … before the fence says which is meant. ${fileList(Object.keys(files))}`,
  );
}

type Fences = ReturnType<typeof fencesOf>;

/** The first fence in the file's language; else the longest. */
function best(fences: Fences, path: string): Fences[number] | undefined {
  const ending = path
    .slice(path.lastIndexOf('.') + 1)
    .toLowerCase()
    .replace(/^[mc](?=[jt]s$)/, '');
  const words = Object.hasOwn(ALIASES, ending) ? (ALIASES[ending] as readonly string[]) : [ending];
  const fitting = fences.find(({ info }) => words.includes(info.split(/[\s{:,]/, 1)[0] as string));
  return (
    fitting ??
    fences.reduce<Fences[number] | undefined>((a, b) => (a && a.text.length >= b.text.length ? a : b), undefined)
  );
}

/** A file without markers: all of it. Markers that the model made up are left out. */
function applyFile(draft: Draft, path: string, text: string): string | null {
  const lines = linesOf(text).map((line) => line.text);
  const kept = lines.filter((line) => !isMarkerLine(line));
  if (kept.every((line) => line.trim() === '')) return `The new text of ${shown(path)} is empty.`;
  const before = draft.text(path);
  const eol = lineBreakOf(before);
  const ends = before === '' || before.endsWith('\n') ? eol : '';
  replace(draft, path, { start: 0, end: before.length }, kept.join(eol) + ends);
  return null;
}

function applyRegions(draft: Draft, path: string, text: string, editable: Editable, notes: string[]): string | null {
  const regions = draft.ranges(path);
  const starts = text.includes(BLOCK_START);
  const ends = text.includes(BLOCK_END);
  if (starts && ends) {
    const blocks = editable.find(path, text);
    if (blocks.type === 'failed') {
      return `The markers in the reply do not balance: line ${blocks.error.line} of ${shown(path)}: ${markerMessage(blocks.error)}.`;
    }
    if (blocks.marked) return byOrdinal(draft, path, text, blocks.ranges, notes);
  }
  const lines = linesOf(text).map((line) => line.text);
  if (regions.length > 1) {
    return `${shown(path)} has ${regions.length} regions that may change, so the reply must hold the whole file with all its ${BLOCK_START} and ${BLOCK_END} comments.`;
  }
  const region = regions[0] as Range;
  const whole = draft.text(path);
  const first = lines.findIndex((line) => isMarkerLine(line) && line.includes(BLOCK_START));
  const last = lines.findLastIndex((line) => isMarkerLine(line) && line.includes(BLOCK_END));
  const head = first >= 0 ? first + 1 : fixedHead(lines, fixedLines(whole.slice(0, region.start)));
  const tail =
    last >= 0 ? last : lines.length - fixedHead(lines.toReversed(), fixedLines(whole.slice(region.end)).toReversed());
  if (tail <= head) return `The reply has no text for the region of ${shown(path)} that may change.`;
  put(
    draft,
    path,
    region,
    lines.slice(head, tail).filter((line) => !isMarkerLine(line)),
  );
  return null;
}

function byOrdinal(draft: Draft, path: string, text: string, given: readonly Range[], notes: string[]): string | null {
  const regions = draft.ranges(path);
  if (given.length > regions.length) {
    return `The reply has ${given.length} regions between markers in ${shown(path)}; the program has ${regions.length}. Keep the markers as they are.`;
  }
  if (given.length < regions.length) {
    notes.push(`${regions.length - given.length} regions of ${path} were left out and stay as they were`);
  }
  // From the last to the first: what stands before keeps its place.
  for (let i = given.length - 1; i >= 0; i--) {
    const { start, end } = given[i] as Range;
    const lines = text.slice(start, end).split('\n');
    if (lines[0]?.trim() === '') lines.shift();
    if (lines.at(-1)?.trim() === '') lines.pop();
    put(
      draft,
      path,
      regions[i] as Range,
      lines.filter((line) => !isMarkerLine(line)),
    );
  }
  return null;
}

/** Lines into a region: as whole lines where the region is made of such, on lines of their own otherwise. */
function put(draft: Draft, path: string, region: Range, lines: readonly string[]): void {
  const before = draft.text(path);
  const eol = lineBreakOf(before);
  const text = lines.join(eol);
  const own = region.start === 0 || before.charCodeAt(region.start - 1) === 10;
  if (own && text.trim() === '') return replace(draft, path, region, '');
  if (!own && text.trim() === before.slice(region.start, region.end).trim()) return;
  replace(draft, path, region, `${own ? '' : eol}${text}${eol}`);
}

/** Changes no more than differs, so that an edit is no longer than it must be. */
function replace(draft: Draft, file: string, { start, end }: Range, text: string): void {
  const old = draft.text(file).slice(start, end);
  if (old === text) return;
  const shorter = Math.min(old.length, text.length);
  let head = 0;
  while (head < shorter && old.charCodeAt(head) === text.charCodeAt(head)) head++;
  if (isLead(old.charCodeAt(head - 1))) head--;
  let tail = 0;
  while (tail < shorter - head && old.charCodeAt(old.length - 1 - tail) === text.charCodeAt(text.length - 1 - tail))
    tail++;
  if (tail > 0 && isTrail(old.charCodeAt(old.length - tail))) tail--;
  draft.apply({ file, start: start + head, end: end - tail, text: text.slice(head, text.length - tail) });
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The lines outside a region that carry text, without its markers. */
function fixedLines(text: string): string[] {
  return linesOf(text)
    .map((line) => line.text.trim())
    .filter((line) => line !== '' && !isMarkerLine(line));
}

/** How many lines the fixed text takes at the beginning; 0 unless all of it is there. */
function fixedHead(lines: readonly string[], fixed: readonly string[]): number {
  let at = 0;
  for (const wanted of fixed) {
    while (at < lines.length && ((lines[at] as string).trim() === '' || isMarkerLine(lines[at] as string))) at++;
    if ((lines[at] ?? '').trim() !== wanted) return 0;
    at++;
  }
  return at;
}
