/** What a person has written and not yet run: kept in memory, and for this tab through reloads. */
import { addFile, removeFile, renameFile } from './manifest.ts';
import type { Folder, Part } from './manifest.ts';
import { read, write } from './preferences.ts';

export type { Folder } from './manifest.ts';

/** Keeps a draft's folder through reloads; false where it could not. */
export type Keep = (files: Folder) => boolean;

export class Draft {
  /** The folder as it stands in the editor. */
  files = $state.raw<Folder>({});
  /** It could not be kept: a reload loses it. */
  unkept = $state.raw(false);
  readonly name: string;
  readonly original: Folder;
  readonly #keepAll: Keep | null;

  /** With `keep` the whole folder is a person's own; without, what they changed of an example is kept for this tab. */
  constructor(name: string, original: Folder, keep: Keep | null = null) {
    this.name = name;
    this.original = original;
    this.#keepAll = keep;
    this.files = keep === null ? stored(name, original) : original;
  }

  get changed(): boolean {
    const paths = new Set([...Object.keys(this.files), ...Object.keys(this.original)]);
    return [...paths].some((path) => this.isChanged(path));
  }

  isChanged(path: string): boolean {
    return this.files[path] !== this.original[path];
  }

  write(path: string, text: string): void {
    if (this.files[path] === text) return;
    this.#put({ ...this.files, [path]: text });
  }

  add(path: string, text: string, part: Exclude<Part, 'other'>): void {
    this.#put(addFile(this.files, path, text, part));
  }

  remove(path: string): void {
    this.#put(removeFile(this.files, path));
  }

  rename(from: string, to: string): void {
    this.#put(renameFile(this.files, from, to));
  }

  /** Whether there is another text to go back to. */
  canRevert(path: string): boolean {
    return path in this.original && this.isChanged(path);
  }

  revert(path: string): void {
    if (path in this.original) this.write(path, this.original[path] ?? '');
  }

  #put(files: Folder): void {
    this.files = files;
    if (this.#keepAll !== null) {
      this.unkept = !this.#keepAll(files);
      return;
    }
    const changed: Record<string, string | null> = {};
    for (const path of new Set([...Object.keys(files), ...Object.keys(this.original)]))
      if (this.isChanged(path)) changed[path] = files[path] ?? null;
    const text = Object.keys(changed).length === 0 ? null : JSON.stringify(changed);
    this.unkept = !write('session', keyOf(this.name), text);
  }
}

/** Files a person would edit; pictures and recordings are left out. */
export function editable(files: Folder): string[] {
  const rank = (path: string): number => {
    if (path === 'experiment.json') return 3;
    if (path.endsWith('.md')) return 4;
    if (/evaluat/.test(path)) return 1;
    return path.startsWith('seed.') ? 0 : 2;
  };
  return Object.keys(files)
    .filter((path) => CODE.test(path) || path === 'experiment.json')
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

const CODE = /\.(m?[jt]s|md|txt|csv|py|c|h|cc|cpp|cxx|hpp|rs|toml|go|zig|wat)$/;

function keyOf(name: string): string {
  return `genesis:draft:${name}`;
}

/** The example with what was changed of it in this tab; null stands for a file that was removed. */
function stored(name: string, original: Folder): Folder {
  const text = read('session', keyOf(name));
  if (text === null) return original;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return original;
    const files: Record<string, string> = { ...original };
    for (const [path, file] of Object.entries(value)) {
      if (typeof file === 'string') files[path] = file;
      else if (file === null) delete files[path];
    }
    return files;
  } catch {
    return original;
  }
}
