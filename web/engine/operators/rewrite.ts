import { VARIANTS } from '../prompts/index.ts';
import { askForChange } from './asking/ask-for-change.ts';
import type { Operator } from './operator.ts';

/** Asks a model for a whole new text, in one of several ways that are drawn uniformly. */
export const rewrite: Operator = {
  id: 'rewrite',
  asks: true,
  applies: ({ model }) => model !== null,
  propose: (context) => {
    const random = (context.conversation ?? context.random).split('variant');
    return askForChange(context, { kind: 'rewrite', variant: random.pick(VARIANTS), purpose: 'propose' });
  },
};
