/** Fenced blocks of a text, one pass. */
import { linesOf } from './lines.ts';

export interface Fence {
  /** The word behind the opening marks, lower case: a language, or empty. */
  readonly info: string;
  /** What is inside, with its last line break. */
  readonly text: string;
  readonly closed: boolean;
  /** Offset of the opening line. */
  readonly start: number;
  /** Offset behind the closing line. */
  readonly end: number;
}

export function fencesOf(text: string): Fence[] {
  const fences: Fence[] = [];
  let open: { marks: string; info: string; start: number; inside: number } | null = null;
  for (const line of linesOf(text)) {
    const marks = /^ {0,3}(`{3,}|~{3,})[ \t]{0,4}([^`\n]{0,100})/.exec(line.text.slice(0, 400));
    if (!marks) continue;
    const [, sign, info] = marks as unknown as [string, string, string];
    if (open === null) {
      open = { marks: sign, info: info.trim().toLowerCase(), start: line.start, inside: line.next };
    } else if (sign[0] === open.marks[0] && sign.length >= open.marks.length && info.trim() === '') {
      const { info: said, start, inside } = open;
      fences.push({ info: said, text: text.slice(inside, line.start), closed: true, start, end: line.next });
      open = null;
    }
  }
  if (open) {
    const { info, start, inside } = open;
    fences.push({ info, text: text.slice(inside), closed: false, start, end: text.length });
  }
  return fences;
}
