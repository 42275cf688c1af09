/** One change after another, as one. */
import type { Edit, Files } from '../program.ts';
import { orderEdits } from './edits.ts';

/**
 * Edits on `base` that do what `first` (on base) and then `second` (on the result of first) do. Edits of the two that touch become
 * one.
 */
export function composeEdits(base: Files, first: readonly Edit[], second: readonly Edit[]): Edit[] {
  const result: Edit[] = [];
  const paths = new Set([...first, ...second].map((edit) => edit.file));
  for (const path of [...paths].sort()) {
    const of = (edits: readonly Edit[]): Edit[] => edits.filter((edit) => edit.file === path);
    result.push(...composeFile(path, base[path] as string, of(first), of(second)));
  }
  return orderEdits(result);
}

/** A stretch of the base, and what stands for it between the two changes. */
interface Stretch {
  base: [number, number];
  middle: [number, number];
  edits: Edit[];
}

function composeFile(path: string, base: string, first: readonly Edit[], second: readonly Edit[]): Edit[] {
  let shift = 0;
  const parts: string[] = [];
  let at = 0;
  let stretches: Stretch[] = first.map((edit) => {
    const start = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    parts.push(base.slice(at, edit.start), edit.text);
    at = edit.end;
    return { base: [edit.start, edit.end], middle: [start, start + edit.text.length], edits: [] };
  });
  parts.push(base.slice(at));
  const middle = parts.join('');
  const toBase = (offset: number): number => {
    let moved = 0;
    for (const edit of first) {
      if (edit.start + moved + edit.text.length > offset) break;
      moved += edit.text.length - (edit.end - edit.start);
    }
    return offset - moved;
  };
  for (const edit of second) {
    const touching = stretches.filter(({ middle: [start, end] }) => start <= edit.end && edit.start <= end);
    if (touching.length === 0) {
      stretches.push({
        base: [toBase(edit.start), toBase(edit.end)],
        middle: [edit.start, edit.end],
        edits: [edit],
      });
      continue;
    }
    const head = touching[0] as Stretch;
    const tail = touching[touching.length - 1] as Stretch;
    const before = Math.max(0, head.middle[0] - edit.start);
    const after = Math.max(0, edit.end - tail.middle[1]);
    const merged: Stretch = {
      base: [head.base[0] - before, tail.base[1] + after],
      middle: [head.middle[0] - before, tail.middle[1] + after],
      edits: [...touching.flatMap(({ edits }) => edits), edit],
    };
    stretches = [...stretches.filter((stretch) => !touching.includes(stretch)), merged];
    stretches.sort((a, b) => a.middle[0] - b.middle[0] || a.middle[1] - b.middle[1]);
  }
  return stretches.map(({ base: [start, end], middle: [from, to], edits }) => {
    let text = '';
    let here = from;
    for (const edit of edits) {
      text += middle.slice(here, edit.start) + edit.text;
      here = edit.end;
    }
    return { file: path, start, end, text: text + middle.slice(here, to) };
  });
}
