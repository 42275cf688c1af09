/** Realms in Node: bundled from the sources when they are first wanted. */
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
    default:
      return kind satisfies never;
  }
};
