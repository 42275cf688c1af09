/** How many tokens a text has, without any model's tokenizer. */
import type { Message } from './model.ts';

/** What roles and separators of one message may add, and what a provider may put around a conversation. */
export const MESSAGE_OVERHEAD = 12;
export const REQUEST_OVERHEAD = 24;

/** Bytes of UTF-8 a token of program text and prose has on the average: 4 in English prose, nearer 3 in code. */
export const BYTES_PER_TOKEN = 3.3;

/**
 * Never less than what a tokenizer that ends in bytes makes of it (byte-level BPE, or pieces with byte fallback): no token there is
 * shorter than a byte. The bound of a whole is the sum of its parts'.
 */
export function tokensAtMost(text: string): number {
  return utf8Length(text);
}

/** A request's prompt, with what is put around its messages. */
export function promptTokensAtMost(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + tokensAtMost(content) + MESSAGE_OVERHEAD, REQUEST_OVERHEAD);
}

/** For plans and estimates only: bytes over BYTES_PER_TOKEN. */
export function tokensLikely(text: string): number {
  return Math.ceil(utf8Length(text) / BYTES_PER_TOKEN);
}

/** Half of a surrogate pair that stands alone is written as the replacement character, three bytes. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
