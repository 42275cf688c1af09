/** Programs for patch tests, found by comments and strings alone. */
import { commentFormsOf, findTextBlocks } from '../../../../web/engine/patches/comment-forms.ts';
import { editableOf } from '../../../../web/engine/patches/editable.ts';
import type { Editable, FindBlocks } from '../../../../web/engine/patches/editable.ts';
import type { Edit, Files } from '../../../../web/engine/program.ts';

export const find: FindBlocks = (path, text) => {
  const forms = commentFormsOf(path);
  return forms ? findTextBlocks(text, forms) : { type: 'ok', marked: false, ranges: [{ start: 0, end: text.length }] };
};

export function editable(files: Files): Editable {
  const result = editableOf(files, (path) => commentFormsOf(path) !== null, find);
  if (result.type === 'failed') throw new Error(result.reason);
  return result;
}

export function block(search: readonly string[], replace: readonly string[]): string {
  return ['<<<<<<< SEARCH', ...search, '=======', ...replace, '>>>>>>> REPLACE'].join('\n');
}

/** Whether every edit lies inside what may change of the program it is made on. */
export function staysInside(files: Files, edits: readonly Edit[]): boolean {
  const { ranges } = editable(files);
  return edits.every(({ file, start, end }) =>
    (Object.hasOwn(files, file) ? (ranges[file] ?? []) : []).some((range) => range.start <= start && end <= range.end),
  );
}

export const MARKED = `import { a } from './a.js';
export function f(x) {
  // EVOLVE-BLOCK-START
  const step = 3;
  let sum = 0;
  for (let i = 0; i < step; i++) {
    sum += x * i;
  }
  // EVOLVE-BLOCK-END
  return sum;
}
const step = 3;
`;
