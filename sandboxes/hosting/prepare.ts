/** From a source to what its realm can load, for every sandbox that shares this hosting. */
import type { Compile } from '../../wasm-toolchains/contract.ts';
import { fitModule } from '../../wasm-toolchains/inspect/fit.ts';
import type { Limits, Prepared, RealmKind, Source } from '../contract.ts';
import { prepare as prepareScript } from '../javascript/prepare.ts';
import type { Packages } from '../pyodide/packages.ts';
import { preparePyodide, sharedPackages, type Shared } from '../pyodide/prepare.ts';
import { preparePython } from '../python/prepare.ts';
import { prepareWasm } from '../wasi/prepare.ts';

/** Sandboxes whose candidates run in realms of this hosting. */
export const HOSTED = ['javascript', 'quickjs', 'wasi', 'python', 'pyodide'] as const;
export type HostedSandbox = (typeof HOSTED)[number];

export const REALM_OF: Readonly<Record<HostedSandbox, RealmKind>> = {
  javascript: 'script',
  quickjs: 'steps',
  wasi: 'wasm',
  python: 'python',
  pyodide: 'pyodide',
};

export type Prepare = (source: Source, signal: AbortSignal) => Promise<Prepared>;

const KEPT = 64;

/** Never rejects. What was built before is not built again; what was stopped, or lacked a compiler, is. */
export function preparation(
  sandbox: HostedSandbox,
  { megabytes, fuel }: Pick<Limits, 'megabytes' | 'fuel'>,
  compile: Compile | undefined,
  packages?: () => Promise<Packages>,
  /** The experiment's own program, where it is known before the first candidate. */
  own?: Source,
): Prepare {
  if (sandbox === 'javascript') return (source) => Promise.resolve(prepareScript(source));
  if (sandbox === 'quickjs') {
    return (source) => {
      const prepared = prepareScript(source);
      if (prepared.type !== 'ok') return Promise.resolve(prepared);
      const { modules, entry } = prepared.program;
      return Promise.resolve({ type: 'ok', hash: prepared.hash, program: { kind: 'steps', modules, entry } });
    };
  }
  const fit = (wasm: Uint8Array<ArrayBuffer>, initial?: number) =>
    fitModule(wasm, { megabytes, ...(initial === undefined ? {} : { initial }) });
  const kept = new Map<string, Promise<Prepared>>();
  let shared: Promise<Shared> | null = null;
  const build = async (source: Source, signal: AbortSignal): Promise<Prepared> => {
    switch (sandbox) {
      case 'pyodide':
        shared ??= packages?.().then((found) => sharedPackages(found, (own ?? source).files)) ?? null;
        return preparePyodide(source, await shared, signal);
      case 'python':
        return preparePython(source, { ...(compile ? { compile } : {}), fit: (wasm) => fitted(fit(wasm)) }, signal);
      case 'wasi':
        return prepareWasm(source, { compile, fit, fuel }, signal);
      default:
        return sandbox satisfies never;
    }
  };
  return async (source, signal) => {
    const key = JSON.stringify([
      source.language,
      source.entry,
      Object.entries(source.files).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    const known = kept.get(key);
    if (known) {
      const prepared = await known;
      if (prepared.type === 'ok') return prepared;
    }
    const making = build(source, signal).catch((error: unknown): Prepared => ({
      type: 'build-failed',
      reason: error instanceof Error ? error.message : String(error),
    }));
    kept.set(key, making);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
    return making;
  };
}

function fitted(result: ReturnType<typeof fitModule>): Uint8Array<ArrayBuffer> {
  if (result.type === 'failed') throw new Error(result.reason);
  return result.wasm;
}

/** What the first program needs, the next will need too: realms have it before they meet their candidate. */
export function startingData(prepared: Prepared | null): Record<string, unknown> {
  if (prepared?.type !== 'ok' || prepared.program.kind !== 'pyodide') return {};
  return { wheels: prepared.program.wheels };
}
