import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, readSource, root, sourcesBelow } from './sources.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const SHIPPED = ['web', 'relay', 'sandboxes', 'wasm-toolchains', 'examples'];

/** Packages that files below the folders import by name, each with the first file that does. */
function imported(folders: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of folders.flatMap(sourcesBelow)) {
    for (const { specifier } of importsOf(path, readSource(path))) {
      // Files that a package does not list among its exports are imported by their path.
      const inside = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(specifier)?.[1];
      if (inside === undefined && /^[./]|^node:|^virtual:/.test(specifier)) continue;
      if (builtinModules.includes(specifier)) continue;
      const name = inside ?? specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
      if (!found.has(name)) found.set(name, path);
    }
  }
  return found;
}

describe('dependencies', () => {
  it('are declared where what runs for people imports them', () => {
    const missing = [...imported(SHIPPED)].filter(([name]) => !(name in manifest.dependencies));
    expect(missing).toEqual([]);
  });

  it('are declared somewhere where tests import them', () => {
    const declared = { ...manifest.dependencies, ...manifest.devDependencies };
    const missing = [...imported(['tests', 'scripts'])].filter(([name]) => !(name in declared));
    expect(missing).toEqual([]);
  });

  it('are pinned to one version each', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('include nothing that ships unused', () => {
    const used = new Set(imported([...SHIPPED, 'scripts']).keys());
    // Vite and its Svelte plugin build the page from vite.config.ts.
    for (const name of ['vite', '@sveltejs/vite-plugin-svelte']) used.add(name);
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([]);
  });
});
