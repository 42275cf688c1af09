/** Packages in a page: kept in the browser's cache, so that the second visit needs no network. */
import lockUrl from '../../node_modules/pyodide/pyodide-lock.json?url';
import { createPackages, folder, type Lock, PACKAGES_BASE, type Shelf } from './packages.ts';

const NAME = 'python-packages';

/** Of this browser. */
export const shelf: Shelf = {
  async get(address) {
    const found = await (await caches.open(NAME)).match(address);
    return found ? new Uint8Array(await found.arrayBuffer()) : null;
  },
  async put(address, bytes) {
    await (await caches.open(NAME)).put(address, new Response(bytes));
  },
};

/** A relay says whether and from where; a page that no relay serves takes them from where they are published. */
async function askRelay(): Promise<string | null> {
  const response = await fetch(new URL('/api/v1/python-packages', location.origin)).catch(() => null);
  if (response?.ok !== true) return PACKAGES_BASE;
  const answer: unknown = await response.json().catch(() => null);
  const said = typeof answer === 'object' && answer !== null && 'base' in answer ? answer.base : undefined;
  return said === undefined ? PACKAGES_BASE : typeof said === 'string' ? folder(said) : null;
}

let base: Promise<string | null> | null = null;

export const pagePackages = createPackages({
  async lock() {
    const response = await fetch(lockUrl);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return (await response.json()) as Lock;
  },
  base: () => (base ??= askRelay()),
  fetch: (...given) => fetch(...given),
  shelf: 'caches' in globalThis ? shelf : null,
});
