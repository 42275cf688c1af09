/** What Cargo says, as people and models read it. */
import type { Diagnostic } from '../../../wasm-toolchains/contract.ts';

interface Span {
  readonly file_name?: unknown;
  readonly line_start?: unknown;
  readonly column_start?: unknown;
  readonly is_primary?: unknown;
  readonly expansion?: { readonly span?: Span } | null;
}

interface Message {
  readonly reason?: unknown;
  readonly package_id?: unknown;
  readonly message?: { readonly level?: unknown; readonly message?: unknown; readonly spans?: readonly Span[] };
}

const MOST = 80;
const LONGEST = 500;

/** `printed` is Cargo's standard output under `--message-format=json`; `files` are the program's own. */
export function cargoDiagnostics(printed: string, files: ReadonlySet<string>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const line of printed.split('\n')) {
    if (!line.startsWith('{"reason":"compiler-message"')) continue;
    const read = parse(line);
    const said = read?.message;
    if (!said || typeof said.message !== 'string') continue;
    // Counts and hints that stand for themselves, as `aborting due to 2 previous errors`.
    const severity = said.level === 'error' || said.level === 'warning' ? said.level : null;
    if (severity === null || /^aborting due to |^\d+ warnings? emitted/.test(said.message)) continue;
    const spans = Array.isArray(said.spans) ? said.spans : [];
    const span = spans.find(({ is_primary }) => is_primary === true) ?? spans[0];
    const crate = crateOf(read?.package_id);
    const place = crate === null ? placeOf(span, files) : null;
    const where = crate === null ? '' : `in the crate ${crate}: `;
    const message = `${where}${said.message.replaceAll('/work/program/', '')}`.slice(0, LONGEST);
    found.push({ severity, ...(place ?? { file: '', line: 0, column: 0 }), message });
    if (found.length >= MOST) break;
  }
  return found;
}

function parse(line: string): Message | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

/** null for the program itself. Cargo before 1.77 wrote `name 1.0.0 (source)`, and since then `source#name@1.0.0`. */
function crateOf(id: unknown): string | null {
  if (typeof id !== 'string' || id.includes('file:///work/program')) return null;
  const [, name, version] = /#([\w-]+)@([\w.+-]+)$/.exec(id) ?? /^([\w-]+) ([\w.+-]+) \(/.exec(id) ?? [];
  return name === undefined ? null : `${name} ${version ?? ''}`.trim();
}

/** Where the program itself is at fault: a macro of a crate is followed to where it is used. */
function placeOf(span: Span | undefined, files: ReadonlySet<string>): Omit<Diagnostic, 'severity' | 'message'> | null {
  let at = span;
  for (let step = 0; at && step < 32; step++) {
    const { file_name: file, line_start: line, column_start: column } = at;
    if (typeof file === 'string' && files.has(file) && typeof line === 'number' && typeof column === 'number')
      return { file, line, column };
    at = at.expansion?.span;
  }
  return null;
}

const PROGRESS =
  /^\s*(Updating|Locking|Adding|Compiling|Downloading|Downloaded|Fresh|Vendoring|Vendored|Blocking|Finished|Removing)\b/;
const NOISE = /^(Caused by:|warning: |note: |location searched: |stack backtrace|--- std)/;

/** Why Cargo itself gave up, without where its folders are. */
export function cargoFault(said: string): string {
  const lines = said
    .split('\n')
    .filter((line) => !line.startsWith('{') && !PROGRESS.test(line))
    .map((line) =>
      line
        .replace(/ \((?:\/work\/program|registry [^)]*)\)/g, '')
        .replace(/\/work\/(?:program\/?)?|\/crates\//g, '')
        .replace(/^\s*error: /, '')
        .trim(),
    )
    .filter((line) => line !== '' && !NOISE.test(line));
  return lines.slice(0, 6).join(' | ').slice(0, LONGEST) || 'Cargo gave up without a word';
}
