/** Statements as texts that can be put elsewhere: with the end they need, and at the indentation of the place. */
import type { Node } from '../syntax/node.ts';
import type { LanguageTable, ParsedFile } from '../syntax/table.ts';

/** A line's white space before the offset; that of its first word when something else stands on the line before. */
export function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^\s*$/.test(line) ? line : (/^\s*/.exec(line)?.[0] ?? '');
}

/** The statement's text as if it stood at the margin, where layout matters. */
export function statementText(node: Node, file: ParsedFile): string {
  return atMargin(file.text.slice(node.start, node.end), indentAt(file.text, node.start), file.table);
}

export function atMargin(text: string, indent: string, table: LanguageTable): string {
  if (!table.writing.indented || indent === '') return text;
  return text
    .split('\n')
    .map((line, i) => (i > 0 && line.startsWith(indent) ? line.slice(indent.length) : line))
    .join('\n');
}

/** A text at the margin as it stands behind that indentation. */
export function indented(text: string, indent: string, table: LanguageTable): string {
  if (!table.writing.indented || indent === '') return text;
  return text.replace(/\n(?=[^\n])/g, `\n${indent}`);
}

export function terminated(text: string, table: LanguageTable): string {
  const { end } = table.writing;
  return end === '' || /[;}]$/.test(text) ? text : `${text}${end}`;
}
