/** Builds the page into `dist/` when its sources have changed since the last build. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './child.mjs';

/** What can change the site. */
const SOURCES = [
  'web',
  'sandboxes',
  'wasm-toolchains',
  'examples',
  'package-lock.json',
  'vite.config.ts',
  'scripts/frame-plugin.ts',
  'tsconfig.json',
];

const stamp = join(root, '.cache', 'site.json');
const site = join(root, 'dist');

/**
 * @param {string} node executable that Vite runs under
 * @param {{ always?: boolean }} [options]
 * @returns {Promise<number>} exit code of the build; 0 when there was nothing to do
 */
export async function ensureSite(node, options = {}) {
  const hash = hashOfSources();
  if (!options.always && existsSync(join(site, 'index.html')) && lastHash() === hash) return 0;
  const started = Date.now();
  const fresh = join(root, '.cache', `site-${process.pid}`);
  const code = await run(
    node,
    ['node_modules/vite/bin/vite.js', 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'],
    { env: { NODE_ENV: 'production' }, aside: true },
  );
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    return code;
  }
  rmSync(site, { recursive: true, force: true });
  renameSync(fresh, site);
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stamp, JSON.stringify({ hash }));
  console.error(`Built dist/ in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return 0;
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const source of SOURCES) addTo(hash, source);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} path relative to the root
 */
function addTo(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  let entries;
  try {
    entries = readdirSync(full, { withFileTypes: true });
  } catch {
    hash.update(path).update('\0').update(readFileSync(full)).update('\0');
    return;
  }
  for (const name of entries.map((entry) => entry.name).sort()) addTo(hash, `${path}/${name}`);
}

function lastHash() {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8')).hash;
  } catch {
    return null;
  }
}
