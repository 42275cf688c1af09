/**
 * How the SDKs fetch where connections shall serve again. They leave a stream at its last word and cancel what is behind it, which closes the
 * connection where the provider's own end comes a moment later; the next call would then begin with a new one, TLS and all. What little comes
 * after the last word is read off here and dropped.
 */

/** How much may come after the last word, and how long it may take, before the connection is closed after all. */
const MOST_BYTES = 64_000;
const LONGEST_MS = 250;

export function keptFetch(ask: typeof fetch = fetch): typeof fetch {
  return async (input, init) => {
    const asker = init?.signal;
    const line = new AbortController();
    const hangUp = (): void => line.abort(asker?.reason);
    if (asker?.aborted) hangUp();
    asker?.addEventListener('abort', hangUp, { once: true });
    const response = await ask(input, { ...init, signal: line.signal });
    // Anything else is read whole, by means that this body would not be part of.
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
    const { body, stop } = keptBody(response.body, hangUp);
    asker?.removeEventListener('abort', hangUp);
    if (asker?.aborted) hangUp();
    asker?.addEventListener('abort', stop, { once: true });
    // A copy of the response would leave out where it came from.
    return Object.defineProperty(response, 'body', { value: body });
  };
}

interface KeptBody {
  readonly body: ReadableStream<Uint8Array>;
  /** Who asked wants no more: at once where it waits for more, else it has had the last word. */
  stop(): void;
}

function keptBody(from: ReadableStream<Uint8Array>, hangUp: () => void): KeptBody {
  const reader = from.getReader();
  let state: 'idle' | 'waiting' | 'left' = 'idle';
  const leave = (): void => {
    if (state === 'left') return;
    state = 'left';
    void readOff(reader, hangUp);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (state === 'left') throw new DOMException('This operation was aborted', 'AbortError');
        state = 'waiting';
        const { done, value } = await reader.read();
        state = 'idle';
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: leave,
    },
    // It asks for more only when it is asked.
    { highWaterMark: 0 },
  );
  return { body, stop: () => (state === 'waiting' ? hangUp() : leave()) };
}

/** Never rejects. */
async function readOff(reader: ReadableStreamDefaultReader<Uint8Array>, hangUp: () => void): Promise<void> {
  const late = setTimeout(hangUp, LONGEST_MS);
  try {
    for (let bytes = 0; bytes <= MOST_BYTES;) {
      const { done, value } = await reader.read();
      if (done) return;
      bytes += value.length;
    }
    hangUp();
  } catch {
    // It broke off by itself, or took too long.
  } finally {
    clearTimeout(late);
  }
}
