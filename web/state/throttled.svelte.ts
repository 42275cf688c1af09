/** A value that views may follow at leisure: the first change shows at once, later ones at most every `interval` ms. */
export class Throttled<T> {
  value = $state.raw() as T;
  readonly #interval: number;
  #next: T;
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(first: T, interval: number) {
    this.value = first;
    this.#next = first;
    this.#interval = interval;
  }

  /** `now` skips the wait: for what a person did, as against what a run does. */
  set(next: T, now = false): void {
    this.#next = next;
    if (now) {
      this.stop();
      this.#show();
      return;
    }
    if (this.#timer !== null) return;
    const wait = this.#last + this.#interval - performance.now();
    if (wait <= 0) this.#show();
    else this.#timer = setTimeout(() => this.#show(), wait);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #show(): void {
    this.#timer = null;
    this.#last = performance.now();
    this.value = this.#next;
  }
}
