import { evolvableRanges } from '../patches/evolve-blocks.ts';
import { tableOf } from '../syntax/language.ts';
import type { Operator, OperatorContext } from './operator.ts';

/**
 * The family's trivial member, for tests and benches: appends a numbered statement that does nothing, in constant time and
 * without a look at the syntax unless there are evolve blocks.
 */
export const copy: Operator = {
  id: 'copy',
  applies: () => true,
  propose(context) {
    const place = placeFor(context);
    if (!place) return { type: 'none', reason: 'No file may change' };
    const { file, end } = place;
    const before = (context.parent.files[file] as string).slice(Math.max(0, end - 16), end);
    // The one of the parent is replaced, or long lineages would grow without end.
    const start = end - (/;\d+;\n$/.exec(before)?.[0].length ?? 0);
    const number = Math.floor(context.random.next() * 4294967296);
    return { type: 'edits', edits: [{ file, start, end, text: `;${number};\n` }], note: `copy ${number}` };
  },
};

function placeFor({ experiment, syntax, parent }: OperatorContext): { file: string; end: number } | null {
  const { entry, language } = experiment;
  const paths = [entry, ...Object.keys(parent.files).filter((path) => path !== entry)].filter((path) =>
    tableOf(language, path),
  );
  if (!paths.some((path) => parent.files[path]?.includes('EVOLVE-BLOCK'))) {
    const text = parent.files[entry];
    return text === undefined ? null : { file: entry, end: text.length };
  }
  const allowed = evolvableRanges(syntax, language, parent.files);
  if (allowed.type === 'failed') return null;
  for (const file of paths) {
    const ranges = allowed.ranges[file] ?? [];
    const last = ranges[ranges.length - 1];
    if (last) return { file, end: last.end };
  }
  return null;
}
