/** Several mutants of one parent at once, of which the best becomes the proposal (soft brood selection, L. Altenberg, in Advances in Genetic Programming, 1994). */
import { languageTable } from '../syntax/language.ts';
import { mutate } from './mutate.ts';
import { bestOf } from './offspring.ts';
import type { Child } from './offspring.ts';
import type { Operator, OperatorContext } from './operator.ts';
import { splice } from './splice.ts';

/** Share of children that take something from an inspiration, where there is one. */
const SPLICED = 0.15;

export const brood: Operator = {
  id: 'brood',
  evaluations: ({ strategy }) => strategy.brood.size,
  applies: ({ evaluations, parent, experiment }) =>
    evaluations >= 2 && languageTable(experiment.language).brood && parent.evaluation?.fitness !== null,
  propose: (context) => bestOf(context, children(context), 'brood', 'mutants'),
};

function* children(context: OperatorContext): Generator<Child | null> {
  const { experiment, inspirations, random, evaluations } = context;
  const wanted = Math.min(experiment.strategy.brood.size, evaluations);
  // Copied once: reading `ancestor` walks the lineage, and neither operator needs it.
  const base: OperatorContext = { ...context, ancestor: null };
  for (let i = 0; i < wanted; i++) {
    const own = random.split(`child/${i}`);
    const operator = inspirations.length > 0 && own.next() < SPLICED && splice.applies(base) ? splice : mutate;
    const proposal = operator.propose({ ...base, random: own });
    yield proposal instanceof Promise || proposal.type !== 'edits' ? null : proposal;
  }
}
