/** Where the lines to search for stand in a file. */
import { indentOf, lineBreakOf, linesOf } from './lines.ts';
import type { Range } from './evolve-blocks.ts';
import type { Line } from './lines.ts';

export interface Work {
  /** Lines looked at. */
  steps: number;
}

/** How the text was recognised: the stricter is always preferred. */
export type Likeness = 'exact' | 'trailing space' | 'indentation' | 'part of a line';

export type Match =
  | {
      readonly type: 'found';
      readonly start: number;
      readonly end: number;
      /** What takes the place of `[start, end)`. */
      readonly text: string;
      /** From 1. */
      readonly line: number;
      readonly likeness: Likeness;
      /** Lines of all places where it could have been put, this one first. */
      readonly places: readonly number[];
    }
  /** The text is there, on `line`, but no place of it may change. */
  | { readonly type: 'fixed'; readonly line: number }
  | { readonly type: 'missing' };

/** Candidates of the indented kind that are looked at closely. */
const MOST_CANDIDATES = 64;

/** The first occurrence inside one of the ranges. Linear in both texts, but for a bounded number of second looks. */
export function findMatch(
  text: string,
  ranges: readonly Range[],
  search: readonly string[],
  replace: readonly string[],
  work: Work = { steps: 0 },
): Match {
  const lines = linesOf(text);
  let fixed: number | null = null;
  for (const [wanted, given] of [[search, replace], withoutBlankEnds(search, replace)] as const) {
    if (wanted.length === 0) continue;
    for (const likeness of ['exact', 'trailing space', 'indentation'] as const) {
      const found = byLines(text, lines, ranges, wanted, given, likeness, work);
      if (found !== null && typeof found === 'object') return found;
      if (found !== null) fixed ??= found;
    }
    const part = insideLines(text, ranges, wanted.join('\n'), given.join('\n'));
    if (part !== null && typeof part === 'object') return part;
    if (part !== null) fixed ??= part;
  }
  return fixed === null ? { type: 'missing' } : { type: 'fixed', line: fixed };
}

function withoutBlankEnds(
  search: readonly string[],
  replace: readonly string[],
): [readonly string[], readonly string[]] {
  const trim = (lines: readonly string[]): readonly string[] => {
    let from = 0;
    let to = lines.length;
    while (from < to && (lines[from] as string).trim() === '') from++;
    while (to > from && (lines[to - 1] as string).trim() === '') to--;
    return lines.slice(from, to);
  };
  const wanted = trim(search);
  return wanted.length === search.length ? [[], []] : [wanted, trim(replace)];
}

type Outcome = (Match & { type: 'found' }) | number | null;

function byLines(
  text: string,
  lines: readonly Line[],
  ranges: readonly Range[],
  search: readonly string[],
  replace: readonly string[],
  likeness: 'exact' | 'trailing space' | 'indentation',
  work: Work,
): Outcome {
  const key = KEYS[likeness];
  const starts = occurrences(
    lines.map((line) => key(line.text)),
    search.map(key),
    work,
  );
  const editable: { at: number; given: readonly string[]; range: Range }[] = [];
  let fixed: number | null = null;
  let looks = 0;
  for (const at of starts) {
    const first = lines[at] as Line;
    const last = lines[at + search.length - 1] as Line;
    let given: readonly string[] | null = replace;
    if (likeness === 'indentation') {
      if (looks++ === MOST_CANDIDATES) break;
      work.steps += search.length;
      given = reindented(lines, at, search, replace);
      if (given === null) continue;
    }
    const range = ranges.find(({ start, end }) => start <= first.start && last.end <= end);
    if (range) editable.push({ at, given, range });
    else fixed ??= at + 1;
  }
  const chosen = editable[0];
  if (!chosen) return fixed;
  const first = lines[chosen.at] as Line;
  const last = lines[chosen.at + search.length - 1] as Line;
  const { given, range } = chosen;
  // Nothing in its place: the line break goes with the lines.
  const end = given.length === 0 ? Math.min(last.next, range.end) : last.end;
  const eol = lineBreakOf(text);
  return {
    type: 'found',
    start: first.start,
    end,
    text: given.join(eol),
    line: chosen.at + 1,
    likeness,
    places: editable.map(({ at }) => at + 1),
  };
}

