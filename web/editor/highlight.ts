/** Colours JavaScript and TypeScript for reading: enough to see the shape of the code, in a kilobyte. */
export type TokenKind = 'plain' | 'comment' | 'string' | 'number' | 'keyword' | 'name';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const KEYWORDS = new Set(
  (
    'as async await break case catch class const continue debugger default delete do else export extends false finally for from function get if ' +
    'implements import in instanceof interface let new null of readonly return set static super switch this throw true try type typeof undefined ' +
    'var void while yield'
  ).split(' '),
);

const PATTERN =
  /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|("(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\[\s\S]|[^`\\])*`?)|(\b(?:0[xXbBoO][\da-fA-F_]+n?|\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?n?)\b|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_$][\w$]*)(\s*\()?/g;

export function highlight(text: string): Token[] {
  const tokens: Token[] = [];
  let plain = 0;
  const push = (kind: TokenKind, from: number, to: number): void => {
    if (from > plain) tokens.push({ kind: 'plain', text: text.slice(plain, from) });
    tokens.push({ kind, text: text.slice(from, to) });
    plain = to;
  };
  for (const match of text.matchAll(PATTERN)) {
    const [, comment, string, number, word, call] = match;
    const from = match.index;
    if (comment !== undefined) push('comment', from, from + comment.length);
    else if (string !== undefined) push('string', from, from + string.length);
    else if (number !== undefined) push('number', from, from + number.length);
    else if (word !== undefined && KEYWORDS.has(word)) push('keyword', from, from + word.length);
    else if (word !== undefined && call !== undefined) push('name', from, from + word.length);
  }
  if (plain < text.length) tokens.push({ kind: 'plain', text: text.slice(plain) });
  return tokens;
}

/** The same by line, so that lines can be numbered. */
export function highlightLines(text: string): Token[][] {
  const lines: Token[][] = [[]];
  for (const token of highlight(text)) {
    token.text.split('\n').forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part !== '') lines[lines.length - 1]?.push({ kind: token.kind, text: part });
    });
  }
  return lines;
}
