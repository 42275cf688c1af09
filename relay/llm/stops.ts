/** What stops calls under way: who asked has left, it takes too long, the relay ends. */
export class Stops {
  readonly #open = new Set<AbortController>();
  #stopped = false;

  /**
   * Gives the work a signal that aborts for each of these. Its timer and its listener go when the work is done, where those of
   * `AbortSignal.timeout` and `AbortSignal.any` would stay for the longest that a call may take.
   */
  async bound<T>(asker: AbortSignal, milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const now = (): void => stop.abort();
    if (asker.aborted || this.#stopped) now();
    asker.addEventListener('abort', now, { once: true });
    this.#open.add(stop);
    const late = setTimeout(now, milliseconds);
    late.unref?.();
    try {
      return await work(stop.signal);
    } finally {
      clearTimeout(late);
      this.#open.delete(stop);
      asker.removeEventListener('abort', now);
    }
  }

  /** All that is under way, and all that begins from now on. */
  all(): void {
    this.#stopped = true;
    for (const stop of this.#open) stop.abort();
  }
}
