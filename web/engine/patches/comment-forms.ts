/**
 * How languages write comments and strings, by file ending, and evolve blocks found with no more than that: for languages
 * without a grammar at hand, and for texts that don't parse.
 */
import type { Blocks, Range } from './evolve-blocks.ts';

export interface StringForm {
  readonly open: string;
  readonly close: string;
  /** Sign that takes the next one's meaning away; null: none does. */
  readonly escape: string | null;
  /** Without it a string ends with its line at the latest. */
  readonly lines: boolean;
}

export interface CommentForms {
  readonly line: readonly string[];
  readonly block: readonly (readonly [open: string, close: string])[];
  /** Block comments hold block comments. */
  readonly nests: boolean;
  /** Longer openings first. */
  readonly strings: readonly StringForm[];
  /** `'` begins a string only where it closes behind one sign: Rust has lifetimes, C++ digit separators. */
  readonly quote: 'string' | 'character' | 'none';
}

const DOUBLE: StringForm = { open: '"', close: '"', escape: '\\', lines: false };
const SINGLE: StringForm = { open: "'", close: "'", escape: '\\', lines: false };
const form = (parts: Partial<CommentForms>): CommentForms => ({
  line: [],
  block: [],
  nests: false,
  strings: [],
  quote: 'none',
  ...parts,
});
const raw = (open: string, close: string): StringForm => ({ open, close, escape: null, lines: true });
const long = (open: string): StringForm => ({ open, close: open, escape: '\\', lines: true });

const SLASHES = { line: ['//'], block: [['/*', '*/']] } as const;
const SCRIPT = form({ ...SLASHES, strings: [long('`'), DOUBLE], quote: 'string' });
const C = form({ ...SLASHES, strings: [raw('R"(', ')"'), DOUBLE], quote: 'character' });
const RUST = form({
  ...SLASHES,
  nests: true,
  strings: [raw('r##"', '"##'), raw('r#"', '"#'), raw('r"', '"'), { ...DOUBLE, lines: true }],
  quote: 'character',
});
const GO = form({ ...SLASHES, strings: [raw('`', '`'), DOUBLE], quote: 'character' });
const ZIG = form({
  line: ['//'],
  strings: [{ open: '\\\\', close: '\n', escape: null, lines: false }, DOUBLE],
  quote: 'character',
});
const PYTHON = form({ line: ['#'], strings: [long('"""'), long("'''"), DOUBLE], quote: 'string' });
const JULIA = form({
  line: ['#'],
  block: [['#=', '=#']],
  nests: true,
  strings: [long('"""'), { ...DOUBLE, lines: true }],
  quote: 'character',
});
const SHELL = form({ line: ['#'], strings: [{ ...DOUBLE, lines: true }, raw("'", "'")] });
const HASH = form({ line: ['#'], strings: [DOUBLE], quote: 'string' });
const WAT = form({ line: [';;'], block: [['(;', ';)']], nests: true, strings: [DOUBLE] });
const MARKUP = form({ block: [['<!--', '-->']] });
const STYLE = form({ block: [['/*', '*/']], strings: [DOUBLE], quote: 'string' });
const SQL = form({ line: ['--'], block: [['/*', '*/']], strings: [raw("'", "'"), raw('"', '"')] });
const LUA = form({
  line: ['--'],
  block: [
    ['--[==[', ']==]'],
    ['--[=[', ']=]'],
    ['--[[', ']]'],
  ],
  strings: [raw('[==[', ']==]'), raw('[=[', ']=]'), raw('[[', ']]'), DOUBLE],
  quote: 'string',
});
const HASKELL = form({ line: ['--'], block: [['{-', '-}']], nests: true, strings: [DOUBLE], quote: 'character' });
const WOLFRAM = form({ block: [['(*', '*)']], nests: true, strings: [{ ...DOUBLE, lines: true }] });
const FORTRAN = form({ line: ['!'], strings: [{ ...DOUBLE, escape: null }], quote: 'string' });
const LISP = form({ line: [';'], block: [['#|', '|#']], nests: true, strings: [{ ...DOUBLE, lines: true }] });
const TEX = form({ line: ['%'] });
const SEMICOLON = form({ line: [';', '#'], strings: [DOUBLE] });

/** By file ending, lower case, without the dot. */
export const COMMENT_FORMS: Readonly<Record<string, CommentForms>> = {
  ...each(['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx', 'as', 'json5', 'jsonc'], SCRIPT),
  ...each(['c', 'h', 'cc', 'cpp', 'cxx', 'hh', 'hpp', 'hxx', 'cu', 'cuh', 'cl', 'metal', 'glsl', 'hlsl'], C),
  ...each(['java', 'kt', 'cs', 'scala', 'wgsl', 'v', 'sv', 'proto'], C),
  ...each(['swift'], form({ ...SLASHES, nests: true, strings: [long('"""'), DOUBLE] })),
  ...each(['rs'], RUST),
  ...each(['go'], GO),
  ...each(['zig'], ZIG),
  ...each(['py', 'pyi', 'pyx'], PYTHON),
  ...each(['jl'], JULIA),
  ...each(['sh', 'bash', 'zsh', 'slurm'], SHELL),
  ...each(['rb', 'pl', 'r', 'yaml', 'yml', 'toml', 'cmake', 'mk', 'dockerfile', 'makefile', 'nim', 'ex', 'exs'], HASH),
  ...each(['wat', 'wast'], WAT),
  ...each(['html', 'htm', 'xml', 'svg', 'md', 'markdown', 'svelte', 'vue'], MARKUP),
  ...each(['css'], STYLE),
  ...each(['sql'], SQL),
  ...each(['lua'], LUA),
  ...each(['hs', 'elm'], HASKELL),
  ...each(['ml', 'mli', 'wl', 'wls', 'nb'], WOLFRAM),
  ...each(['f', 'for', 'f90', 'f95', 'f03', 'f08'], FORTRAN),
  ...each(['lisp', 'scm', 'rkt', 'clj', 'el'], LISP),
  ...each(['tex', 'erl', 'm'], TEX),
  ...each(['s', 'asm', 'ini'], SEMICOLON),
};

