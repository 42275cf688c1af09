/** Keeps the first `most` bytes of a stream. */
export function createSink(most: number): {
  add(bytes: Uint8Array): void;
  /** The same for one at a time. */
  readonly byte: (byte: number) => void;
  text(): string;
} {
  const kept: Uint8Array[] = [];
  let left = most;
  let part: number[] = [];
  function take(): void {
    if (part.length > 0) kept.push(Uint8Array.from(part));
    part = [];
  }
  return {
    add(bytes) {
      if (left <= 0) return;
      kept.push(bytes.slice(0, left));
      left -= bytes.length;
    },
    byte(byte) {
      if (left-- > 0 && part.push(byte) >= 4096) take();
    },
    text() {
      take();
      const stream = new TextDecoder();
      return kept.map((part) => stream.decode(part, { stream: true })).join('') + stream.decode();
    },
  };
}
