/**
 * Tokens estimated from above without a tokenizer, character by character, so that the estimate of a whole is never above the sum
 * of its parts: a letter counts 0.4 (words of program text run to three characters a token and more), a digit or a sign of its
 * own 1, white space 0.5, anything beyond ASCII 2 a UTF-16 unit.
 */
export function tokensAtMost(text: string): number {
  let tenths = 0;
  for (let i = 0; i < text.length; i++) tenths += TENTHS[text.charCodeAt(i)] ?? 20;
  return Math.ceil(tenths / 10);
}

/** What roles and separators of one message cost beside its text. */
export const MESSAGE_TOKENS = 8;

const TENTHS: readonly number[] = Array.from({ length: 128 }, (_, code) => {
  const c = String.fromCharCode(code);
  if (/[A-Za-z]/.test(c)) return 4;
  if (/\s/.test(c)) return 5;
  return 10;
});