function each(endings: readonly string[], forms: CommentForms): Record<string, CommentForms> {
  return Object.fromEntries(endings.map((ending) => [ending, forms]));
}

/** null: nothing is known of such files, and they have no comments. */
export function commentFormsOf(path: string): CommentForms | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return Object.hasOwn(COMMENT_FORMS, ending) ? (COMMENT_FORMS[ending] as CommentForms) : null;
}

export const BLOCK_START = 'EVOLVE-BLOCK-START';
export const BLOCK_END = 'EVOLVE-BLOCK-END';

/**
 * The evolve blocks of a text, as `evolveBlocks` gives them of a tree: a block begins behind the comment that says START and ends
 * before the comment that says END. A marker in a string is none. One pass.
 */
export function findTextBlocks(text: string, forms: CommentForms): Blocks {
  const everything: Blocks = { type: 'ok', marked: false, ranges: [{ start: 0, end: text.length }] };
  if (!text.includes(BLOCK_START) && !text.includes(BLOCK_END)) return everything;
  const ranges: Range[] = [];
  let open: { readonly from: number; readonly line: number } | null = null;
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (; counted < offset; counted++) if (text.charCodeAt(counted) === 10) line++;
    return line;
  };
  let marked = false;
  for (const comment of commentsOf(text, forms)) {
    const said = text.slice(comment.start, comment.end);
    if (said.includes(BLOCK_START)) {
      if (open) return { type: 'failed', error: { type: 'nested', line: lineAt(comment.start) } };
      open = { from: comment.end, line: lineAt(comment.start) };
      marked = true;
    } else if (said.includes(BLOCK_END)) {
      if (!open) return { type: 'failed', error: { type: 'unopened', line: lineAt(comment.start) } };
      ranges.push({ start: open.from, end: comment.start });
      open = null;
      marked = true;
    }
  }
  if (open) return { type: 'failed', error: { type: 'unclosed', line: open.line } };
  return marked ? { type: 'ok', marked, ranges } : everything;
}

/** The comments of a text, in order; a line comment's break is not part of it. */
export function commentsOf(text: string, forms: CommentForms): Range[] {
  const comments: Range[] = [];
  const strings = forms.quote === 'string' ? [...forms.strings, SINGLE] : forms.strings;
  const heads = new Set(
    [...forms.line, ...forms.block.map(([open]) => open), ...strings.map(({ open }) => open)].map((o) =>
      o.charCodeAt(0),
    ),
  );
  if (forms.quote === 'character') heads.add(39);
  for (let at = 0; at < text.length;) {
    if (!heads.has(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const block = forms.block.find(([open]) => text.startsWith(open, at));
    if (block) {
      const end = blockEnd(text, at, block, forms.nests);
      comments.push({ start: at, end });
      at = end;
    } else if (forms.line.some((open) => text.startsWith(open, at))) {
      const end = lineEnd(text, at);
      comments.push({ start: at, end });
      at = end;
    } else if (forms.quote === 'character' && text.charCodeAt(at) === 39) {
      at = characterEnd(text, at);
    } else {
      const string = strings.find(({ open }) => text.startsWith(open, at));
      at = string ? stringEnd(text, at, string) : at + 1;
    }
  }
  return comments;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  if (at < 0) return text.length;
  return at > from && text.charCodeAt(at - 1) === 13 ? at - 1 : at;
}

function blockEnd(text: string, from: number, [open, close]: readonly [string, string], nests: boolean): number {
  if (!nests) {
    const at = text.indexOf(close, from + open.length);
    return at < 0 ? text.length : at + close.length;
  }
  let depth = 1;
  for (let at = from + open.length; at < text.length;) {
    if (text.startsWith(close, at)) {
      at += close.length;
      if (--depth === 0) return at;
    } else if (text.startsWith(open, at)) {
      depth++;
      at += open.length;
    } else at++;
  }
  return text.length;
}

function stringEnd(text: string, from: number, { open, close, escape, lines }: StringForm): number {
  for (let at = from + open.length; at < text.length; at++) {
    if (escape !== null && text.startsWith(escape, at)) at++;
    else if (text.startsWith(close, at)) return at + close.length;
    else if (!lines && text.charCodeAt(at) === 10) return at;
  }
  return text.length;
}

function characterEnd(text: string, from: number): number {
  const close = text.charCodeAt(from + 1) === 92 ? text.indexOf("'", from + 3) : text.indexOf("'", from + 2);
  const most = text.charCodeAt(from + 1) === 92 ? 12 : 4;
  return close > 0 && close - from <= most && !text.slice(from, close).includes('\n') ? close + 1 : from + 1;
}

/** Whether a line holds a marker and otherwise only what makes it a comment. */
export function isMarkerLine(line: string): boolean {
  if (line.length > 300) return false;
  const at = Math.max(line.indexOf(BLOCK_START), line.indexOf(BLOCK_END));
  if (at < 0) return false;
  const before = line.slice(0, at).trim();
  return OPENINGS.has(before);
}

const OPENINGS: ReadonlySet<string> = new Set(
  Object.values(COMMENT_FORMS).flatMap(({ line, block }) => [...line, ...block.map(([open]) => open)]),
);
