/** The JavaScript sandbox in Chromium, built as the page is and driven through the page-side host. */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { median, rounded, type Group } from './figure.ts';
import { served } from './served.ts';
import type { SandboxFigures } from './sandbox-page/main.ts';

const folder = fileURLToPath(new URL('../../.cache/sandbox-bench', import.meta.url));

export const sandbox: Group = {
  figures: [
    { name: 'sandbox.javascript.fresh_per_s', aim: '≥ 150' },
    { name: 'sandbox.javascript.calls_per_s', aim: '≥ 10000' },
    { name: 'sandbox.javascript.evaluations_per_s', aim: 'stated' },
    { name: 'sandbox.javascript.limit_overshoot_ms', aim: '≤ 10' },
    { name: 'sandbox.javascript.limit_overshoot_worst_ms', aim: 'stated' },
  ],
  needsBrowser: true,
  async *measure(wanted) {
    const root = fileURLToPath(new URL('sandbox-page', import.meta.url));
    await build({
      configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
      root,
      logLevel: 'error',
      build: { outDir: folder },
    });
    const figures = await served(folder, async ({ browser, url }): Promise<SandboxFigures> => {
      const page = await browser.newPage();
      await page.goto(url);
      await page.waitForFunction(() => typeof window.measureSandbox === 'function');
      return page.evaluate(() => window.measureSandbox());
    });
    await rm(folder, { recursive: true, force: true });
    const values: Readonly<Record<string, readonly [number, string]>> = {
      'sandbox.javascript.fresh_per_s': [figures.freshPerSecond, 'evaluations/s'],
      'sandbox.javascript.calls_per_s': [figures.callsPerSecond, 'calls/s'],
      'sandbox.javascript.evaluations_per_s': [figures.evaluationsPerSecond, 'evaluations/s'],
      'sandbox.javascript.limit_overshoot_ms': [median(figures.overshoots), 'ms'],
      'sandbox.javascript.limit_overshoot_worst_ms': [Math.max(...figures.overshoots), 'ms'],
    };
    for (const [name, [value, unit]] of Object.entries(values)) {
      if (wanted.has(name)) yield { name, value: rounded(value), unit };
    }
  },
};
