/** Experiments that a person has written, kept in this browser. */
import type { Folder } from './manifest.ts';
import { titleOf } from './manifest.ts';
import { read, write } from './preferences.ts';
import type { CatalogueEntry } from './services.ts';

const INDEX = 'genesis:own';
const keyOf = (name: string): string => `genesis:own:${name}`;

export function ownNames(): string[] {
  return strings(read('local', INDEX));
}

export function readOwn(name: string): Folder | null {
  const text = read('local', keyOf(name));
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    return Object.fromEntries(Object.entries(value).filter(([, file]) => typeof file === 'string')) as Folder;
  } catch {
    return null;
  }
}

/** False where the browser keeps nothing, or has no room left. */
export function writeOwn(name: string, folder: Folder): boolean {
  if (!write('local', keyOf(name), JSON.stringify(folder))) return false;
  const known = ownNames();
  return known.includes(name) || write('local', INDEX, JSON.stringify([...known, name]));
}

export function removeOwn(name: string): void {
  write('local', keyOf(name), null);
  write('local', INDEX, JSON.stringify(ownNames().filter((each) => each !== name)));
}

/** As entries of the catalogue. */
export function ownEntries(): CatalogueEntry[] {
  return ownNames().flatMap((name) => {
    const folder = readOwn(name);
    if (folder === null) return [];
    const title = titleOf(folder) || name;
    return [
      { name, title, summary: '', own: true as const, load: () => Promise.resolve({ ...(readOwn(name) ?? {}) }) },
    ];
  });
}

/** A name that no experiment has: `curve-in-c`, `curve-in-c-2` … */
export function freeName(title: string, taken: readonly string[]): string {
  const plain = title
    .toLowerCase()
    .replaceAll('+', 'p')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  const base = plain === '' ? 'experiment' : plain;
  if (!taken.includes(base)) return base;
  for (let i = 2; ; i++) if (!taken.includes(`${base}-${i}`)) return `${base}-${i}`;
}

function strings(text: string | null): string[] {
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
