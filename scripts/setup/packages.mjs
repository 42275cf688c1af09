/** Installs what is missing. What only tests need is left out until a test asks for it. */
import { existsSync, readFileSync, readdirSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from './child.mjs';

/**
 * @param {{ development: boolean }} wanted
 * @returns {Promise<void>} ends the process with npm's exit code when the installation fails
 */
export async function ensurePackages({ development }) {
  const missing = missingPackages(development);
  if (missing.length === 0) return;
  const what = development ? 'what the page and its tests need' : 'what the page needs';
  const some = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : '');
  console.error(`Installing ${what} (${missing.length} packages: ${some})`);
  const started = Date.now();
  const code = await npm([
    'ci',
    ...(development ? ['--include=dev'] : ['--omit=dev']),
    '--ignore-scripts',
    '--loglevel=error',
  ]);
  if (code !== 0) {
    console.error(
      `npm ci failed (exit code ${code}). It needs the network once; run the command again when there is one.`,
    );
    process.exit(code);
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.error(`Installed ${megabytes(join(root, 'node_modules'))} MB in ${seconds} s`);
}

/**
 * Packages of the lock file that are not there in that version. Optional ones (binaries of other platforms) don't count.
 * @param {boolean} development
 * @returns {string[]}
 */
function missingPackages(development) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const missing = [];
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional || entry.devOptional || (entry.dev && !development)) continue;
    if (present[path]?.version !== entry.version) missing.push(path.replace(/^.*node_modules\//, ''));
  }
  return missing;
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, dev?: boolean, optional?: boolean, devOptional?: boolean }>}
 */
function readPackages(path) {
  if (!existsSync(path)) return {};
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

/**
 * Size of a folder in whole megabytes (10^6 bytes).
 * @param {string} folder
 */
export function megabytes(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += lstatSync(join(entry.parentPath ?? entry.path, entry.name)).size;
  }
  return Math.round(bytes / 1e6);
}
