/** A program long enough that one constant hardly shows in its vector, and replies that change little or much of it. */
import type { ModelRequest } from '../../../../web/engine/models/model.ts';
import { diffOf, jobOf, shownIn } from './play.ts';

const BODY = Array.from({ length: 12 }, (_, i) => {
  const rest = [`  const x${i} = a * ${i + 2} + b;`, `  if (x${i} > ${i}) return x${i} - b;`, `  return a + x${i};`];
  return [`export function part${i}(a, b) {`, ...rest, '}'].join('\n');
}).join('\n\n');

export const FILES = { 'seed.js': `export const a = 1;\nconst g = 9;\n${BODY}\n` };

const LINE = /^const g = .*$/m;

/** Another constant: above 0.99 like the program it was made from. */
export function nearReply(request: ModelRequest): string {
  const line = LINE.exec(shownIn(request))?.[0] ?? '';
  return diffOf(line, `const g = ${100 + jobOf(request)};`, 'near');
}

/** Many new statements, other ones in every job. */
export function farReply(request: ModelRequest): string {
  const line = LINE.exec(shownIn(request))?.[0] ?? '';
  const job = jobOf(request);
  const way = [
    (i: number) => `for (let k = 0; k < ${i + job}; k++) total${job} += k * ${i};`,
    (i: number) => `while (total${job} > ${i}) { total${job} = total${job} / 2 - ${i}; break; }`,
    (i: number) => `total${job} = [1, 2, ${i}].map((v) => v ** 2).reduce((s, v) => s + v, ${job});`,
    (i: number) => `switch (total${job} % ${i + 2}) { case 1: total${job}--; break; default: total${job} ^= ${i}; }`,
    (i: number) => `total${job} = Math.max(total${job}, Math.min(${i}, Math.abs(${job} - total${job})));`,
    (i: number) => `try { total${job} = JSON.parse('{"v":${i}}').v ?? ${job}; } catch { total${job} = -${i}; }`,
  ][job % 6] as (i: number) => string;
  const lines = Array.from({ length: 8 + job }, (_, i) => way(i));
  return diffOf(line, [line, `let total${job} = ${job};`, ...lines].join('\n'), 'far');
}
