/**
 * A Node that runs TypeScript as it stands: the one that runs this script where it is new enough, else one installed
 * once into `.cache/node` (pinned by `node/package-lock.json`), so that a machine's own Node need not change.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from './child.mjs';
import { megabytes } from './packages.mjs';

/** First release of each line that strips types without a flag and settles the permission flags. */
const FIRST = { 22: 18, 23: 6 };

const cache = join(root, '.cache', 'node');

/**
 * @param {string} version as in `process.versions.node`
 * @returns {boolean}
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major >= 24) return true;
  const first = FIRST[/** @type {22 | 23} */ (major)];
  return first !== undefined && minor >= first;
}

/** @returns {Promise<string>} path of the executable; ends the process when there is none and none can be installed */
export async function newerNode() {
  if (runsTypeScript(process.versions.node)) return process.execPath;
  const kept = installedNode();
  if (kept !== null) return kept;
  console.error(
    `This machine has Node ${process.versions.node}; installing a newer one for this project alone (.cache/node)`,
  );
  const started = Date.now();
  mkdirSync(cache, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(root, 'scripts', 'setup', 'node', file), join(cache, file));
  }
  const code = await npm(['ci', '--ignore-scripts', '--loglevel=error'], { cwd: cache });
  dropHeaders();
  const node = installedNode();
  if (code !== 0 || node === null) {
    console.error(
      `No newer Node could be installed here. Install Node 22.18 or newer yourself and run the command again.`,
    );
    process.exit(code === 0 ? 1 : code);
  }
  console.error(`Installed ${megabytes(cache)} MB in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return node;
}

/** @returns {string | null} */
function installedNode() {
  const packages = join(cache, 'node_modules');
  if (!existsSync(packages)) return null;
  for (const name of readdirSync(packages)) {
    for (const file of ['node', 'node.exe']) {
      const path = join(packages, name, 'bin', file);
      if (!name.startsWith('.') && existsSync(path)) return path;
    }
  }
  return null;
}

/** A third of the package is C++ headers and manuals. */
function dropHeaders() {
  const packages = join(cache, 'node_modules');
  if (!existsSync(packages)) return;
  for (const name of readdirSync(packages)) {
    if (name.startsWith('.')) continue;
    for (const folder of ['include', 'share']) rmSync(join(packages, name, folder), { recursive: true, force: true });
  }
}
