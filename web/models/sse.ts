/** Server-sent events out of a response body, as the HTML standard reads them; ids and retry times are of no use here. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Characters one event may have. */
const LONGEST = 64_000_000;

/**
 * Throws where an event grows beyond all bounds, and whatever the stream throws when it is cut. `alive` is told whenever anything comes, a
 * comment that only keeps the line open too.
 */
export async function* serverEvents(
  body: ReadableStream<Uint8Array>,
  alive: () => void = () => {},
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      alive();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      // A lone carriage return at the end may be the first half of a line's end.
      rest = lines.pop() as string;
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
          event = '';
          data = [];
          size = 0;
          continue;
        }
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'event') event = text;
        else if (field === 'data') {
          data.push(text);
          size += text.length;
        }
      }
      if (size + rest.length > LONGEST) throw new Error('an event without end');
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
