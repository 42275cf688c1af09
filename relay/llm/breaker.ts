/** A circuit breaker by time: a provider that fails again and again is left alone for a while, then asked once to see whether it is back. */

const TRIPS_AFTER = 5;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 300_000;

export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #until = 0;
  #probing = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds to wait; 0: it may be asked, and whoever asks has to say what came of it. */
  admit(): number {
    if (this.#failures < TRIPS_AFTER) return 0;
    const wait = this.#until - this.#now();
    if (wait > 0) return wait;
    if (this.#probing) return FIRST_PAUSE;
    this.#probing = true;
    return 0;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#probing = false;
  }

  failed(): void {
    this.#probing = false;
    this.#failures++;
    if (this.#failures < TRIPS_AFTER) return;
    const doublings = Math.min(10, this.#failures - TRIPS_AFTER);
    this.#until = this.#now() + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** doublings);
  }

  /** It was stopped by who asked, or the request itself was bad: says nothing of the provider. */
  neither(): void {
    this.#probing = false;
  }
}
