/** Reply formats of proposals. `web/engine/patches/reply.ts` reads them. */
import { fenceOf } from './languages.ts';
import type { Experiment } from '../experiment.ts';
import type { OutputField } from './outputs.ts';

const NAME: OutputField = {
  tag: 'NAME',
  shape: 'short-kebab-name',
  what: 'two to five words for the change, in kebab-case.',
};

const DESCRIPTION: OutputField = {
  tag: 'DESCRIPTION',
  shape: 'What changes and why it should score better.',
  what: 'your reasoning, at most 150 words.',
};

export const SEARCH_MARK = '<<<<<<< SEARCH';
export const DIVIDER_MARK = '=======';
export const REPLACE_MARK = '>>>>>>> REPLACE';

/** NAME, DESCRIPTION, DIFF. */
export function diffFormat(experiment: Experiment): OutputField[] {
  const several = Object.keys(experiment.files).length > 1;
  const block = [SEARCH_MARK, 'lines as they are now', DIVIDER_MARK, 'lines that take their place', REPLACE_MARK];
  const what = [
    'one block or several, all applied in order, or none if one of them does not fit.',
    'The lines to search for are copied from the current program exactly, with their indentation and without line numbers or fences, and they are enough lines to occur once.',
    'They lie wholly within what may change. To insert, search for a neighbouring line and give it back together with the new ones. To delete, leave the second part empty.',
    'Keep blocks small: several short ones are better than one long one.',
    ...(several ? [`The line FILE: ${experiment.entry} (with the path meant) stands before each block.`] : []),
  ].join(' ');
  return [
    NAME,
    DESCRIPTION,
    { tag: 'DIFF', shape: [...(several ? [`FILE: ${experiment.entry}`] : []), ...block].join('\n'), what },
  ];
}

/** NAME, DESCRIPTION, CODE. */
export function codeFormat(experiment: Experiment): OutputField[] {
  const several = Object.keys(experiment.files).length > 1;
  const shape = [
    ...(several ? [`FILE: ${experiment.entry}`] : []),
    `\`\`\`${fenceOf(experiment.entry, experiment.language)}`,
    'the whole text of the file',
    '```',
  ].join('\n');
  const what = several
    ? 'one fenced block for each file that changes, with its path on a line FILE: … before it. Each holds the whole new text of its file, from the first line to the last; files that do not change are left out.'
    : 'one fenced block with the whole new text of the file, from the first line to the last, nothing abridged.';
  return [NAME, DESCRIPTION, { tag: 'CODE', shape, what }];
}
