/**
 * An answer of server-sent events. What is said within one turn of the event loop leaves in one write: each write wakes the other side, and
 * each stream that a body is put through costs more than what it carries. What is all there at once goes out in one piece with its headers.
 */
import type { Context } from 'hono';

export type Say = (event: string, data: unknown) => void;

/** Proxies close connections that are silent for a minute. */
const BEAT = 15_000;

/**
 * Answers with what `work` says until it is done. `gone` aborts when the client has left. What `work` throws before anything was sent is
 * thrown on; later it cuts the answer off.
 */
export async function eventStream(
  context: Context,
  work: (say: Say, gone: AbortSignal) => Promise<void>,
): Promise<Response> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  const { signal } = context.req.raw;
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });

  const outlet = new Outlet();
  const beat = setInterval(() => outlet.write(': \n\n'), BEAT);
  void work((event, data) => outlet.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`), gone.signal)
    .then(
      () => outlet.end(),
      (error: unknown) => outlet.cut(error),
    )
    .finally(() => {
      clearInterval(beat);
      signal.removeEventListener('abort', leave);
    });
  // Where it has to wait for a provider its request is on the way by the second turn. Now the headers are sent, and read at the other end,
  // while there is nothing else to do.
  setImmediate(() => setImmediate(() => outlet.begin()));
  await outlet.begun;
  context.header('content-type', 'text/event-stream');
  context.header('cache-control', 'no-store');
  context.header('x-accel-buffering', 'no');
  return context.body(outlet.body(leave));
}

class Outlet {
  readonly #begun = Promise.withResolvers<void>();
  #unsent = '';
  #waiting = false;
  #ended = false;
  #broken: { readonly error: unknown } | null = null;
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null;

  /** Until something is sent; rejects where nothing will be. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  begin(): void {
    this.#begun.resolve();
  }

  write(text: string): void {
    this.#unsent += text;
    if (this.#waiting) return;
    this.#waiting = true;
    // After all that this turn brings: further pieces of a packet, the end of the reply, what the books say of it.
    setImmediate(() => this.#send());
  }

  end(): void {
    this.#ended = true;
    this.#send();
  }

  cut(error: unknown): void {
    this.#broken = { error };
    this.#begun.reject(error);
    this.#send();
  }

  /** Asked for once, when it has begun: as text where nothing more will come. */
  body(left: () => void): string | ReadableStream<Uint8Array> {
    if (this.#ended) return this.#unsent;
    return new ReadableStream<Uint8Array>({
      start: (stream) => {
        this.#stream = stream;
        this.#send();
      },
      cancel: () => {
        this.#stream = null;
        left();
      },
    });
  }

  #send(): void {
    this.#waiting = false;
    this.begin();
    if (this.#stream === null) return;
    if (this.#broken) {
      this.#stream.error(this.#broken.error);
      this.#stream = null;
      return;
    }
    if (this.#unsent !== '') this.#stream.enqueue(Buffer.from(this.#unsent));
    this.#unsent = '';
    if (!this.#ended) return;
    this.#stream.close();
    this.#stream = null;
  }
}
