/** Which file of the program a model means. */
import { shown } from './lines.ts';
import type { Files } from '../program.ts';

export type NamedFile =
  { readonly type: 'ok'; readonly path: string } | { readonly type: 'failed'; readonly problem: string };

/** Only a path of the program itself will do: nothing is resolved, so nothing can lead outside. */
export function namedFile(name: string, files: Files): NamedFile {
  const path = name.startsWith('./') ? name.slice(2) : name;
  if (Object.hasOwn(files, path)) return { type: 'ok', path };
  return { type: 'failed', problem: `"${shown(name, 80)}" is no file of the program. ${fileList(Object.keys(files))}` };
}

export function fileList(paths: readonly string[]): string {
  const listed = paths.slice(0, 20).map((path) => shown(path, 120));
  const more = paths.length > 20 ? ` and ${paths.length - 20} more` : '';
  return `Its files are: ${listed.join(', ')}${more}. No file can be added.`;
}
