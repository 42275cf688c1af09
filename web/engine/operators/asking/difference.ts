/** How much of two programs is their own: 1 − |lines of both| / |lines of either|, 0–1. Blank lines and indentation don't count. */
import { linesOf } from '../../patches/lines.ts';
import type { Files } from '../../program.ts';

export function differenceOf(a: Files, b: Files): number {
  const [one, other] = [linesIn(a), linesIn(b)];
  let both = 0;
  for (const line of one) if (other.has(line)) both++;
  const either = one.size + other.size - both;
  return either === 0 ? 0 : 1 - both / either;
}

function linesIn(files: Files): Set<string> {
  const lines = Object.values(files).flatMap((text) => linesOf(text).map((line) => line.text.trim()));
  return new Set(lines.filter((line) => line !== ''));
}
