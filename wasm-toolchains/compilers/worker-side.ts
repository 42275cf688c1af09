/** A compiler in a worker of its own: the part inside. The worker says when it is ready, since messages before that may be lost. */
import type { CompileRequest, Compiled } from '../contract.ts';

export interface ToCompiler {
  readonly id: number;
  readonly work: 'load' | 'compile';
  readonly request: CompileRequest | null;
}

export type FromCompiler =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly id: number; readonly loaded: number; readonly total: number }
  | { readonly type: 'loaded'; readonly id: number; readonly failure: string | null }
  /** `spent`: the compiler fell over; what is left of it is not to be asked again. */
  | { readonly type: 'compiled'; readonly id: number; readonly result: Compiled; readonly spent: boolean };

export interface Compiler {
  /** Does nothing the second time. */
  load(progress: (loaded: number, total: number) => void): Promise<void>;
  /** May throw: then the compiler itself failed. */
  compile(request: CompileRequest): Promise<Compiled>;
}

interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

export async function serveCompiler(compiler: Compiler): Promise<void> {
  const port = await portOf();
  const say = (message: FromCompiler, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  let before: Promise<unknown> = Promise.resolve();
  port.listen(({ id, work, request }) => {
    before = before.then(async () => {
      if (work === 'load' || request === null) {
        try {
          await compiler.load((loaded, total) => say({ type: 'progress', id, loaded, total }));
          say({ type: 'loaded', id, failure: null });
        } catch (error) {
          say({ type: 'loaded', id, failure: messageOf(error) });
        }
        return;
      }
      let result: Compiled;
      let spent = false;
      try {
        result = await compileWith(compiler, request);
      } catch (error) {
        spent = true;
        result = { type: 'failed', reason: `the compiler failed: ${messageOf(error)}`, diagnostics: [] };
      }
      say({ type: 'compiled', id, result, spent }, result.type === 'ok' ? [result.wasm.buffer] : []);
    });
  });
  say({ type: 'ready' });
}

/** A compiler that can't be had is no fault of the source. */
async function compileWith(compiler: Compiler, request: CompileRequest): Promise<Compiled> {
  try {
    await compiler.load(() => {});
  } catch (error) {
    return {
      type: 'unavailable',
      reason: `the compiler could not be loaded: ${messageOf(error)}`,
      remedy: 'try again with a network',
    };
  }
  return compiler.compile(request);
}

async function portOf(): Promise<Port & { listen(take: (message: ToCompiler) => void): void }> {
  if (typeof process !== 'undefined' && typeof process.versions?.node === 'string') {
    const { parentPort } = process.getBuiltinModule('node:worker_threads');
    if (!parentPort) throw new Error('not in a worker');
    return {
      postMessage: (message, transfer) => parentPort.postMessage(message, transfer as never),
      listen: (take) => void parentPort.on('message', take),
    };
  }
  const scope = self as unknown as Port & { onmessage: ((event: MessageEvent<ToCompiler>) => void) | null };
  return {
    postMessage: (message, transfer) => scope.postMessage(message, transfer),
    listen(take) {
      scope.onmessage = ({ data }) => take(data);
    },
  };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
