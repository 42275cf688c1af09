/** Colours code for reading, language by language: enough to see its shape, in two kilobytes. */
export type TokenKind = 'plain' | 'comment' | 'string' | 'number' | 'keyword' | 'name';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

interface Look {
  /** Comments, as the source of a regular expression. */
  readonly comment: string;
  readonly string: string;
  readonly keywords: ReadonlySet<string>;
  /** What words are made of. */
  readonly word: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const SLASHES = '\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?(?:\\*\\/|$)';
const PLAIN = `"(?:\\\\.|[^"\\\\\\n])*"?`;
const QUOTED = `${PLAIN}|'(?:\\\\.|[^'\\\\\\n])*'?`;
const BACKTICKS = '`(?:\\\\[\\s\\S]|[^`\\\\])*`?';
const WORD = '[A-Za-z_$][\\w$]*';

const LOOKS = {
  script: {
    comment: SLASHES,
    string: `${QUOTED}|${BACKTICKS}`,
    word: WORD,
    keywords: words(
      'as async await break case catch class const continue debugger default delete do else export extends false finally for from function get if ' +
        'implements import in instanceof interface let new null of readonly return set static super switch this throw true try type typeof ' +
        'undefined var void while yield',
    ),
  },
  python: {
    comment: '#[^\\n]*',
    string: `"""[\\s\\S]*?(?:"""|$)|'''[\\s\\S]*?(?:'''|$)|${QUOTED}`,
    word: WORD,
    keywords: words(
      'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda ' +
        'nonlocal not or pass raise return try while with yield match case',
    ),
  },
  c: {
    comment: SLASHES,
    string: QUOTED,
    word: WORD,
    keywords: words(
      'auto bool break case char class const constexpr continue default delete do double else enum extern false float for goto if inline int long ' +
        'namespace new nullptr private public register return short signed sizeof static struct switch template this true typedef typename union ' +
        'unsigned using virtual void volatile while',
    ),
  },
  rust: {
    comment: SLASHES,
    // A quote may also begin a lifetime.
    string: `${PLAIN}|'(?:\\\\.|[^'\\\\\\n])'`,
    word: WORD,
    keywords: words(
      'as async await break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref return self static ' +
        'struct super trait true type unsafe use where while f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 usize isize bool',
    ),
  },
  go: {
    comment: SLASHES,
    string: `${QUOTED}|${BACKTICKS}`,
    word: WORD,
    keywords: words(
      'break case chan const continue default defer else fallthrough false for func go goto if import interface map nil package range return ' +
        'select struct switch true type var float32 float64 int int32 int64 uint uint8 uint32 uint64 byte bool string',
    ),
  },
  zig: {
    comment: '\\/\\/[^\\n]*',
    string: `${QUOTED}|\\\\\\\\[^\\n]*`,
    word: '@?[A-Za-z_]\\w*',
    keywords: words(
      'and break catch comptime const continue defer else enum error export extern false fn for if inline null or orelse packed pub return ' +
        'struct switch test true try undefined union unreachable usingnamespace var while f32 f64 i32 i64 u8 u32 u64 usize bool void',
    ),
  },
  wat: {
    comment: ';;[^\\n]*|\\(;[\\s\\S]*?(?:;\\)|$)',
    string: PLAIN,
    word: '[A-Za-z_$][\\w$.]*',
    keywords: words(
      'module func param result local export import memory data table elem global mut type start block loop if then else end br br_if br_table ' +
        'return call call_indirect drop select unreachable nop',
    ),
  },
} as const satisfies Record<string, Look>;

const BY_ENDING: Readonly<Record<string, keyof typeof LOOKS>> = {
  ...{ py: 'python', rs: 'rust', go: 'go', zig: 'zig', wat: 'wat' },
  ...{ c: 'c', h: 'c', cc: 'c', cpp: 'c', cxx: 'c', hpp: 'c' },
};

const NUMBER =
  '\\b(?:0[xXbBoO][\\da-fA-F_]+n?|\\d[\\d_]*\\.?\\d*(?:[eE][-+]?\\d+)?[nfu]?)\\b|\\.\\d+(?:[eE][-+]?\\d+)?';

const patterns = new Map<Look, RegExp>();

function patternOf(look: Look): RegExp {
  let pattern = patterns.get(look);
  if (!pattern) {
    pattern = new RegExp(`(${look.comment})|(${look.string})|(${NUMBER})|(${look.word})(\\s*\\()?`, 'g');
    patterns.set(look, pattern);
  }
  return pattern;
}

/** `path`: the file it stands in, whose ending tells the language; JavaScript where it tells nothing. */
export function highlight(text: string, path = ''): Token[] {
  const look: Look = LOOKS[BY_ENDING[path.slice(path.lastIndexOf('.') + 1)] ?? 'script'];
  const tokens: Token[] = [];
  let plain = 0;
  const push = (kind: TokenKind, from: number, to: number): void => {
    if (from > plain) tokens.push({ kind: 'plain', text: text.slice(plain, from) });
    tokens.push({ kind, text: text.slice(from, to) });
    plain = to;
  };
  for (const match of text.matchAll(patternOf(look))) {
    const [, comment, string, number, word, call] = match;
    const from = match.index;
    if (comment !== undefined) push('comment', from, from + comment.length);
    else if (string !== undefined) push('string', from, from + string.length);
    else if (number !== undefined) push('number', from, from + number.length);
    else if (word !== undefined && look.keywords.has(word)) push('keyword', from, from + word.length);
    else if (word !== undefined && call !== undefined) push('name', from, from + word.length);
  }
  if (plain < text.length) tokens.push({ kind: 'plain', text: text.slice(plain) });
  return tokens;
}

/** The same by line, so that lines can be numbered. */
export function highlightLines(text: string, path = ''): Token[][] {
  const lines: Token[][] = [[]];
  for (const token of highlight(text, path)) {
    token.text.split('\n').forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part !== '') lines[lines.length - 1]?.push({ kind: token.kind, text: part });
    });
  }
  return lines;
}
