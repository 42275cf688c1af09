/** A queue with a bounded number of tasks at work, first come first served. */
export class Lane {
  /** May be changed while it is in use. */
  width: number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(width: number) {
    this.width = Math.max(1, width);
  }

  /** Whether a place was free; it has to be given back. */
  tryEnter(): boolean {
    if (this.#busy >= this.width) return false;
    this.#busy++;
    return true;
  }

  /** Resolves when a place is free; it has to be given back. */
  enter(): Promise<void> {
    return this.tryEnter() ? Promise.resolve() : new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    this.#busy--;
    // A lane that was widened takes up what had to wait before.
    while (this.#waiting.length > 0 && this.tryEnter()) this.#waiting.shift()?.();
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await task();
    } finally {
      this.leave();
    }
  }
}
