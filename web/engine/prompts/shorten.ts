/** Shortening that keeps whole lines and says what it left out. */

export type Keep = 'head' | 'tail' | 'ends';

/**
 * The text in at most `most` units of `measure`, the remark on what is missing included; null where not even the remark fits.
 * `head` keeps the beginning, `tail` the end, `ends` both. `measure` gives the length of one line; linear in the text.
 */
export function shortenLines(text: string, most: number, keep: Keep, measure: (line: string) => number): string | null {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const costs = lines.map((line) => measure(`${line}\n`));
  if (costs.reduce((sum, cost) => sum + cost, 0) <= most) return text;
  const room = most - measure(remark(lines.length, text.length) + '\n');
  if (room < 0) return null;
  let head = 0;
  let tail = 0;
  let left = room;
  let turn: 'head' | 'tail' = keep === 'tail' ? 'tail' : 'head';
  let stuck = 0;
  while (head + tail < lines.length && stuck < (keep === 'ends' ? 2 : 1)) {
    const cost = costs[turn === 'head' ? head : lines.length - 1 - tail] as number;
    if (cost <= left) {
      left -= cost;
      if (turn === 'head') head++;
      else tail++;
      stuck = 0;
    } else stuck++;
    if (keep === 'ends') turn = turn === 'head' ? 'tail' : 'head';
  }
  const missing = lines.slice(head, lines.length - tail);
  const said = remark(
    missing.length,
    missing.reduce((sum, line) => sum + line.length + 1, 0),
  );
  return [...lines.slice(0, head), said, ...lines.slice(lines.length - tail)].join('\n');
}

function remark(lines: number, characters: number): string {
  return `[… ${lines} ${lines === 1 ? 'line' : 'lines'} (${characters} characters) left out …]`;
}

/** At most `most` characters; whole lines where that is possible, and lines longer than `line` are cut within. */
export function capCharacters(text: string, most: number, keep: Keep = 'ends', line = 2_000): string {
  // Split by hand: a pattern for long lines overflows the stack of the regular expression engine at ten megabytes.
  const bounded = text.length <= line ? text : cutLines(text, line);
  if (bounded.length <= most) return bounded;
  return shortenLines(bounded, most, keep, (one) => one.length) ?? bounded.slice(0, Math.max(0, most)).toWellFormed();
}

function cutLines(text: string, most: number): string {
  return text
    .split('\n')
    .map((line) => cutLine(line, most))
    .join('\n');
}

function cutLine(long: string, most: number): string {
  if (long.length <= most) return long;
  const half = Math.max(0, (most - 40) >> 1);
  const kept = `${long.slice(0, half)} [… ${long.length - 2 * half} characters left out …] ${long.slice(long.length - half)}`;
  return kept.toWellFormed().replaceAll('\uFFFD', '');
}
