/** `npm run licences`: what the page and the relay are made of, and on what terms. Fails on terms that have not been agreed to. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/child.mjs';
import { flags } from './setup/flags.mjs';
import { ensurePackages } from './setup/packages.mjs';

/** Terms that let anyone use, change and pass on, with no duty beyond naming the source (MPL: beyond its own files). */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

const { values } = flags('npm run licences [-- --quiet]', { quiet: { type: 'boolean' } });
await ensurePackages({ development: false });

/** @type {Record<string, { version?: string, license?: string, dev?: boolean }>} */
const packages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
const rows = Object.entries(packages)
  .filter(([path, entry]) => path !== '' && !entry.dev)
  .map(([path, entry]) => ({
    name: path.replace(/^.*node_modules\//, ''),
    version: entry.version ?? '',
    terms: termsOf(path, entry),
  }))
  .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

if (!values.quiet) {
  const width = Math.max(...rows.map((row) => row.name.length));
  for (const row of rows) console.log(`${row.name.padEnd(width)}  ${row.version.padEnd(12)}  ${row.terms}`);
}
const refused = rows.filter((row) => !allowed(row.terms));
for (const row of refused) console.error(`Not agreed to: ${row.name}@${row.version} (${row.terms})`);
console.log(`${rows.length} packages, ${refused.length} on terms that have not been agreed to`);
process.exitCode = refused.length > 0 || rows.length === 0 ? 1 : 0;

/**
 * The lock file's word, else the package's own (binaries of other platforms are not installed, so the lock has to know).
 * @param {string} path
 * @param {{ license?: string }} entry
 */
function termsOf(path, entry) {
  if (entry.license !== undefined) return entry.license;
  const file = join(root, path, 'package.json');
  if (!existsSync(file)) return 'unknown';
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof license === 'string') return license;
  if (Array.isArray(licenses)) return licenses.map((one) => one.type).join(' OR ');
  return 'unknown';
}

/**
 * SPDX expressions of the plain kind: one agreed alternative is enough for OR, AND wants all.
 * @param {string} expression
 * @returns {boolean}
 */
function allowed(expression) {
  const terms = expression.replace(/^\((.*)\)$/, '$1');
  if (terms.includes(' OR ')) return terms.split(' OR ').some(allowed);
  if (terms.includes(' AND ')) return terms.split(' AND ').every(allowed);
  return ALLOWED.has(terms);
}
