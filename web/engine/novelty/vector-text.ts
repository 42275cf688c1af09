/** Vectors as text, for the log: base 64 of the components as bytes (RFC 4648, padded). */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function writeVector(vector: Int8Array): string {
  let text = '';
  for (let i = 0; i < vector.length; i += 3) {
    const left = vector.length - i;
    const word =
      (((vector[i] as number) & 255) << 16) | (((vector[i + 1] ?? 0) & 255) << 8) | ((vector[i + 2] ?? 0) & 255);
    text += DIGITS.charAt(word >>> 18) + DIGITS.charAt((word >>> 12) & 63);
    text += left > 1 ? DIGITS.charAt((word >>> 6) & 63) : '=';
    text += left > 2 ? DIGITS.charAt(word & 63) : '=';
  }
  return text;
}

/** null where the text is no such thing. */
export function readVector(text: string): Int8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const vector = new Int8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let word = 0;
    for (let j = 0; j < 4; j++) word = (word << 6) | Math.max(0, DIGITS.indexOf(text.charAt(i + j)));
    for (let shift = 16; shift >= 0 && at < vector.length; shift -= 8) vector[at++] = word >> shift;
  }
  return vector;
}
