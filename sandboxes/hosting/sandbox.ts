/** Members of the sandbox family that run in realms of this hosting: all but what they prepare and run in is the same. */
import type { Compile } from '../../wasm-toolchains/contract.ts';
import type { OpenResult, PreparedOk, Sandbox } from '../contract.ts';
import type { Packages } from '../pyodide/packages.ts';
import { type Connect, createLink } from './link.ts';
import { type HostedSandbox, preparation, REALM_OF, startingData } from './prepare.ts';
import type { Realm } from './protocol.ts';
import type { LoadRealm } from './realms.ts';

export interface HostedSandboxOptions {
  /** Of one realm: its heap where the place can limit it, the memory of a module; sessions may ask for less of the former. */
  readonly megabytes?: number;
  /** Steps that a module's start function may take; those of a call are the session's. */
  readonly fuel?: number;
  /** Absent where no toolchain is at hand. */
  readonly compile?: Compile;
  readonly packages?: () => Promise<Packages>;
}

/** `connect` is `connectFrame(port)` in a page and `connectJail` in Node. */
export function createHostedSandbox(
  id: HostedSandbox,
  connect: Connect,
  loadRealm: LoadRealm,
  options: HostedSandboxOptions = {},
): Sandbox {
  const { megabytes = 256, fuel = 100_000_000, compile, packages } = options;
  const prepare = preparation(id, { megabytes, fuel }, compile, packages);
  const kind = REALM_OF[id];
  let realm: Realm | null = null;
  const link = createLink(connect, {
    evaluator: null,
    slots: 0,
    megabytes,
    realm: () => realm,
    onLost: () => {},
  });
  let closed = false;

  async function ready(first: PreparedOk): Promise<string | null> {
    if (kind === 'script' || realm !== null) return null;
    try {
      const loaded = await loadRealm(kind);
      realm = { ...loaded, data: { ...loaded.data, ...startingData(first) } };
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async function open(prepared: PreparedOk, ...[limits, signal]: OpenArguments): Promise<OpenResult> {
    const { program } = prepared;
    if (program.kind !== kind) return { type: 'failed', reason: `${program.kind} programs do not run here` };
    const missing = await ready(prepared);
    if (missing !== null) return { type: 'failed', reason: missing };
    if (closed) return { type: 'failed', reason: 'the sandbox is closed' };
    if (signal?.aborted === true) return { type: 'failed', reason: 'stopped' };
    const session = link.open(program, limits);
    const stop = (): void => link.closeSession(session);
    signal?.addEventListener('abort', stop, { once: true });
    return {
      type: 'ok',
      session: {
        call: (name, args, parameters) => link.call(session, name, args, parameters ?? null),
        close() {
          signal?.removeEventListener('abort', stop);
          stop();
        },
      },
    };
  }

  return {
    id,
    prepare: (source, signal = new AbortController().signal) => prepare(source, signal),
    open,
    stats: () => link.stats(),
    close() {
      closed = true;
      link.close();
    },
  };
}

type OpenArguments = Parameters<Sandbox['open']> extends [PreparedOk, ...infer Rest] ? Rest : never;
