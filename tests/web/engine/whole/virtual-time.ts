/** A clock that stands still while anything can go on and then jumps to the next sleeper: no test waits, and every run can be repeated. */
import type { Clock } from '../../../../web/engine/ports.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class VirtualTime {
  #now = 0;
  readonly #sleepers: Sleeper[] = [];

  readonly clock: Clock = {
    now: () => this.#now,
    turn: () => Promise.resolve(),
    after: (milliseconds, signal) => this.sleep(milliseconds, signal),
  };

  get now(): number {
    return this.#now;
  }

  /** Resolves at once when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const at = this.#now + milliseconds;
      let place = this.#sleepers.length;
      while (place > 0 && (this.#sleepers[place - 1] as Sleeper).at > at) place--;
      this.#sleepers.splice(place, 0, { at, wake: resolve });
      if (signal?.aborted) resolve();
      else signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Lets time pass until the promise has settled. Throws where it never will, or not within the limit of virtual milliseconds. */
  async until<T>(promise: Promise<T>, limit = 1e10): Promise<T> {
    let over = false;
    void promise.then(
      () => (over = true),
      () => (over = true),
    );
    const end = this.#now + limit;
    for (;;) {
      // All that can go on without time passing does so before an immediate has its turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (over) return await promise;
      const next = this.#sleepers.shift();
      if (!next) throw new Error('it waits for something that never comes');
      if (next.at > end) throw new Error(`it was not over after ${limit} ms`);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}
