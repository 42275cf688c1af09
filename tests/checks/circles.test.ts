import { describe, expect, it } from 'vitest';
import { circles } from './circles.ts';
import { importsOf, readSource, sourcesBelow } from './sources.ts';

const FOLDERS = ['web', 'relay', 'sandboxes', 'wasm-toolchains', 'examples', 'tests'];

/** What each source imports, types and what is loaded later too. */
function importsOfAll(): Map<string, string[]> {
  const files = FOLDERS.flatMap((folder) => sourcesBelow(folder));
  const all = new Set(files);
  return new Map(
    files.map((file) => {
      const targets = importsOf(file, readSource(file)).flatMap(({ path }) =>
        path !== null && all.has(path) ? path : [],
      );
      return [file, targets];
    }),
  );
}

describe('circles of imports', () => {
  it('are nowhere in the tree', () => {
    const imports = importsOfAll();
    expect([...imports.values()].flat().length).toBeGreaterThan(1_000);
    expect(circles(imports)).toEqual([]);
  });

  it('are found with two files, with many, and with one that imports itself', () => {
    const imports = (edges: readonly (readonly [string, string])[]): Map<string, string[]> => {
      const map = new Map<string, string[]>();
      for (const [from, to] of edges) {
        map.set(from, [...(map.get(from) ?? []), to]);
        if (!map.has(to)) map.set(to, []);
      }
      return map;
    };
    const chain = [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ] as const;
    expect(circles(imports(chain))).toEqual([]);
    expect(circles(imports([...chain, ['b', 'a']]))).toEqual([['a', 'b']]);
    expect(circles(imports([...chain, ['c', 'a'], ['c', 'd']]))).toEqual([['a', 'b', 'c']]);
    expect(circles(imports([...chain, ['c', 'c'], ['d', 'e'], ['e', 'd'], ['d', 'a']]))).toEqual([['c'], ['d', 'e']]);
  });

  it('count what is imported for its types', () => {
    const text = `import type { A } from './a.ts';\nimport { type B } from './b.ts';\nlet c: import('./c.ts').C;`;
    expect(importsOf('web/x.ts', text).map(({ path }) => path)).toEqual(['web/a.ts', 'web/b.ts', 'web/c.ts']);
  });
});
