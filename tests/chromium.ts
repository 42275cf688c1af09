/** Finds a Chromium on this machine, for browser tests, end-to-end tests, benches and studies. Never downloads one. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

/** For `launchOptions.args`. A container has no user namespaces for Chromium's own sandbox and no GPU. */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Path of an executable: `CHROMIUM`, then the usual names on `PATH`, then Playwright's own; null where there is none. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '' && runnable(named)) return named;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const name of NAMES) {
      const path = join(folder, name);
      if (runnable(path)) return path;
    }
  }
  if (process.platform === 'darwin') for (const path of MAC) if (existsSync(path)) return path;
  const own = chromium.executablePath();
  return own !== '' && existsSync(own) ? own : null;
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
