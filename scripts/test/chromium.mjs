/** Makes sure there is a Chromium for the tests: one that is there, else Playwright's, else Debian's package. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { root, run } from '../setup/child.mjs';

/**
 * @param {string} node executable that runs TypeScript
 * @returns {Promise<{ path: string } | { path: null, reason: string }>}
 */
export async function ensureChromium(node) {
  const there = findChromium(node);
  if (there !== null) return { path: there };
  console.error("No Chromium on this machine; fetching Playwright's");
  const fetched = await run(node, ['node_modules/playwright/cli.js', 'install', '--no-shell', 'chromium'], {
    quiet: true,
  });
  const own = findChromium(node);
  if (own !== null && starts(own)) return { path: own };
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    console.error("Playwright's is not to be had; installing Debian's package");
    await run('apt-get', ['update', '-qq'], { quiet: true });
    await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'chromium'], { quiet: true });
    const debian = findChromium(node);
    if (debian !== null && starts(debian)) return { path: debian };
  }
  const why = fetched === 0 ? 'the one fetched does not start (libraries missing?)' : 'none could be fetched';
  return { path: null, reason: `no Chromium: ${why}; set CHROMIUM to the path of one` };
}

/** @param {string} node */
function findChromium(node) {
  const script = "import { findChromium } from './tests/chromium.ts'; process.stdout.write(findChromium() ?? '')";
  const found = spawnSync(node, ['--input-type=module', '--eval', script], { cwd: root, encoding: 'utf8' });
  return found.stdout === '' ? null : found.stdout;
}

/** @param {string} path */
function starts(path) {
  const about = ['--headless', '--no-sandbox', '--disable-gpu', '--dump-dom', 'about:blank'];
  return spawnSync(path, about, { timeout: 30_000 }).status === 0;
}
