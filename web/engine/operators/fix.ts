import { askForChange } from './asking/ask-for-change.ts';
import type { Operator } from './operator.ts';

/** Shows a model a program that failed, with the reason, the feedback and its ancestors, and asks for one that works. */
export const fix: Operator = {
  id: 'fix',
  asks: true,
  mends: true,
  applies: ({ model, parent }) => model !== null && parent.status !== 'correct',
  propose: (context) => askForChange(context, { kind: 'fix', variant: null, purpose: 'fix' }),
};
