/** A queue with a bounded number of tasks at work, first come first served. */
export class Lane {
  /** May be changed while it is in use. */
  width: number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(width: number) {
    this.width = Math.max(1, width);
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.width) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy++;
    try {
      return await task();
    } finally {
      const next = this.#busy <= this.width ? this.#waiting.shift() : undefined;
      if (next) next();
      else this.#busy--;
      // A lane that was widened takes up what had to wait before.
      while (this.#busy < this.width) {
        const more = this.#waiting.shift();
        if (!more) break;
        this.#busy++;
        more();
      }
    }
  }
}
