/** Edits on a map of files: apply them, and find them between two versions. */
import type { Edit, Files } from '../program.ts';

/** Throws where edits are out of range, out of order or overlap: whoever made them has a bug. */
export function applyEdits(files: Files, edits: readonly Edit[]): Files {
  if (edits.length === 0) return files;
  const result: Record<string, string> = { ...files };
  let index = 0;
  while (index < edits.length) {
    const path = (edits[index] as Edit).file;
    const base = Object.hasOwn(files, path) ? files[path] : undefined;
    if (base === undefined) throw new Error(`Edit of a file that is not there: ${path}`);
    const parts: string[] = [];
    let at = 0;
    for (; index < edits.length && (edits[index] as Edit).file === path; index++) {
      const { start, end, text } = edits[index] as Edit;
      if (start < at || end < start || end > base.length) {
        throw new Error(`Edit [${start}, ${end}) of ${path} overlaps another or is out of range`);
      }
      parts.push(base.slice(at, start), text);
      at = end;
    }
    if (index < edits.length && edits.slice(index).some((edit) => edit.file === path)) {
      throw new Error(`Edits of ${path} are not in order`);
    }
    parts.push(base.slice(at));
    result[path] = parts.join('');
  }
  return result;
}

/** Puts edits in the order `applyEdits` asks for. */
export function orderEdits(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start || a.end - b.end));
}

/**
 * Edits that turn `before` into `after`, both with the same paths: one a file, from the first difference to the last. A
 * surrogate pair is never cut in two.
 */
export function diffFiles(before: Files, after: Files): Edit[] {
  const edits: Edit[] = [];
  for (const path of Object.keys(before).sort(byCodeUnits)) {
    const old = before[path] as string;
    const young = after[path];
    if (young === undefined) throw new Error(`The later version lacks ${path}`);
    if (old === young) continue;
    const shorter = Math.min(old.length, young.length);
    let head = 0;
    while (head < shorter && old.charCodeAt(head) === young.charCodeAt(head)) head++;
    if (head > 0 && isHighSurrogate(old.charCodeAt(head - 1))) head--;
    let tail = 0;
    while (
      tail < shorter - head &&
      old.charCodeAt(old.length - 1 - tail) === young.charCodeAt(young.length - 1 - tail)
    ) {
      tail++;
    }
    if (tail > 0 && isLowSurrogate(old.charCodeAt(old.length - tail))) tail--;
    edits.push({ file: path, start: head, end: old.length - tail, text: young.slice(head, young.length - tail) });
  }
  return edits;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
