/** Keeps the first `most` bytes of a stream. */
export function createSink(most: number): { add(bytes: Uint8Array): void; text(): string } {
  const kept: Uint8Array[] = [];
  let left = most;
  return {
    add(bytes) {
      if (left <= 0) return;
      kept.push(bytes.slice(0, left));
      left -= bytes.length;
    },
    text() {
      const stream = new TextDecoder();
      return kept.map((part) => stream.decode(part, { stream: true })).join('') + stream.decode();
    },
  };
}
