/** Packages in Node: nothing is kept, since every process checks and holds them itself. */
import { readFile } from 'node:fs/promises';
import { createPackages, folder, type Lock, PACKAGES_BASE } from './packages.ts';

const LOCK = new URL('../../node_modules/pyodide/pyodide-lock.json', import.meta.url);

let base: string | null = null;

/** Folder that packages come from: none before this is called. `true`: where Pyodide publishes them. Gives the folder's address. */
export function usePackages(from: boolean | string): string | null {
  base = from === false ? null : from === true ? PACKAGES_BASE : folder(from);
  return base;
}

export const nodePackages = createPackages({
  lock: async () => JSON.parse(await readFile(LOCK, 'utf8')) as Lock,
  base: () => Promise.resolve(base),
  fetch: (...given) => fetch(...given),
  shelf: null,
});
