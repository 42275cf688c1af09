/** Realms in a page: texts from the bundler, runtimes over the network, all of it only when it is wanted. */
import type { Packages } from '../../pyodide/packages.ts';
import type { LoadRealm } from '../realms.ts';

export const loadPageRealm: LoadRealm = async (kind) => {
  switch (kind) {
    case 'wasm': {
      const { text } = await import('virtual:realm/wasm');
      return { text, modules: {}, data: {} };
    }
    case 'steps': {
      const [{ text }, { fetchQuickjs }] = await Promise.all([
        import('virtual:realm/steps'),
        import('../../quickjs/asset-page.ts'),
      ]);
      return { text, modules: { quickjs: await fetchQuickjs() }, data: {} };
    }
    case 'python': {
      const [{ text }, { pagePython }] = await Promise.all([
        import('virtual:realm/python'),
        import('../../python/runtime-page.ts'),
      ]);
      const { frozen, wasm } = await pagePython.load();
      return { text, modules: { python: wasm }, data: { frozen } };
    }
    case 'pyodide': {
      const [{ text }, { pagePyodide }, { REALM_MEGABYTES, REALM_START_MS }] = await Promise.all([
        import('virtual:realm/pyodide'),
        import('../../pyodide/runtime-page.ts'),
        import('../../pyodide/runtime.ts'),
      ]);
      const { image, library, wasm } = await pagePyodide.load();
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

export const loadPagePackages = async (): Promise<Packages> =>
  (await import('../../pyodide/packages-page.ts')).pagePackages;
