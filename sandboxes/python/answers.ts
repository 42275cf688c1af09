/** What an interpreter answered, taken out of the letter and JSON that `protocol-text.ts` puts it in. */
import { createCopier } from '../hosting/realm/copier.ts';
import { inexactInteger } from './values.ts';

export type Answer =
  | { readonly status: 'ok'; readonly value: unknown; readonly fuel: number }
  | {
      readonly status: 'failed' | 'build' | 'timeout' | 'out-of-memory';
      readonly reason: string;
      readonly fuel: number;
    };

/** Make it before any code of the program runs. */
export function createAnswerReader(): (
  bytes: Uint8Array,
  limits: { readonly megabytes: number; readonly outputBytes: number },
  fuel: number,
) => Answer {
  const copyPlain = createCopier();
  const decoder = new TextDecoder();
  return (bytes, limits, fuel) => {
    const text = decoder.decode(bytes.subarray(1));
    switch (String.fromCharCode(bytes[0] ?? 0)) {
      case 'o':
        try {
          const inexact = inexactInteger(text);
          if (inexact !== null) {
            const reason = `what it returned holds ${inexact.slice(0, 40)}, an integer that a number can't hold exactly`;
            return { status: 'failed', reason, fuel };
          }
          // What a program says in the interpreter's place may be anything that JSON can be.
          const copied = copyPlain(text === '' ? null : JSON.parse(text), limits.outputBytes);
          if (copied.ok) return { status: 'ok', value: copied.value, fuel };
          return { status: 'failed', reason: `what it returned ${copied.reason}`, fuel };
        } catch {
          return { status: 'failed', reason: 'what it returned is no JSON', fuel };
        }
      case 'm':
        return { status: 'out-of-memory', reason: `asked for more than ${limits.megabytes} MB`, fuel };
      case 'b':
        return { status: 'build', reason: text, fuel };
      default:
        return { status: 'failed', reason: text, fuel };
    }
  };
}
