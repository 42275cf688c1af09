/** Gives the page the texts of realms that are bundled: `import { text } from 'virtual:realm/wasm'`. */
import type { Plugin } from 'vite';
import { realmScript } from '../sandboxes/hosting/node/bundle.ts';
import type { HostedRealm } from '../sandboxes/hosting/realms.ts';

const PREFIX = 'virtual:realm/';

export function realmTexts(): Plugin {
  return {
    name: 'realm-texts',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      return `export const text = ${JSON.stringify(await realmScript(id.slice(PREFIX.length + 1) as HostedRealm))};`;
    },
  };
}
