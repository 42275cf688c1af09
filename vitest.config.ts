import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { sandboxFrame } from './scripts/frame-plugin.ts';
import { realmTexts } from './scripts/realm-plugin.ts';
import { containerStandIn } from './tests/browser/webcontainer/plugin.ts';
import { chromiumFlags, findChromium } from './tests/chromium.ts';

const chromium = findChromium();

// As scripts/setup/child.mjs has it: for the processes that run tests and those that tests start.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('.cache/compiled', import.meta.url));

/**
 * What waits for real browsers, processes, sockets and clocks may fail once on a machine that is short of all of them; `npm test` tells what did.
 * The engine has none of these, and a test of it that passes only sometimes has found something.
 */
const worldly = { retry: 1 } as const;

/** The same for both parts of `unit`, which run side by side. */
const unit = {
  environment: 'node',
  testTimeout: 30_000,
  // More than there are cores: many tests wait, for limits to bite or for processes to end.
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
} as const;

/** Projects that `npm test` can run and count each by itself. A path given to `vitest run` picks from all of them. */
export default defineConfig({
  plugins: [svelte({ configFile: false }), sandboxFrame(), realmTexts()],
  server: { fs: { allow: ['.'] } },
  // Compilers find their own files beside themselves; what is loaded on demand is made ready before it is asked for.
  optimizeDeps: {
    exclude: ['web-tree-sitter', '@yowasp/clang', 'assemblyscript', 'binaryen', 'pyodide'],
    include: ['wabt', '@mlc-ai/web-llm'],
  },
  test: {
    // How long a condition may take on a busy machine; the usual second is a time limit on what is tested.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          ...unit,
          ...worldly,
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/web/engine/**', 'tests/browser/**', 'tests/e2e/**', 'tests/checks/**'],
        },
      },
      {
        extends: true,
        // The engine keeps nothing outside a run, so what it is made of need not be read again for each of a hundred files.
        test: { ...unit, name: 'unit: engine', include: ['tests/web/engine/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: { name: 'checks', environment: 'node', include: ['tests/checks/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        extends: true,
        plugins: [containerStandIn()],
        test: {
          ...worldly,
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { args: [...chromiumFlags], ...(chromium === null ? {} : { executablePath: chromium }) },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        extends: true,
        test: {
          ...worldly,
          name: 'e2e',
          environment: 'node',
          include: ['tests/e2e/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
