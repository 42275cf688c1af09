import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Rolldown } from 'vite';

/** web-tree-sitter carries an eval for a feature of Emscripten that is never used here. */
const warnings: { onwarn: Rolldown.WarningHandlerWithDefault } = {
  onwarn(warning, warn) {
    if (warning.code !== 'EVAL' || !warning.message.includes('web-tree-sitter')) warn(warning);
  },
};

export default defineConfig({
  root: 'web',
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: false })],
  worker: { format: 'es', rolldownOptions: warnings },
  build: { outDir: '../dist', emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0, rolldownOptions: warnings },
  server: { host: '127.0.0.1', fs: { allow: ['..'] } },
  optimizeDeps: { exclude: ['web-tree-sitter'] },
});
