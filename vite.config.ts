import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { sandboxFrame } from './scripts/frame-plugin.ts';
import { realmTexts } from './scripts/realm-plugin.ts';

/**
 * web-tree-sitter carries an eval for a feature of Emscripten that is never used here; the syntax room loads its reader on demand,
 * which the run worker, where it is needed at once, has no use for; on a slow machine every build would be told what took its time.
 */
const rolldownOptions = { checks: { eval: false, ineffectiveDynamicImport: false, pluginTimings: false } };

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
