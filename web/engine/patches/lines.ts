/** A text as lines with their places. */

export interface Line {
  /** Offset of its first unit. */
  readonly start: number;
  /** Offset behind its last unit; the line break (`\n` or `\r\n`) is not part of it. */
  readonly end: number;
  /** Offset of the next line, or the text's length. */
  readonly next: number;
  readonly text: string;
}

/** A break at the very end opens no further line. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const at = text.indexOf('\n', start);
    const next = at < 0 ? text.length : at + 1;
    let end = at < 0 ? text.length : at;
    if (at > start && text.charCodeAt(at - 1) === 13) end--;
    lines.push({ start, end, next, text: text.slice(start, end) });
    start = next;
  }
  return lines;
}

export function lineBreakOf(text: string): '\n' | '\r\n' {
  const at = text.indexOf('\n');
  return at > 0 && text.charCodeAt(at - 1) === 13 ? '\r\n' : '\n';
}

/** Line breaks of every kind as `\n`. */
export function plainBreaks(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

export function indentOf(line: string): string {
  let at = 0;
  while (at < line.length && (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9)) at++;
  return line.slice(0, at);
}

/** One line for a message: bounded, without control characters. */
export function shown(line: string, most = 160): string {
  const cut = line.length > most ? `${line.slice(0, most)}…` : line;
  return cut.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '?').toWellFormed();
}
