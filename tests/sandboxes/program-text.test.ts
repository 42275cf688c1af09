import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Linter } from 'eslint';
import { build } from 'vite';
import { expect, it } from 'vitest';
import type * as NodeHost from '../../sandboxes/hosting/node/host.ts';
import type * as ProgramText from '../../sandboxes/hosting/program-text.ts';
import { evaluate, options, told } from './trial.ts';

it('keeps its meaning as text after bundling and minifying', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-text-'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      root: process.cwd(),
      ssr: { noExternal: true, external: ['rolldown'] },
      build: {
        ssr: true,
        minify: true,
        target: 'esnext',
        outDir: folder,
        emptyOutDir: true,
        rollupOptions: {
          input: { host: 'sandboxes/hosting/node/host.ts', text: 'sandboxes/hosting/program-text.ts' },
          output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
        },
      },
    });
    const text = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'text.mjs')).href)) as typeof ProgramText;
    for (const [name, part] of Object.entries(text.parts)) {
      expect(freeNames(part.toString()), name).toEqual([]);
    }
    const { createNodeHost } = (await import(
      /* @vite-ignore */ pathToFileURL(join(folder, 'host.mjs')).href
    )) as typeof NodeHost;
    const host = createNodeHost(options());
    expect(told(await evaluate(host, 'export const f = (x: number) => x * 3;')).value).toBe(9);
    host.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Names that the text takes from outside and the language doesn't have. */
function freeNames(text: string): string[] {
  const messages = new Linter().verify(`(${text});`, [
    {
      languageOptions: { ecmaVersion: 'latest', sourceType: 'script', globals: { WebAssembly: false } },
      rules: { 'no-undef': 'error' },
    },
  ]);
  return messages.map(({ message }) => message);
}
