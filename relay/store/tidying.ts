/** Forgets what is old, from time to time and little by little, so that no call waits for it. */
import type { RelayConfig } from '../config.ts';
import type { Oldest, Store } from './store.ts';

export interface Tidying {
  /** Forgets all that is old by now; gives how much that was. Rejects where the store can't be written. */
  now(): Promise<number>;
  /** No step is begun after it. */
  stop(): void;
}

const DAY = 86_400_000;
const FIRST = 60_000;
const EVERY = 3_600_000;
/** Of a kind in one step: a few milliseconds, then others have their turn. */
const MOST = 100;

export function startTidying(store: Store, keep: RelayConfig['keep'], clock: () => number): Tidying {
  let stopped = false;
  const tidy = async (): Promise<number> => {
    let all = 0;
    while (!stopped) {
      const forgot = await store.tidy(oldestOf(keep, clock()), MOST);
      if (forgot === 0) break;
      all += forgot;
      await new Promise((resolve) => setTimeout(resolve, 10).unref());
    }
    return all;
  };
  // What fails now is tried again in an hour; calls say what is wrong with the store.
  const inPassing = (): void => void tidy().catch(() => {});
  const first = setTimeout(inPassing, FIRST).unref();
  const every = setInterval(inPassing, EVERY).unref();
  return {
    now: tidy,
    stop() {
      stopped = true;
      clearTimeout(first);
      clearInterval(every);
    },
  };
}

function oldestOf({ callDays, clientDays }: RelayConfig['keep'], now: number): Oldest {
  return {
    calls: callDays === null ? null : now - callDays * DAY,
    clients: clientDays === null ? null : now - clientDays * DAY,
  };
}
