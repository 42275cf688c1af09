/**
 * A sandbox in which the death of the whole (a candidate may take a process with it) is no program's result. What was in flight is
 * tried again, one at a time: so the one that kills is alone when it does it again, and no other is blamed for it.
 */
import { Lane } from './lane.ts';
import type { EvaluationPort } from './ports.ts';

/** A host that begins anew by itself after it has died; what was pending then settles as crashed. */
export interface MortalHost extends EvaluationPort {
  close(): void;
}

export type SteadyEvaluations = MortalHost;

/** Deaths without a single result between them after which there is nothing to hope for. */
const MOST_DEATHS = 6;

/**
 * `make` builds the host, which tells when it has died, before what was pending goes on. `broken` is told once, when it keeps dying.
 */
export function createSteadyEvaluations(
  make: (onLost: (reason: string) => void) => MortalHost,
  broken: (reason: string) => void,
): SteadyEvaluations {
  const careful = new Lane(1);
  let epoch = 0;
  let deaths = 0;
  let closed = false;
  /** How much is being tried again; new work waits for it. */
  let trying = 0;
  let calm: PromiseWithResolvers<void> | null = null;

  const host = make((reason) => {
    epoch++;
    if (closed || ++deaths !== MOST_DEATHS) return;
    broken(reason);
  });

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    trying++;
    calm ??= Promise.withResolvers();
    try {
      return await careful.run(work);
    } finally {
      if (--trying === 0) {
        calm.resolve();
        calm = null;
      }
    }
  }

  async function steadily<T>(work: () => Promise<T>): Promise<T> {
    while (calm && !closed) await calm.promise;
    const before = epoch;
    const first = await work();
    if (before === epoch) {
      deaths = 0;
      return first;
    }
    return closed ? first : alone(work);
  }

  return {
    async open(candidate, signal) {
      // Opening only builds the source: the first evaluation takes it to the frame.
      const opened = await host.open(candidate, signal);
      if (opened.type === 'failed') return opened;
      const { session } = opened;
      return {
        type: 'ok',
        session: {
          evaluate: (requests) => steadily(() => session.evaluate(requests)),
          close: () => session.close(),
        },
      };
    },
    close() {
      closed = true;
      calm?.resolve();
      host.close();
    },
  };
}
