/** What a model is told when the text it searched for is not there: the nearest text, and what may change at all. */
import { linesOf, shown } from './lines.ts';
import type { Range } from './evolve-blocks.ts';
import type { Line } from './lines.ts';
import type { Work } from './matching.ts';

/** Pairs of lines compared at most for one message. */
export const MOST_COMPARISONS = 20_000;
const BLOCK_LIKENESS = 0.7;
const LINE_LIKENESS = 0.6;
const MOST_SHOWN = 12;

/** The closest block of as many lines, or else up to three similar lines; empty where nothing is near. */
export function nearestText(
  text: string,
  ranges: readonly Range[],
  search: readonly string[],
  work: Work = { steps: 0 },
): string {
  const first = search.findIndex((line) => line.trim() !== '');
  const last = search.findLastIndex((line) => line.trim() !== '');
  const wanted = first < 0 ? [] : search.slice(first, Math.min(last + 1, first + 60));
  const lines = linesOf(text).slice(0, MOST_COMPARISONS);
  if (wanted.length === 0 || lines.length === 0) return '';
  const there = lines.map((line) => pairsOf(line.text));
  const rows = Math.max(1, Math.min(wanted.length, Math.floor(MOST_COMPARISONS / lines.length)));
  const likeness = wanted.slice(0, rows).map((line) => {
    const pairs = pairsOf(line);
    return there.map((other) => {
      work.steps++;
      return alike(pairs, other);
    });
  });
  const block = closestBlock(likeness, lines.length);
  if (block.likeness > BLOCK_LIKENESS && rows > 1) {
    return `Closest is this, from line ${block.at + 1} (${editableWord(lines, block.at, rows, ranges)}; - as searched for, + as it is):\n${smallDiff(wanted.slice(0, rows), lines, block.at)}`;
  }
  const similar: { at: number; likeness: number }[] = [];
  for (const row of likeness) {
    for (const [at, value] of row.entries()) {
      if (value > LINE_LIKENESS && (lines[at] as Line).text.trim() !== '') similar.push({ at, likeness: value });
    }
  }
  similar.sort((a, b) => b.likeness - a.likeness || a.at - b.at);
  const places = [...new Set(similar.map(({ at }) => at))].slice(0, 3);
  if (places.length === 0) return 'Nothing in the file looks like it.';
  const said = places.map(
    (at) => `${at + 1} | ${shown((lines[at] as Line).text)}  (${editableWord(lines, at, 1, ranges)})`,
  );
  return `Similar lines:\n${said.join('\n')}`;
}

function closestBlock(likeness: readonly (readonly number[])[], lines: number): { at: number; likeness: number } {
  let best = { at: 0, likeness: 0 };
  for (let at = 0; at + likeness.length <= lines; at++) {
    let sum = 0;
    for (const [i, row] of likeness.entries()) sum += row[at + i] as number;
    const mean = sum / likeness.length;
    if (mean > best.likeness) best = { at, likeness: mean };
  }
  return best;
}

function smallDiff(wanted: readonly string[], lines: readonly Line[], at: number): string {
  const said: string[] = [];
  for (const [i, want] of wanted.entries()) {
    const have = (lines[at + i] as Line).text;
    if (want === have) said.push(`  ${at + i + 1} | ${shown(have)}`);
    else said.push(`- ${at + i + 1} | ${shown(want)}`, `+ ${at + i + 1} | ${shown(have)}`);
    if (said.length >= MOST_SHOWN && i + 1 < wanted.length) {
      said.push('  …');
      break;
    }
  }
  return said.join('\n');
}

function editableWord(lines: readonly Line[], at: number, count: number, ranges: readonly Range[]): string {
  const first = lines[at] as Line;
  const last = lines[at + count - 1] as Line;
  return ranges.some(({ start, end }) => start <= first.start && last.end <= end) ? 'may change' : 'must not change';
}

/** The first two regions that may change, by their first and last three lines. */
export function editableRegions(path: string, text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return `Nothing in ${shown(path)} may change.`;
  const lines = linesOf(text);
  const regions = ranges.slice(0, 2).map(({ start, end }) => {
    const inside = lines.map((line, i) => ({ line, i })).filter(({ line }) => start <= line.start && line.end <= end);
    if (inside.length === 0) return '(an empty region: an empty SEARCH adds to it)';
    const ends = inside.length <= 6 ? inside : [...inside.slice(0, 3), null, ...inside.slice(-3)];
    return ends.map((one) => (one === null ? '  …' : `${one.i + 1} | ${shown(one.line.text)}`)).join('\n');
  });
  const more = ranges.length > 2 ? `\n(and ${ranges.length - 2} more regions)` : '';
  return `What may change in ${shown(path)}:\n${regions.join('\n---\n')}${more}`;
}

/** Pairs of neighbouring signs of a line without its indentation, sorted; long lines by their beginning. */
function pairsOf(line: string): Int32Array {
  const text = line.trim().slice(0, 200);
  if (text.length === 1) return Int32Array.of(text.charCodeAt(0));
  const pairs = new Int32Array(Math.max(0, text.length - 1));
  for (let i = 0; i + 1 < text.length; i++) pairs[i] = (text.charCodeAt(i) << 16) | text.charCodeAt(i + 1);
  return pairs.sort();
}

/** Dice's coefficient of two sorted lists, 0–1. */
function alike(a: Int32Array, b: Int32Array): number {
  if (a.length + b.length === 0) return 1;
  let same = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i] as number, b[j] as number];
    if (x === y) {
      same++;
      i++;
      j++;
    } else if (x < y) i++;
    else j++;
  }
  return (2 * same) / (a.length + b.length);
}
