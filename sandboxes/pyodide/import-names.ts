import type { Files } from '../contract.ts';

/** The first parts of the names that Python files import, without those of the program's own files. What is imported by its name as a text is not seen. */
export function importsOf(files: Files): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [path, text] of Object.entries(files)) {
    if (!path.endsWith('.py')) continue;
    for (const [, from, list] of text.matchAll(
      /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([^\n#;]+))/gm,
    )) {
      for (const name of (from ?? list ?? '').split(',')) {
        const [first] = /^[A-Za-z_]\w*/.exec(name.trim()) ?? [];
        if (first !== undefined) found.add(first);
      }
    }
  }
  for (const path of Object.keys(files)) {
    const own = path.split('/').filter((part) => part !== '.' && part !== '');
    found.delete((own[0] ?? '').replace(/\.py$/, ''));
    found.delete((own.at(-1) ?? '').replace(/\.py$/, ''));
  }
  return found;
}
