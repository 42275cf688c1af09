/** Where a compiler or a runtime puts its finger, read out of the reasons that programs come back with. */

/** Lines and columns count from 1; column 0 where none is named. */
export interface Mark {
  readonly severity: 'error' | 'warning' | 'note';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const PLACE =
  /(?:^|[\s(])\/?([\w@-][\w.@/-]*\.\w+):(\d+)(?::(\d+))?:\s*(?:(fatal error|error|warning|note):?\s*)?(.*)$/;
const TRACEBACK = /^\s*File "\/?([\w@-][\w.@/-]*\.py)", line (\d+)/;

/** `paths`: the program's own files; places in other files are left out. One mark a place. */
export function marksOf(reason: string, paths: readonly string[]): Mark[] {
  const marks: Mark[] = [];
  const lines = reason.split('\n');
  lines.forEach((line, i) => {
    const mark = markOf(line) ?? tracebackMark(line, lines, i);
    if (mark === null) return;
    const file = paths.find((path) => path === mark.file || mark.file.endsWith(`/${path}`));
    if (file === undefined) return;
    if (marks.some((other) => other.file === file && other.line === mark.line && other.column === mark.column)) return;
    marks.push({ ...mark, file });
  });
  return marks;
}

function markOf(line: string): Mark | null {
  const found = PLACE.exec(line);
  if (!found) return null;
  const [, file = '', row, column, word, message = ''] = found;
  const severity = word === 'warning' || word === 'note' ? word : 'error';
  return { severity, file, line: Number(row), column: Number(column ?? 0), message };
}

/** Python names the line first and says what was wrong at the very end. */
function tracebackMark(line: string, lines: readonly string[], at: number): Mark | null {
  const found = TRACEBACK.exec(line);
  if (!found) return null;
  const [, file = '', row] = found;
  const message = lines
    .slice(at + 1)
    .findLast((each) => /^\w[\w.]*(?:Error|Exception|Warning|Exit|Interrupt)?\b.*/.test(each));
  return { severity: 'error', file, line: Number(row), column: 0, message: (message ?? '').trim() };
}