const KEYS = {
  exact: (line: string) => line,
  'trailing space': (line: string) => line.trimEnd(),
  indentation: (line: string) => line.trim(),
} as const;

/** Indices where the sequence begins (Knuth, Morris and Pratt), overlapping ones included. */
function occurrences(hay: readonly string[], needle: readonly string[], work: Work): number[] {
  const fallback: number[] = [0];
  for (let i = 1, k = 0; i < needle.length; i++) {
    while (k > 0 && needle[i] !== needle[k]) {
      k = fallback[k - 1] as number;
      work.steps++;
    }
    if (needle[i] === needle[k]) k++;
    fallback.push(k);
    work.steps++;
  }
  const found: number[] = [];
  for (let i = 0, k = 0; i < hay.length; i++) {
    while (k > 0 && hay[i] !== needle[k]) {
      k = fallback[k - 1] as number;
      work.steps++;
    }
    if (hay[i] === needle[k]) k++;
    if (k === needle.length) {
      found.push(i - k + 1);
      k = fallback[k - 1] as number;
    }
    work.steps++;
  }
  return found;
}

/** The replacement moved by what all lines of the file differ from the search by; null where they differ otherwise. */
function reindented(
  lines: readonly Line[],
  at: number,
  search: readonly string[],
  replace: readonly string[],
): readonly string[] | null {
  let added: string | null = null;
  let removed: string | null = null;
  for (const [i, wanted] of search.entries()) {
    if (wanted.trim() === '') continue;
    const there = indentOf((lines[at + i] as Line).text);
    const here = indentOf(wanted);
    const more = there.endsWith(here) ? there.slice(0, there.length - here.length) : null;
    const less = here.endsWith(there) ? here.slice(0, here.length - there.length) : null;
    if (added === null && removed === null) {
      added = more;
      removed = less;
    } else {
      if (added !== more) added = null;
      if (removed !== less) removed = null;
    }
    if (added === null && removed === null) return null;
  }
  if (added === null && removed === null) return null;
  return replace.map((line) => {
    if (line.trim() === '') return line;
    if (added !== null) return added + line;
    const shift = removed as string;
    return line.startsWith(shift) ? line.slice(shift.length) : line.trimStart();
  });
}

/** Within lines, as between two block comments; never through the middle of a word. */
function insideLines(text: string, ranges: readonly Range[], search: string, replace: string): Outcome {
  if (search.trim() === '') return null;
  const eol = lineBreakOf(text);
  const wanted = eol === '\n' ? search : search.replaceAll('\n', eol);
  const given = eol === '\n' ? replace : replace.replaceAll('\n', eol);
  const places: number[] = [];
  let start = -1;
  let fixed: number | null = null;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const end = at + wanted.length;
    if (cutsWord(text, at) || cutsWord(text, end)) continue;
    if (ranges.some((range) => range.start <= at && end <= range.end)) {
      if (start < 0) start = at;
      places.push(at);
    } else fixed ??= at;
  }
  if (start < 0) return fixed === null ? null : lineOf(text, fixed);
  return {
    type: 'found',
    start,
    end: start + wanted.length,
    text: given,
    line: lineOf(text, start),
    likeness: 'part of a line',
    places: places.slice(0, 20).map((place) => lineOf(text, place)),
  };
}

function cutsWord(text: string, at: number): boolean {
  return at > 0 && at < text.length && isWord(text.charCodeAt(at - 1)) && isWord(text.charCodeAt(at));
}

function isWord(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 97 && unit <= 122) ||
    unit === 95 ||
    unit === 36 ||
    unit > 127
  );
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
