/** How deep WebAssembly text nests, before an assembler follows it by recursion. */
import type { Diagnostic } from '../contract.ts';

/**
 * wabt 1.0.39 has a stack of 64 kB that ends in its own data: one that runs over spoils them before anything traps, and may never come
 * back. A level takes 432 bytes of it at most (a block; a folded operator takes 256), read off the stack after programs of every form.
 */
export const DEEPEST = 140;

const TOKENS = /"(?:[^"\\\n]|\\.)*"|;;.*|\(;|;\)|[()\n]|[^\s()";]+/g;
const OPENS: ReadonlySet<string> = new Set(['block', 'loop', 'if', 'try', 'try_table']);

/** The place where it nests too deeply; null where it does not. Counts parentheses, and blocks that end in `end`. */
export function depthFault(text: string, file: string): Diagnostic | null {
  let comments = 0;
  let parentheses = 0;
  let blocks = 0;
  let line = 1;
  let begin = 0;
  let before = '';
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '\n') {
      line++;
      begin = index + 1;
      continue;
    }
    if (token === '(;') comments++;
    else if (token === ';)') comments = Math.max(0, comments - 1);
    if (comments > 0 || token === ';)') continue;
    if (token === '(') parentheses++;
    else if (token === ')') parentheses = Math.max(0, parentheses - 1);
    else if (token === 'end') blocks = Math.max(0, blocks - 1);
    else if (OPENS.has(token) && before !== '(') blocks++;
    before = token;
    if (parentheses + blocks > DEEPEST) {
      const message = `nests deeper than ${DEEPEST} levels, which is more than the assembler takes`;
      return { severity: 'error', file, line, column: index - begin + 1, message };
    }
  }
  return null;
}
