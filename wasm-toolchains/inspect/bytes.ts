/** Bounded reading and writing of bytes as WebAssembly lays them out. */

/** The bytes are no module that can be read here; every public function of this folder turns it into a value. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** Reads forward, never beyond `end`. */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw new Malformed('it ends early');
    return this.bytes[this.at++] ?? 0;
  }

  /** Unsigned, 32 bits. */
  unsigned(): number {
    const first = this.byte();
    if (first < 128) return first;
    let value = first & 127;
    let scale = 128;
    for (let length = 1; length < 5; length++) {
      const next = this.byte();
      value += (next & 127) * scale;
      if (next < 128) {
        if (value > 0xffff_ffff) break;
        return value;
      }
      scale *= 128;
    }
    throw new Malformed('a number is too long');
  }

  /** Passes over a number of at most `length` bytes. */
  skipNumber(length: number): void {
    for (let left = length; left > 0; left--) if (this.byte() < 128) return;
    throw new Malformed('a number is too long');
  }

  /** How many things follow; each takes a byte at least, so that a false count allocates nothing. */
  count(): number {
    const count = this.unsigned();
    if (count > this.end - this.at) throw new Malformed('it names more entries than it holds');
    return count;
  }

  skip(length: number): void {
    if (length > this.end - this.at) throw new Malformed('it ends early');
    this.at += length;
  }

  take(length: number): Uint8Array {
    this.skip(length);
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    try {
      return DECODER.decode(this.take(this.unsigned()));
    } catch (error) {
      if (error instanceof Malformed) throw error;
      throw new Malformed('a name is not UTF-8');
    }
  }
}

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Grows as it is written to. */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(Math.max(64, size));
  }

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  unsigned(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** Signed, for constants of either width; a safe integer. */
  signed(value: number): void {
    let rest = value;
    for (;;) {
      const low = ((rest % 128) + 128) % 128;
      rest = Math.floor(rest / 128);
      if ((rest === 0 && low < 64) || (rest === -1 && low >= 64)) {
        this.byte(low);
        return;
      }
      this.byte(low | 128);
    }
  }

  text(value: string): void {
    const bytes = ENCODER.encode(value);
    this.unsigned(bytes.length);
    this.copy(bytes, 0, bytes.length);
  }

  copy(from: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length <= 0) return;
    if (this.length + length > this.#bytes.length) this.#reserve(length);
    // Most pieces are a few bytes, where a loop beats a view.
    if (length < 24) {
      for (let i = start; i < end; i++) this.#bytes[this.length++] = from[i] ?? 0;
    } else {
      this.#bytes.set(from.subarray(start, end), this.length);
      this.length += length;
    }
  }

  /** Runs `write` and puts the length of what it wrote before it. */
  sized(write: () => void): void {
    const start = this.length;
    write();
    this.prefixLength(start);
  }

  /** Puts the length of all from `start` before it. */
  prefixLength(start: number): void {
    const length = this.length - start;
    const width = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : length < 0x1000_0000 ? 4 : 5;
    if (this.length + width > this.#bytes.length) this.#reserve(width);
    this.#bytes.copyWithin(start + width, start, this.length);
    this.length = start;
    this.unsigned(length);
    this.length += length;
  }

  result(): Uint8Array<ArrayBuffer> {
    // A view would drag the spare room along wherever it is posted.
    return this.#bytes.slice(0, this.length);
  }

  #reserve(more: number): void {
    const wider = new Uint8Array(Math.max(Math.ceil(this.#bytes.length * 1.5), this.length + more));
    wider.set(this.#bytes.subarray(0, this.length));
    this.#bytes = wider;
  }
}
