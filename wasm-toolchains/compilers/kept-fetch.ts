/**
 * Keeps a compiler's own large files in the browser's Cache storage: its second start takes nothing from the network, also where there is none, and
 * whatever the server says of caching. `version` is the compiler's; files of other versions are let go.
 */
const PREFIX = 'genesis-compiler-';
const LARGE = /\.(wasm|tar|tar\.gz)$/;

export async function keepLargeFiles(compiler: string, version: string): Promise<void> {
  if (typeof caches === 'undefined' || typeof location === 'undefined') return;
  const name = `${PREFIX}${compiler}-${version}`;
  const real = globalThis.fetch.bind(globalThis);
  try {
    for (const other of await caches.keys()) {
      if (other.startsWith(`${PREFIX}${compiler}-`) && other !== name) await caches.delete(other);
    }
  } catch {
    return;
  }
  globalThis.fetch = async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : String(input), location.href);
    if (address.origin !== location.origin || !LARGE.test(address.pathname)) return real(input, init);
    const cache = await caches.open(name).catch(() => null);
    const kept = await cache?.match(address).catch(() => undefined);
    if (kept) return kept;
    const response = await real(input, init);
    // A full disk must not stop a compiler that is here already.
    if (response.ok) void cache?.put(address, response.clone()).catch(() => {});
    return response;
  };
}
