/** Calls of models that answer in the page: asked over the events port, answered by number. */
import type { ModelRequest } from '../engine/models/model.ts';
import type { ToPage } from './protocol.ts';

interface Waiting {
  said(piece: string): void;
  replied(reply: unknown): void;
}

export class PageCalls {
  readonly #post: (message: ToPage) => void;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(post: (message: ToPage) => void) {
    this.#post = post;
  }

  /** What comes is whatever the page sends; undefined where the signal aborts. The page may take its time: people answer there. */
  ask(model: string, request: ModelRequest, signal: AbortSignal, said: (piece: string) => void): Promise<unknown> {
    if (signal.aborted) return Promise.resolve(undefined);
    const call = ++this.#calls;
    return new Promise((resolve) => {
      const end = (reply: unknown): void => {
        signal.removeEventListener('abort', giveUp);
        this.#waiting.delete(call);
        resolve(reply);
      };
      const giveUp = (): void => {
        this.#post({ type: 'model-given-up', call });
        end(undefined);
      };
      signal.addEventListener('abort', giveUp);
      this.#waiting.set(call, { said, replied: end });
      this.#post({ type: 'model-asked', call, model, request });
    });
  }

  said(call: number, piece: unknown): void {
    if (typeof piece === 'string') this.#waiting.get(call)?.said(piece);
  }

  replied(call: number, reply: unknown): void {
    this.#waiting.get(call)?.replied(reply);
  }
}
