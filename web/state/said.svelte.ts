/** A sentence for a live region, changed at most once in `interval` ms: screen readers must be able to finish it. */
export class Said {
  text = $state.raw('');
  readonly #interval: number;
  #next = '';
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(interval = 2000) {
    this.#interval = interval;
  }

  say(text: string): void {
    this.#next = text;
    if (text === this.text || this.#timer !== null) return;
    const wait = this.#last + this.#interval - performance.now();
    if (wait <= 0) this.#now();
    else this.#timer = setTimeout(() => this.#now(), wait);
  }

  #now(): void {
    this.#timer = null;
    if (this.#next === this.text) return;
    this.text = this.#next;
    this.#last = performance.now();
  }
}
