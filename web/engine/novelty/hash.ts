/** A 64-bit hash that text and markers are fed into piece by piece: two lanes of 32-bit multiply and xor. */
export class Hasher {
  #a = 0x9dc5811c | 0;
  #b = 0x3c6ef372 | 0;

  /** Code units of `text[start, end)`, then a separator, so that "ab","c" and "a","bc" differ. */
  text(text: string, start = 0, end = text.length): void {
    let a = this.#a;
    let b = this.#b;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
    }
    this.#a = a;
    this.#b = b;
    this.mark(0x10000);
  }

  /** A number outside the range of code units. */
  mark(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193) ^ (this.#a >>> 17);
    this.#b = Math.imul(this.#b ^ value, 0x5bd1e995) ^ (this.#b >>> 13);
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    return hex(finish(this.#a ^ (this.#b >>> 16))) + hex(finish(this.#b ^ Math.imul(this.#a, 0x85ebca6b)));
  }
}

function finish(word: number): number {
  let w = word;
  w = Math.imul(w ^ (w >>> 16), 0x85ebca6b);
  w = Math.imul(w ^ (w >>> 13), 0xc2b2ae35);
  return w ^ (w >>> 16);
}

/** Two digits a byte. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(word: number): string {
  const byte = (shift: number): string => BYTES[(word >>> shift) & 255] as string;
  return byte(24) + byte(16) + byte(8) + byte(0);
}
