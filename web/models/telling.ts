/** What people are told of calls while they are under way: text in batches, so that a fast stream costs the page little. */
import type { ModelReply, ModelRequest } from '../engine/models/model.ts';
import { Masking } from './secrets.ts';
import type { ModelTold } from './source.ts';

/** Milliseconds between two batches of text. */
const BATCH_MS = 50;
/** Characters of one reply that are shown as they come: more than anybody reads. */
const MOST_TOLD = 1_000_000;

export interface TellingCall {
  text(piece: string): void;
  /** The reply comes again from its beginning: what was told of it is not told twice. */
  again(): void;
  end(reply: ModelReply, took: number): void;
}

export class Telling {
  readonly #tell: (told: ModelTold) => void;
  readonly #waiting = new Map<number, string>();
  #calls = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(tell: (told: ModelTold) => void) {
    this.#tell = tell;
  }

  /** `at`: milliseconds since 1970. */
  begin(request: ModelRequest, at: number, secrets: readonly string[]): TellingCall {
    const call = ++this.#calls;
    let masking = new Masking(secrets);
    let [come, told, ended] = [0, 0, false];
    const say = (text: string): void => {
      const fresh = text.slice(Math.max(0, told - come));
      come += text.length;
      if (fresh === '' || told >= MOST_TOLD) return;
      told += fresh.length;
      this.#waiting.set(call, (this.#waiting.get(call) ?? '') + fresh);
      this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
    };
    this.#tell({ type: 'asked', call, request, at });
    return {
      text: (piece) => {
        if (!ended && typeof piece === 'string') say(masking.take(piece));
      },
      again: () => {
        masking = new Masking(secrets);
        come = 0;
      },
      end: (reply, took) => {
        if (ended) return;
        ended = true;
        say(masking.rest());
        this.#flush();
        this.#tell({ type: 'answered', call, reply, took });
      },
    };
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [call, piece] of waiting) this.#tell({ type: 'text', call, piece });
  }
}
