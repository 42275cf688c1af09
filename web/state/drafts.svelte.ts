/** What a person has written and not yet run: kept in memory, and for this tab through reloads. */
import { read, write } from './preferences.ts';

export type Folder = Readonly<Record<string, string>>;

export class Draft {
  /** The folder as it stands in the editor. */
  files = $state.raw<Folder>({});
  readonly name: string;
  readonly original: Folder;

  constructor(name: string, original: Folder) {
    this.name = name;
    this.original = original;
    this.files = { ...original, ...stored(name, original) };
  }

  get changed(): boolean {
    return Object.keys(this.files).some((path) => this.isChanged(path));
  }

  isChanged(path: string): boolean {
    return this.files[path] !== this.original[path];
  }

  write(path: string, text: string): void {
    if (this.files[path] === text) return;
    this.files = { ...this.files, [path]: text };
    this.#keep();
  }

  revert(path: string): void {
    this.write(path, this.original[path] ?? '');
  }

  #keep(): void {
    const changed: Record<string, string> = {};
    for (const [path, text] of Object.entries(this.files)) if (this.isChanged(path)) changed[path] = text;
    write('session', keyOf(this.name), Object.keys(changed).length === 0 ? null : JSON.stringify(changed));
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
    .filter((path) => /\.(m?[jt]s|md)$/.test(path) || path === 'experiment.json')
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

function keyOf(name: string): string {
  return `genesis:draft:${name}`;
}

function stored(name: string, original: Folder): Folder {
  const text = read('session', keyOf(name));
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    const entries = Object.entries(value).filter(([path, file]) => path in original && typeof file === 'string');
    return Object.fromEntries(entries) as Folder;
  } catch {
    return {};
  }
}
