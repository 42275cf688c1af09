/** Compiled modules kept by the browser between visits, through its Cache storage; the oldest go first. */
import type { CompileStore } from './cache.ts';

const NAME = 'genesis-modules-1';
const MOST = 300;
const ADDRESS = '/compiled/';

/** null where the place has no such storage: a private window of some browsers, an insecure address. */
export function pageStore(): CompileStore | null {
  if (typeof caches === 'undefined') return null;
  const address = (key: string): string => new URL(`${ADDRESS}${key}`, location.origin).href;
  return {
    async get(key) {
      const found = await (await caches.open(NAME)).match(address(key));
      return found ? new Uint8Array(await found.arrayBuffer()) : null;
    },
    async put(key, wasm) {
      const cache = await caches.open(NAME);
      await cache.put(
        address(key),
        new Response(wasm.slice(), { headers: { 'content-type': 'application/octet-stream' } }),
      );
      const keys = await cache.keys();
      for (const old of keys.slice(0, Math.max(0, keys.length - MOST))) await cache.delete(old);
    },
  };
}
