import { askForChange } from './asking/ask-for-change.ts';
import type { Operator } from './operator.ts';

/** Shows a model what the evaluator says of a program, and asks for one improvement. */
export const refine: Operator = {
  id: 'refine',
  asks: true,
  applies: ({ model, parent: { evaluation } }) =>
    model !== null &&
    evaluation !== null &&
    (evaluation.feedback.trim() !== '' || Object.keys(evaluation.metrics).length > 0),
  propose: (context) => askForChange(context, { kind: 'refine', variant: null, purpose: 'refine' }),
};
