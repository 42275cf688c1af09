/** Rust, Go and Zig: their compilers run beside a relay, which is asked over HTTP. */
import type { Availability, Compiled, CompiledLanguage, Toolchain } from '../contract.ts';
import { failure } from '../diagnostics.ts';
import { faultOf } from '../source.ts';

export interface RelayAddress {
  /** Ends in `/api/v1`. */
  readonly base: string;
  /** null where the relay asks for none. */
  readonly token: () => Promise<string | null>;
  readonly fetch: typeof fetch;
}

interface Listed {
  readonly language: CompiledLanguage;
  readonly availability: Availability;
}

const TITLES: Readonly<Partial<Record<CompiledLanguage, string>>> = {
  rust: 'the Rust compiler',
  go: 'the Go compiler',
  zig: 'the Zig compiler',
};
const REMEDY = 'start Genesis with npm start on a machine that has the compiler, and open its page';
const KEPT_MS = 60_000;
const MOST_WASM = 32_000_000;

/** One member a language. `address` is null where the page comes from no relay. */
export function remoteToolchains(address: RelayAddress | null): Toolchain[] {
  let known: { readonly at: number; readonly list: Promise<readonly Listed[]> } | null = null;

  function list(): Promise<readonly Listed[]> {
    if (address === null) return Promise.resolve([]);
    if (known === null || Date.now() - known.at > KEPT_MS) {
      known = { at: Date.now(), list: ask(address).catch(() => []) };
    }
    return known.list;
  }

  return (['rust', 'go', 'zig'] as const).map((language): Toolchain => {
    const title = TITLES[language] as string;
    const availability = async (): Promise<Availability> => {
      const found = (await list()).find((one) => one.language === language);
      return (
        found?.availability ?? {
          type: 'missing',
          reason: `there is no relay here that could run ${title}`,
          remedy: REMEDY,
        }
      );
    };
    return {
      id: language,
      title,
      languages: [language],
      availability,
      load: availability,
      async compile(request, signal): Promise<Compiled> {
        const fault = faultOf(request);
        if (fault !== null) return failure([], fault);
        const state = await availability();
        if (address === null || state.type === 'missing') {
          return {
            type: 'unavailable',
            reason: state.type === 'missing' ? state.reason : 'there is no relay',
            remedy: state.type === 'missing' ? state.remedy : REMEDY,
          };
        }
        try {
          const response = await address.fetch(`${address.base}/compile`, {
            ...{ method: 'POST', headers: await headersOf(address), body: JSON.stringify(request), signal },
            ...({ redirect: 'error', credentials: 'omit', cache: 'no-store' } as const),
          });
          return await read(response);
        } catch {
          if (signal.aborted) return { type: 'stopped' };
          known = null;
          return { type: 'unavailable', reason: 'the relay can’t be reached', remedy: 'look whether it still runs' };
        }
      },
    };
  });
}

async function ask(address: RelayAddress): Promise<readonly Listed[]> {
  const response = await address.fetch(`${address.base}/compile`, {
    headers: await headersOf(address),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  });
  if (!response.ok) return [];
  const { languages } = (await response.json()) as { languages?: unknown };
  return Array.isArray(languages) ? (languages as Listed[]) : [];
}

async function headersOf({ token }: RelayAddress): Promise<Record<string, string>> {
  const secret = await token();
  return { 'content-type': 'application/json', ...(secret === null ? {} : { authorization: `Bearer ${secret}` }) };
}

/** A module comes as bytes with what was said of it in a header; anything else as JSON. */
async function read(response: Response): Promise<Compiled> {
  if (response.headers.get('content-type') === 'application/wasm') {
    const wasm = new Uint8Array(await response.arrayBuffer());
    if (wasm.length > MOST_WASM) return failure([], 'the module is too large');
    const about = JSON.parse(decodeURIComponent(response.headers.get('x-compiled') ?? '%7B%7D')) as Partial<
      Extract<Compiled, { type: 'ok' }>
    >;
    return {
      type: 'ok',
      wasm,
      shape: about.shape === 'command' ? 'command' : 'reactor',
      diagnostics: about.diagnostics ?? [],
      milliseconds: about.milliseconds ?? 0,
    };
  }
  const said = (await response.json().catch(() => null)) as {
    result?: Compiled;
    error?: unknown;
    remedy?: unknown;
  } | null;
  if (said?.result && said.result.type !== 'ok') return said.result;
  const reason = typeof said?.error === 'string' ? said.error : `the relay refused (${response.status})`;
  return { type: 'unavailable', reason, remedy: typeof said?.remedy === 'string' ? said.remedy : 'try again' };
}
