/** Realms in a page: texts from the bundler, runtimes over the network, all of it only when it is wanted. */
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
    default:
      return kind satisfies never;
  }
};
