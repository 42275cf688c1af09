/** What compilers say, as people and models read it. */
import type { Compiled, Diagnostic } from './contract.ts';

const SHOWN = 20;
const LONGEST = 500;

/** `file:line:column: message`, without the parts that a compiler did not name. */
export function textOf({ file, line, column, message }: Diagnostic): string {
  const place = [file, ...(line > 0 ? [line, ...(column > 0 ? [column] : [])] : [])]
    .filter((part) => part !== '')
    .join(':');
  return `${place === '' ? '' : `${place}: `}${message}`.slice(0, LONGEST);
}

/** A failure out of what a compiler said: its first error is the reason. */
export function failure(diagnostics: readonly Diagnostic[], otherwise: string): Extract<Compiled, { type: 'failed' }> {
  const first = diagnostics.find(({ severity }) => severity === 'error');
  return {
    type: 'failed',
    reason: first ? textOf(first) : otherwise.slice(0, LONGEST),
    diagnostics: diagnostics.slice(0, SHOWN),
  };
}

/** `file:line:column: error: message`, as clang, gcc, rustc's short form, zig and wabt write it; anything else is no diagnostic. */
export function gnuDiagnostics(text: string, names: ReadonlySet<string>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const line of text.split('\n')) {
    const match =
      /^(?:\.\/|\/work\/)?(.*?):(\d+):(?:(\d+)(?:-\d+)?:)?\s*(?:fatal )?(error|warning|note)(?:\[\w+\])?:\s*(.*)$/.exec(
        line,
      );
    const bare = match ? null : /^(?:[\w+-]+: )?(?:fatal )?(error|warning): (.*)$/.exec(line);
    if (match) {
      const [, file = '', row, column, severity, message = ''] = match;
      found.push({
        severity: severity as Diagnostic['severity'],
        file: names.has(file) ? file : '',
        line: Number(row),
        column: Number(column ?? 0),
        message: (names.has(file) || file === '' ? message : `${file.split('/').pop() ?? ''}: ${message}`).slice(
          0,
          LONGEST,
        ),
      });
    } else if (bare) {
      found.push({
        severity: bare[1] as Diagnostic['severity'],
        file: '',
        line: 0,
        column: 0,
        // A linker names objects that have a different name each time.
        message: (bare[2] ?? '').replace(/^\/tmp\/[^:]*\.o: /, '').slice(0, LONGEST),
      });
    }
    if (found.length >= 4 * SHOWN) break;
  }
  return found;
}
