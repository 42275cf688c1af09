/** The same work asked for at once is done once, and goes on for as long as anybody waits for it. */
import type { Compiled } from '../../../wasm-toolchains/contract.ts';

type Stopped = Extract<Compiled, { type: 'stopped' }>;

interface Going<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

export function createShared<T>(): (
  key: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T | Stopped> {
  const going = new Map<string, Going<T>>();
  return async (key, work, signal) => {
    if (signal.aborted) return { type: 'stopped' };
    let one = going.get(key);
    if (!one || one.stop.signal.aborted) {
      const stop = new AbortController();
      const begun: Going<T> = {
        stop,
        waiting: 0,
        result: work(stop.signal).finally(() => {
          if (going.get(key) === begun) going.delete(key);
        }),
      };
      begun.result.catch(() => {});
      going.set(key, (one = begun));
    }
    const { result, stop } = one;
    one.waiting++;
    let leave = (): void => {};
    try {
      const left = new Promise<Stopped>((resolve) => {
        leave = () => resolve({ type: 'stopped' });
        signal.addEventListener('abort', leave, { once: true });
      });
      return await Promise.race([result, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      if (--one.waiting === 0) stop.abort();
    }
  };
}
