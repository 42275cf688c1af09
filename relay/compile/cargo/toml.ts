/** TOML of strangers: manifests and locks of Cargo. The library reads it; length, depth and number of values are bounded here. */
import { parse, TomlDate, TomlError } from 'smol-toml';

export type Toml = string | number | boolean | readonly Toml[] | TomlTable;
/** Without a prototype, so that any name may be a key. */
export interface TomlTable {
  readonly [key: string]: Toml;
}

export type ReadToml =
  | { readonly type: 'ok'; readonly table: TomlTable }
  /** Line and column from 1; 0 where it is about the whole. */
  | { readonly type: 'failed'; readonly line: number; readonly column: number; readonly message: string };

const MOST_DEPTH = 16;
const MOST_VALUES = 50_000;
const DEEP = `more than ${MOST_DEPTH} levels deep`;

class TooMuch extends Error {}

/** Dates and times are given as their text. */
export function readToml(text: string, longest: number): ReadToml {
  const whole = (message: string): ReadToml => ({ type: 'failed', line: 0, column: 0, message });
  if (text.length > longest) return whole(`has ${text.length} characters; ${longest} are allowed`);
  // Names that objects have of themselves are kept as they are read, and end as own keys of objects without a prototype.
  try {
    const given = parse(text, { maxDepth: MOST_DEPTH });
    return { type: 'ok', table: new Copier().copy(given, 0) as TomlTable };
  } catch (error) {
    if (error instanceof TooMuch) return whole(error.message);
    if (!(error instanceof TomlError)) throw error;
    const { line, column, message } = error;
    const deep = /nested structures/.test(message);
    return { type: 'failed', line, column, message: deep ? DEEP : wordsOf(message) };
  }
}

export function isTable(value: Toml | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}

class Copier {
  #values = 0;

  copy(value: unknown, depth: number): Toml {
    if (++this.#values > MOST_VALUES) throw new TooMuch(`more than ${MOST_VALUES} values`);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    if (value instanceof TomlDate) return value.toISOString();
    if (depth > MOST_DEPTH) throw new TooMuch(DEEP);
    if (Array.isArray(value)) return value.map((each) => this.copy(each, depth + 1));
    const table = Object.create(null) as Record<string, Toml>;
    for (const [key, inner] of Object.entries(value as object)) table[key] = this.copy(inner, depth + 1);
    return table;
  }
}

/** Without the piece of the text that the library shows below them. */
function wordsOf(message: string): string {
  return (message.split('\n', 1)[0] as string).replace(/^Invalid TOML document: /, '');
}

/** A value as TOML writes it, on one line. */
export function tomlText(value: Toml): string {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${(value as readonly Toml[]).map(tomlText).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${tomlText(key)} = ${tomlText(inner)}`)
    .join(', ')} }`;
}
