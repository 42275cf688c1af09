/** Which scripts a built page loads before its first frame: its own, its preloads, and all they import statically. */
import { posix } from 'node:path';
import ts from 'typescript';

export interface FirstLoad {
  /** Paths relative to the site's folder. */
  readonly scripts: readonly string[];
  readonly bytes: number;
}

/** `size` says what one script weighs, e.g. its gzipped length. Inline scripts count as `html#n`. */
export function firstLoad(html: string, read: (path: string) => Buffer, size: (data: Buffer) => number): FirstLoad {
  const text = read(html).toString();
  const waiting: string[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for (const [tag] of text.matchAll(/<(?:script|link)\b[^>]*>/g)) {
    const preload = tag.startsWith('<link') && /rel="?(?:modulepreload|preload)/.test(tag) && /\.m?js\b/.test(tag);
    const from = tag.startsWith('<script')
      ? /\bsrc="([^"]+)"/.exec(tag)
      : preload
        ? /\bhref="([^"]+)"/.exec(tag)
        : null;
    if (from?.[1] !== undefined) waiting.push(posix.join(posix.dirname(html), from[1]));
  }
  let inline = 0;
  for (const match of text.matchAll(/<script\b(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)) {
    bytes += size(Buffer.from(match[1] ?? ''));
    seen.add(`${html}#${inline++}`);
  }
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const data = read(path);
    bytes += size(data);
    for (const name of staticImports(path, data.toString())) waiting.push(posix.join(posix.dirname(path), name));
  }
  return { scripts: [...seen], bytes };
}

function staticImports(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS);
  const names: string[] = [];
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const specifier = statement.moduleSpecifier;
    if (specifier !== undefined && ts.isStringLiteral(specifier)) names.push(specifier.text);
  }
  return names;
}
