/** The same work asked for at once is done once, and goes on for as long as anybody waits for it. What failed is not tried again at once. */
import type { Compiled } from '../../../wasm-toolchains/contract.ts';

const KEPT_MS = 5 * 60_000;
const KEPT = 64;

type Stopped = Extract<Compiled, { type: 'stopped' }>;

interface Going<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

export function createShared<T extends { readonly type: string } | string>(): (
  key: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T | Stopped> {
  const going = new Map<string, Going<T>>();
  const failed = new Map<string, { readonly at: number; readonly result: T }>();
  return async (key, work, signal) => {
    if (signal.aborted) return { type: 'stopped' };
    const before = failed.get(key);
    if (before && Date.now() - before.at < KEPT_MS) return before.result;
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
      begun.result.then(
        (result) => {
          if (typeof result === 'string' || result.type !== 'failed') return;
          failed.delete(key);
          failed.set(key, { at: Date.now(), result });
          for (const oldest of failed.keys()) if (failed.size > KEPT) failed.delete(oldest);
        },
        () => {},
      );
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
