import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { root } from './sources.ts';
import { firstLoad } from './first-load.ts';

const BUDGET_KB = 100;

describe('size budget', () => {
  it(`loads at most ${BUDGET_KB} kB of gzipped script before the first frame`, () => {
    expect(existsSync(join(root, 'dist/index.html')), 'dist/ has to be built first: npm run build').toBe(true);
    const read = (path: string) => readFileSync(join(root, 'dist', normalize(path)));
    const { scripts, bytes } = firstLoad('index.html', read, (data) => gzipSync(data, { level: 9 }).length);
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes / 1000, scripts.join(', ')).toBeLessThanOrEqual(BUDGET_KB);
  });

  it('counts static imports and preloads, each once, and nothing that is loaded on demand', () => {
    const files: Record<string, string> = {
      'index.html': `<script type="module" crossorigin src="./assets/main.js"></script>
        <link rel="modulepreload" href="./assets/pre.js"><link rel="stylesheet" href="./assets/a.css">`,
      'assets/main.js': `import{a as b}from"./one.js";import"./two.js";const c=()=>import("./later.js");`,
      'assets/pre.js': `export*from"./one.js";`,
      'assets/one.js': `export const a=1;`,
      'assets/two.js': `import"./main.js";`,
      'assets/later.js': `export{};`,
    };
    const read = (path: string) => Buffer.from(files[path] as string);
    const { scripts, bytes } = firstLoad('index.html', read, (data) => data.length);
    expect([...scripts].sort()).toEqual(['assets/main.js', 'assets/one.js', 'assets/pre.js', 'assets/two.js']);
    const total = scripts.reduce((sum, path) => sum + (files[path] as string).length, 0);
    expect(bytes).toBe(total);
    expect(dirname(scripts[0] as string)).toBe('assets');
  });
});
