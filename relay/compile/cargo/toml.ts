/** Reads TOML (1.0): manifests and locks of Cargo. Written for texts of strangers: bounded in length, depth and number of values. */

export type Toml = string | number | boolean | readonly Toml[] | TomlTable;
/** Without a prototype, so that any name may be a key. */
export interface TomlTable {
  readonly [key: string]: Toml;
}

export type ReadToml =
  | { readonly type: 'ok'; readonly table: TomlTable }
  | { readonly type: 'failed'; readonly line: number; readonly column: number; readonly message: string };

const MOST_DEPTH = 16;
const MOST_VALUES = 50_000;

type Open = Record<string, Toml>;

class Fault extends Error {}

/** Dates and times are given as their text. */
export function readToml(text: string, longest: number): ReadToml {
  if (text.length > longest)
    return { type: 'failed', line: 0, column: 0, message: `has ${text.length} characters; ${longest} are allowed` };
  const reader = new TomlReader(text);
  try {
    return { type: 'ok', table: reader.document() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, reader.at).split('\n');
    return { type: 'failed', line: before.length, column: (before.at(-1) ?? '').length + 1, message: error.message };
  }
}

export function isTable(value: Toml | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}

class TomlReader {
  at = 0;
  readonly #text: string;
  #values = 0;
  /** Tables that a header named, or an inline table closed: neither may be opened again. */
  readonly #closed = new Set<Open>();
  readonly #lists = new Set<Toml>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): TomlTable {
    const root = table();
    let current = root;
    for (;;) {
      this.#skip(true);
      if (this.at >= this.#text.length) return root;
      if (this.#takes('[')) {
        const isList = this.#takes('[');
        const path = this.#path();
        this.#needs(isList ? ']]' : ']');
        current = this.#header(root, path, isList);
      } else {
        this.#pair(current, 0);
      }
      this.#skip(false);
      if (this.at < this.#text.length && !this.#takes('\n')) this.#fail('more after what is a whole line');
    }
  }

  #header(root: Open, path: readonly string[], isList: boolean): Open {
    const name = path.at(-1) as string;
    const holder = this.#within(root, path.slice(0, -1), true);
    const before = holder[name];
    if (isList) {
      if (before !== undefined && !this.#lists.has(before)) this.#fail(`${name} is something else already`);
      const list = (before ?? []) as Open[];
      this.#lists.add(list);
      holder[name] = list;
      const element = table();
      list.push(element);
      return element;
    }
    if (before === undefined) holder[name] = table();
    const found = holder[name] as Open;
    if (!isTable(found) || this.#closed.has(found)) this.#fail(`${name} is given twice`);
    this.#closed.add(found);
    return found;
  }

  /** Goes down, into the last element of a list of tables where a header may. */
  #within(from: Open, path: readonly string[], byHeader: boolean): Open {
    let current = from;
    for (const name of path) {
      const before = current[name];
      if (before === undefined) {
        const made = table();
        current[name] = made;
        current = made;
      } else if (byHeader && this.#lists.has(before)) current = (before as unknown as Open[]).at(-1) as Open;
      else if (isTable(before) && !(this.#closed.has(before as Open) && !byHeader)) current = before as Open;
      else this.#fail(`${name} is something else already`);
    }
    return current;
  }

  #pair(into: Open, depth: number): void {
    const path = this.#path();
    this.#needs('=');
    this.#blank();
    const holder = this.#within(into, path.slice(0, -1), false);
    const name = path.at(-1) as string;
    if (name in holder) this.#fail(`${name} is given twice`);
    holder[name] = this.#value(depth);
  }

  #path(): string[] {
    const path: string[] = [];
    do {
      this.#blank();
      path.push(this.#key());
      this.#blank();
      if (path.length > MOST_DEPTH) this.#fail('a name of too many parts');
    } while (this.#takes('.'));
    return path;
  }

  #key(): string {
    const sign = this.#text[this.at];
    if (sign === '"' || sign === "'") return this.#string(sign, false);
    const found = this.#match(/[A-Za-z0-9_-]+/y);
    return found ?? this.#fail('a name was expected');
  }

  #value(depth: number): Toml {
    if (depth > MOST_DEPTH) this.#fail('lists and tables within each other, too deep');
    if (++this.#values > MOST_VALUES) this.#fail(`more than ${MOST_VALUES} values`);
    const sign = this.#text[this.at];
    if (sign === '"' || sign === "'") return this.#string(sign, true);
    if (this.#takes('[')) return this.#list(depth);
    if (this.#takes('{')) return this.#inline(depth);
    const word = this.#match(/[A-Za-z0-9_+.:-]+(?: \d\d:[\d:.Z+-]+)?/y);
    if (word === null) return this.#fail('a value was expected');
    if (word === 'true' || word === 'false') return word === 'true';
    if (/^\d{4}-\d\d-\d\d|^\d\d:\d\d/.test(word)) return word;
    const bare = word.replace(/(?<=[\da-fA-F])_(?=[\da-fA-F])/g, '');
    if (/^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$|^0x[\da-fA-F]+$|^0o[0-7]+$|^0b[01]+$/.test(bare)) {
      return Number(bare);
    }
    if (/^[+-]?inf$/.test(bare)) return bare.startsWith('-') ? -Infinity : Infinity;
    if (/^[+-]?nan$/.test(bare)) return Number.NaN;
    return this.#fail(`${word.slice(0, 40)} is no value`);
  }

  #list(depth: number): Toml[] {
    const list: Toml[] = [];
    for (;;) {
      this.#skip(true);
      if (this.#takes(']')) return list;
      list.push(this.#value(depth + 1));
      this.#skip(true);
      if (!this.#takes(',')) {
        this.#needs(']');
        return list;
      }
    }
  }

  #inline(depth: number): Open {
    const into = table();
    this.#blank();
    if (!this.#takes('}')) {
      do this.#pair(into, depth + 1);
      while ((this.#blank(), this.#takes(',')));
      this.#needs('}');
    }
    this.#close(into);
    return into;
  }

  #close(into: Open): void {
    this.#closed.add(into);
    for (const value of Object.values(into)) if (isTable(value)) this.#close(value as Open);
  }

  #string(quote: string, mayBeLong: boolean): string {
    const isLong = mayBeLong && this.#text.startsWith(quote.repeat(3), this.at);
    const end = isLong ? quote.repeat(3) : quote;
    this.at += end.length;
    if (isLong) this.#takes('\r') ? this.#takes('\n') : this.#takes('\n');
    let found = '';
    for (;;) {
      if (this.at >= this.#text.length) this.#fail('a text without an end');
      if (this.#text.startsWith(end, this.at)) {
        this.at += end.length;
        // Up to two more quotes belong to the text.
        while (isLong && this.#text[this.at] === quote) found += this.#text[this.at++];
        return found;
      }
      const sign = this.#text[this.at] as string;
      if (sign === '\\' && quote === '"') found += this.#escape(isLong);
      else {
        const code = sign.charCodeAt(0);
        if ((code < 32 && code !== 9 && !(isLong && (code === 10 || code === 13))) || code === 127)
          this.#fail('a sign that a text can’t hold');
        found += sign;
        this.at++;
      }
    }
  }

  #escape(isLong: boolean): string {
    const plain = this.#match(/\\[btnfr"\\e]/y);
    if (plain !== null) {
      return { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b', '"': '"', '\\': '\\' }[plain[1] as 'b'];
    }
    const code = this.#match(/\\u[\da-fA-F]{4}|\\U[\da-fA-F]{8}|\\x[\da-fA-F]{2}/y);
    if (code !== null) {
      const value = Number.parseInt(code.slice(2), 16);
      if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) this.#fail(`${code} is no letter`);
      return String.fromCodePoint(value);
    }
    if (isLong && this.#match(/\\[ \t]*\r?\n[ \t\r\n]*/y) !== null) return '';
    return this.#fail('an escape that there is not');
  }

  /** White space and comments; with line ends or without. */
  #skip(lines: boolean): void {
    for (;;) {
      this.#match(lines ? /[ \t\r\n]+/y : /[ \t\r]+/y);
      if (this.#text[this.at] !== '#') return;
      this.#match(/#[^\n]*/y);
    }
  }

  #blank(): void {
    this.#match(/[ \t]+/y);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  #takes(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  #needs(sign: string): void {
    if (!this.#takes(sign)) this.#fail(`${sign} was expected`);
  }

  #fail(message: string): never {
    throw new Fault(message);
  }
}

function table(): Open {
  return Object.create(null) as Open;
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
