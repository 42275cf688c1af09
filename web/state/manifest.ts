/** Adds, removes and renames files of an experiment's folder, and keeps `experiment.json` in step. Pure. */
import { MANIFEST } from '../engine/folder.ts';
import type { Language } from '../engine/experiment.ts';

export type Folder = Readonly<Record<string, string>>;
/** What a file belongs to: what evolves, what scores it, or neither. */
export type Part = 'program' | 'evaluator' | 'other';

interface Manifest {
  readonly language?: unknown;
  readonly title?: unknown;
  readonly entry?: unknown;
  readonly files?: unknown;
  readonly evaluator?: { readonly entry?: unknown; readonly files?: unknown };
  readonly seeds?: unknown;
}

export function partOf(folder: Folder, path: string): Part {
  const manifest = read(folder);
  if (names(manifest?.files).includes(path)) return 'program';
  return names(manifest?.evaluator?.files).includes(path) ? 'evaluator' : 'other';
}

/** null where the manifest can't be read. */
export function languageOf(folder: Folder): Language | null {
  const manifest = read(folder);
  if (manifest === null) return null;
  const { language = 'javascript' } = manifest;
  return typeof language === 'string' ? (language as Language) : null;
}

export function titleOf(folder: Folder): string {
  const title = read(folder)?.title;
  return typeof title === 'string' ? title : '';
}

/** Why a file can't have this name; empty where it can. */
export function nameProblem(folder: Folder, path: string): string {
  if (path === '') return 'A file needs a name.';
  if (!/^[\w@-][\w.@-]*(\/[\w@-][\w.@-]*)*$/.test(path))
    return 'A name is made of letters, digits, “_”, “-”, “.” and “/”.';
  return Object.hasOwn(folder, path) ? `There is a file ${path} already.` : '';
}

/** Why a file can't be removed; empty where it can. */
export function removalProblem(folder: Folder, path: string): string {
  if (path === MANIFEST) return 'It describes the experiment.';
  const manifest = read(folder);
  if (path === manifest?.entry) return 'The evaluator calls this file.';
  return path === manifest?.evaluator?.entry ? 'It scores the program.' : '';
}

export function addFile(folder: Folder, path: string, text: string, part: Exclude<Part, 'other'>): Folder {
  return change({ ...folder, [path]: text }, (manifest) => {
    if (part === 'program') return { ...manifest, files: [...names(manifest.files), path] };
    const files = [...names(manifest.evaluator?.files), path];
    return { ...manifest, evaluator: { ...manifest.evaluator, files } };
  });
}

export function removeFile(folder: Folder, path: string): Folder {
  const rest = Object.fromEntries(Object.entries(folder).filter(([name]) => name !== path));
  return change(rest, (manifest) => mapped(manifest, (name) => (name === path ? [] : [name])));
}

export function renameFile(folder: Folder, from: string, to: string): Folder {
  const renamed = Object.fromEntries(Object.entries(folder).map(([name, text]) => [name === from ? to : name, text]));
  const entry = (value: unknown): unknown => (value === from ? to : value);
  return change(renamed, (manifest) => {
    const next = mapped(manifest, (name) => [name === from ? to : name]);
    const { evaluator } = next;
    return {
      ...next,
      ...(next.entry === undefined ? {} : { entry: entry(next.entry) }),
      ...(evaluator === undefined ? {} : { evaluator: { ...evaluator, entry: entry(evaluator.entry) } }),
    };
  });
}

function mapped(manifest: Manifest, map: (name: string) => readonly string[]): Manifest {
  const { files, evaluator } = manifest;
  return {
    ...manifest,
    ...(files === undefined ? {} : { files: names(files).flatMap(map) }),
    ...(evaluator === undefined ? {} : { evaluator: { ...evaluator, files: names(evaluator.files).flatMap(map) } }),
  };
}

/** A manifest that can't be read is left to the person who is writing it. */
function change(folder: Folder, edit: (manifest: Manifest) => Manifest): Folder {
  const manifest = read(folder);
  return manifest === null ? folder : { ...folder, [MANIFEST]: `${JSON.stringify(edit(manifest), null, 2)}\n` };
}

function read(folder: Folder): Manifest | null {
  try {
    const value: unknown = JSON.parse(folder[MANIFEST] ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}
