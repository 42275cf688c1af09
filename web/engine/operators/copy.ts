import { holdsCode, languageTable } from '../syntax/language.ts';
import { evolveBlocks } from '../patches/evolve-blocks.ts';
import { parseFile } from '../syntax/parsed.ts';
import type { Operator } from './operator.ts';

/**
 * The family's trivial member, for tests and benches: appends a numbered statement that does nothing to the entry, in
 * constant time and without looking at the text unless it has evolve blocks.
 */
export const copy: Operator = {
  id: 'copy',
  applies: () => true,
  propose({ experiment, syntax, parent, random }) {
    const file = experiment.entry;
    const text = parent.files[file];
    const table = languageTable(experiment.language);
    if (text === undefined || !holdsCode(table, file)) return { type: 'none', reason: 'The entry holds no code' };
    let end = text.length;
    if (text.includes('EVOLVE-BLOCK')) {
      const parse = parseFile(syntax, experiment.language, text);
      const blocks = parse.type === 'ok' ? evolveBlocks(parse.file) : null;
      const last = blocks?.type === 'ok' ? blocks.ranges[blocks.ranges.length - 1] : undefined;
      if (!last) return { type: 'none', reason: 'The entry has no evolve block' };
      end = last.end;
    }
    // The one of the parent is replaced, or long lineages would grow without end.
    const start = end - (/;\d+;\n$/.exec(text.slice(Math.max(0, end - 16), end))?.[0].length ?? 0);
    const number = Math.floor(random.next() * 4294967296);
    return { type: 'edits', edits: [{ file, start, end, text: `;${number};\n` }], note: `copy ${number}` };
  },
};
