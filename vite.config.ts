import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Rolldown } from 'vite';
import { sandboxFrame } from './scripts/frame-plugin.ts';
import { realmTexts } from './scripts/realm-plugin.ts';

/**
 * web-tree-sitter carries an eval for a feature of Emscripten that is never used here; the syntax room loads its reader on demand,
 * which the run worker, where it is needed at once, has no use for; on a slow machine every build would be told what took its time.
 */
const rolldownOptions = {
  checks: { eval: false, ineffectiveDynamicImport: false, pluginTimings: false },
  /** Compilers and interpreters are built for Node as well: the branches that name its modules are never taken in a page. */
  onLog(
    level: Rolldown.LogLevel,
    log: Rolldown.RolldownLog,
    next: (level: Rolldown.LogLevel, log: Rolldown.RolldownLog) => void,
  ): void {
    const known =
      /has been externalized for browser compatibility, imported by ".*node_modules\//.test(log.message) ||
      (log.code === 'COMMONJS_VARIABLE_IN_ESM' && /node_modules\//.test(log.message));
    if (!known) next(level, log);
  },
};

export default defineConfig({
  root: 'web',
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: false }), sandboxFrame(), realmTexts()],
  worker: { format: 'es', plugins: () => [realmTexts()], rolldownOptions },
  build: { outDir: '../dist', emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0, rolldownOptions },
  server: { host: '127.0.0.1', fs: { allow: ['..'] } },
  // Compilers find their own files beside themselves; what is loaded on demand is made ready before it is asked for.
  optimizeDeps: {
    exclude: ['web-tree-sitter', '@yowasp/clang', 'assemblyscript', 'binaryen', 'pyodide'],
    include: ['wabt', 'openai', '@anthropic-ai/sdk'],
  },
});
