/** Looks at a request before any compiler does: paths that stay inside, sizes that are reasonable. */
import type { CompileRequest } from './contract.ts';

const MOST_FILES = 500;
const MOST_CHARACTERS = 4_000_000;

/** What is wrong with it; null where nothing is. */
export function faultOf({ files, entry }: CompileRequest): string | null {
  const paths = Object.keys(files);
  if (paths.length > MOST_FILES) return `has ${paths.length} files; ${MOST_FILES} are allowed`;
  let characters = 0;
  for (const path of paths) {
    if (!isInside(path)) return `${JSON.stringify(path.slice(0, 100))} is no path inside the program`;
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      if (Object.hasOwn(files, path.slice(0, at))) return `${path.slice(0, at)} is a file and a folder`;
    characters += (files[path] as string).length;
  }
  if (characters > MOST_CHARACTERS) return `has ${characters} characters; ${MOST_CHARACTERS} are allowed`;
  if (!Object.hasOwn(files, entry)) return `${entry} is the entry, but there is no such file`;
  return null;
}

/** Relative, of plain parts, and none that a tool could take for an option. */
export function isInside(path: string): boolean {
  if (path.length > 200 || !/^[\w.@+ /-]+$/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.startsWith('-'));
}
