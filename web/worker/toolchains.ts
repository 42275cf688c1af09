/** The compilers this page can have. Each brings a worker of its own when it is first used. */
import type { Toolchains } from './loads.ts';
import { relayOf } from './relay.ts';

/** Token of the page's own relay, where a person came in by a code. */
let joined: string | null = null;

export function enterRelay(token: string | null): void {
  joined = token;
}

let opening: Promise<Toolchains> | null = null;

/** Their list alone is small; it is fetched when a program of a compiled language comes up, and again after it did not come. */
export function openToolchains(): Promise<Toolchains> {
  opening ??= open().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

async function open(): Promise<Toolchains> {
  const [registry, { remoteToolchains }, { pageStore }] = await Promise.all([
    import('../../wasm-toolchains/registry.ts'),
    import('../../wasm-toolchains/remote/index.ts'),
    import('../../wasm-toolchains/page-store.ts'),
  ]);
  return registry.openToolchains(remoteToolchains(relayOf(self.location.origin, undefined, () => joined)), pageStore());
}
