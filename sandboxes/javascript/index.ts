/** The JavaScript and TypeScript member of the sandbox family, over the same supervisor and realms as the evaluation hosts. */
import type { OpenResult, Sandbox } from '../contract.ts';
import { type Connect, createLink } from '../hosting/link.ts';
import { prepare } from './prepare.ts';

export interface JavaScriptSandboxOptions {
  /** Heap of one realm in megabytes, where the place can limit it; sessions may ask for less. */
  readonly megabytes: number;
}

/** `connect` is `connectFrame(port)` in a page and `connectJail` in Node. */
export function createJavaScriptSandbox(
  connect: Connect,
  options: JavaScriptSandboxOptions = { megabytes: 256 },
): Sandbox {
  const link = createLink(connect, {
    evaluator: null,
    slots: 0,
    megabytes: options.megabytes,
    realm: () => null,
    onLost: () => {},
  });
  let closed = false;

  return {
    id: 'javascript',
    prepare: (source) => Promise.resolve(prepare(source)),
    open(prepared, limits, signal): Promise<OpenResult> {
      if (closed) return Promise.resolve({ type: 'failed', reason: 'the sandbox is closed' });
      if (prepared.program.kind !== 'script')
        return Promise.resolve({ type: 'failed', reason: `${prepared.program.kind} programs do not run here` });
      if (signal?.aborted === true) return Promise.resolve({ type: 'failed', reason: 'stopped' });
      const session = link.open(prepared.program, limits);
      const stop = (): void => link.closeSession(session);
      signal?.addEventListener('abort', stop, { once: true });
      return Promise.resolve({
        type: 'ok',
        session: {
          call: (name, args, parameters) => link.call(session, name, args, parameters ?? null),
          close() {
            signal?.removeEventListener('abort', stop);
            stop();
          },
        },
      });
    },
    stats: () => link.stats(),
    close() {
      closed = true;
      link.close();
    },
  };
}
