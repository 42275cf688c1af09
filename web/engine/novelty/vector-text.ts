/** Vectors of a service as text, for the log: the model's name, a colon, base 64 of the components as bytes (RFC 4648, padded). */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export interface ServiceVector {
  /** Model that made it: those of different models can't be compared. */
  readonly by: string;
  readonly vector: Int8Array;
}

export function writeVector(by: string, vector: Int8Array): string {
  let text = '';
  for (let i = 0; i < vector.length; i += 3) {
    const left = vector.length - i;
    const word =
      (((vector[i] as number) & 255) << 16) | (((vector[i + 1] ?? 0) & 255) << 8) | ((vector[i + 2] ?? 0) & 255);
    text += DIGITS.charAt(word >>> 18) + DIGITS.charAt((word >>> 12) & 63);
    text += left > 1 ? DIGITS.charAt((word >>> 6) & 63) : '=';
    text += left > 2 ? DIGITS.charAt(word & 63) : '=';
  }
  return `${by}:${text}`;
}

/** null where the text is no such thing. */
export function readVector(text: string): ServiceVector | null {
  const colon = text.lastIndexOf(':');
  const digits = text.slice(colon + 1);
  if (colon < 0 || digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return null;
  const padding = digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0;
  const vector = new Int8Array((digits.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < digits.length; i += 4) {
    let word = 0;
    for (let j = 0; j < 4; j++) word = (word << 6) | Math.max(0, DIGITS.indexOf(digits.charAt(i + j)));
    for (let shift = 16; shift >= 0 && at < vector.length; shift -= 8) vector[at++] = word >> shift;
  }
  return { by: text.slice(0, colon), vector };
}
