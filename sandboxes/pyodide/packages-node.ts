/** Packages in Node: nothing is kept, since every process checks and holds them itself. */
import { readFile } from 'node:fs/promises';
import { createPackages, folder, type Lock, PACKAGES_BASE } from './packages.ts';

const LOCK = new URL('../../node_modules/pyodide/pyodide-lock.json', import.meta.url);

/** `GENESIS_PYTHON_PACKAGES` names another server, or, as `0`, none. */
function base(): Promise<string | null> {
  const given = process.env['GENESIS_PYTHON_PACKAGES'] ?? '';
  if (/^(0|false)$/.test(given)) return Promise.resolve(null);
  return Promise.resolve(/^https?:/.test(given) ? folder(given) : PACKAGES_BASE);
}

export const nodePackages = createPackages({
  lock: async () => JSON.parse(await readFile(LOCK, 'utf8')) as Lock,
  base,
  fetch: (...given) => fetch(...given),
  shelf: null,
});
