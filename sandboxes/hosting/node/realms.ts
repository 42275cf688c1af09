/** Realms in Node: bundled from the sources when they are first wanted. */
import type { Packages } from '../../pyodide/packages.ts';
import type { LoadRealm } from '../realms.ts';

export const loadNodeRealm: LoadRealm = async (kind) => {
  // A bundler is not small: it is read when there is something to bundle.
  const { realmScript } = await import('./bundle.ts');
  const text = await realmScript(kind);
  switch (kind) {
    case 'wasm':
      return { text, modules: {}, data: {} };
    case 'steps': {
      const { readQuickjs } = await import('../../quickjs/asset-node.ts');
      return { text, modules: { quickjs: await readQuickjs() }, data: {} };
    }
    case 'python': {
      const { nodePython } = await import('../../python/runtime-node.ts');
      const { frozen, wasm } = await nodePython.load();
      return { text, modules: { python: wasm }, data: { frozen } };
    }
    case 'pyodide': {
      const [{ nodePyodide }, { REALM_MEGABYTES, REALM_START_MS }] = await Promise.all([
        import('../../pyodide/runtime-node.ts'),
        import('../../pyodide/runtime.ts'),
      ]);
      const { image, library, wasm } = await nodePyodide.load();
      return {
        text,
        modules: { pyodide: wasm },
        data: { image, library },
        megabytes: REALM_MEGABYTES,
        startMs: REALM_START_MS,
      };
    }
    default:
      return kind satisfies never;
  }
};

export const loadNodePackages = async (): Promise<Packages> =>
  (await import('../../pyodide/packages-node.ts')).nodePackages;
