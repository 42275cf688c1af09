/** The relay this page comes from, for its compilers: asked for a token when one is first needed. */
import type { RelayAddress } from '../../wasm-toolchains/remote/index.ts';

/** null where the page comes from a file. `joined`: the token of who came in by a code. */
export function relayOf(
  origin: string,
  ask: typeof fetch = (...request) => fetch(...request),
  joined: () => string | null = () => null,
): RelayAddress | null {
  if (!/^https?:/.test(origin)) return null;
  const base = `${origin}/api/v1`;
  let asking: Promise<string | null> | null = null;
  return {
    base,
    fetch: ask,
    token() {
      const own = joined();
      if (own !== null) return Promise.resolve(own);
      asking ??= tokenFrom(base, ask);
      // A relay that is started later is asked again.
      void asking.then((token) => token === null && (asking = null));
      return asking;
    },
  };
}

/** null where there is no relay, or one that gives this page no token by itself. */
async function tokenFrom(base: string, ask: typeof fetch): Promise<string | null> {
  try {
    const options = { method: 'POST', headers: { 'x-genesis': '1' }, credentials: 'omit', redirect: 'error' } as const;
    const response = await ask(`${base}/session`, options);
    if (!response.ok) return null;
    const { token } = (await response.json()) as { token?: unknown };
    return typeof token === 'string' ? token : null;
  } catch {
    return null;
  }
}
