/** Ports to what only a page can hold, frames and containers: each serves one run, and the page makes the next when it is asked to. */

/** Milliseconds the page has to make one. */
const LIMIT = 20_000;

export class SandboxPorts {
  readonly #ask: () => void;
  readonly #limit: number;
  #spare: MessagePort | null = null;
  #wanted: { give: (port: MessagePort) => void; refuse: (reason: string) => void } | null = null;

  constructor(ask: () => void, limit: number = LIMIT) {
    this.#ask = ask;
    this.#limit = limit;
  }

  /** Rejects with the reason where there is none to be had. One caller at a time: a second takes the first one's place. */
  next(): Promise<MessagePort> {
    const spare = this.#spare;
    this.#spare = null;
    if (spare) return Promise.resolve(spare);
    this.#wanted?.refuse('Another sandbox was asked for.');
    return new Promise((resolve, reject) => {
      const refuse = (reason: string): void => {
        clearTimeout(timer);
        this.#wanted = null;
        reject(new Error(reason));
      };
      const timer = setTimeout(() => refuse('The page did not mount a sandbox in time.'), this.#limit);
      const give = (port: MessagePort): void => {
        clearTimeout(timer);
        this.#wanted = null;
        resolve(port);
      };
      this.#wanted = { give, refuse };
      this.#ask();
    });
  }

  give(port: MessagePort): void {
    if (this.#wanted) this.#wanted.give(port);
    else this.#spare = port;
  }

  refuse(reason: string): void {
    this.#wanted?.refuse(reason);
  }
}
