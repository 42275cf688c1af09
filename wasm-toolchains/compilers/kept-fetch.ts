/**
 * Keeps a compiler's own large files in the browser's Cache storage: its second start takes nothing from the network, also where there is none, and
 * whatever the server says of caching. `version` is the compiler's; files of other versions are let go.
 */
const PREFIX = 'genesis-compiler-';
const LARGE = /\.(wasm|tar|tar\.gz)$/;
/** Stands beside the files once all of them are kept. */
const WHOLE = '/compiler-is-whole';

export interface KeptFiles {
  /** To be called when nothing is missing any more: from then on `areKept` says so. */
  whole(): Promise<void>;
}

export async function keepLargeFiles(compiler: string, version: string): Promise<KeptFiles> {
  const nothing: KeptFiles = { whole: () => Promise.resolve() };
  if (typeof caches === 'undefined' || typeof location === 'undefined') return nothing;
  const name = nameOf(compiler, version);
  const real = globalThis.fetch.bind(globalThis);
  const puts: Promise<boolean>[] = [];
  try {
    for (const other of await caches.keys()) {
      if (other.startsWith(`${PREFIX}${compiler}-`) && other !== name) await caches.delete(other);
    }
  } catch {
    return nothing;
  }
  globalThis.fetch = async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : String(input), location.href);
    if (address.origin !== location.origin || !LARGE.test(address.pathname)) return real(input, init);
    const cache = await caches.open(name).catch(() => null);
    const kept = await cache?.match(address).catch(() => undefined);
    if (kept) return kept;
    const response = await real(input, init);
    // A full disk must not stop a compiler that is here already.
    const put = response.ok ? cache?.put(address, response.clone()) : undefined;
    puts.push(
      put
        ? put.then(
            () => true,
            () => false,
          )
        : Promise.resolve(false),
    );
    return response;
  };
  return {
    async whole() {
      if (!(await Promise.all(puts)).every(Boolean)) return;
      await (await caches.open(name)).put(new URL(WHOLE, location.origin), new Response('')).catch(() => {});
    },
  };
}

/** Whether a compiler is here from an earlier visit. Never rejects. */
export async function areKept(compiler: string, version: string): Promise<boolean> {
  if (typeof caches === 'undefined' || typeof location === 'undefined') return false;
  const options = { cacheName: nameOf(compiler, version) };
  return caches.match(new URL(WHOLE, location.origin), options).then(Boolean, () => false);
}

const nameOf = (compiler: string, version: string): string => `${PREFIX}${compiler}-${version}`;
