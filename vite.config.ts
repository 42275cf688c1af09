import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'web',
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: false })],
  worker: { format: 'es' },
  build: { outDir: '../dist', emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0 },
  server: { host: '127.0.0.1', fs: { allow: ['..'] } },
  optimizeDeps: { exclude: ['web-tree-sitter'] },
});
