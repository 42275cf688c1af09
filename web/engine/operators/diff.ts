import { askForChange } from './asking/ask-for-change.ts';
import type { Operator } from './operator.ts';

/** Asks a model for a few changes to the parent, as SEARCH/REPLACE blocks. */
export const diff: Operator = {
  id: 'diff',
  asks: true,
  applies: ({ model }) => model !== null,
  propose: (context) => askForChange(context, { kind: 'diff', variant: null, purpose: 'propose' }),
};
