/**
 * Several mutants of one parent at once, of which the best becomes the proposal (soft brood selection, L. Altenberg, in Advances in
 * Genetic Programming, 1994). They share one open session, each as a folder of its own, so that a child costs its messages and not a
 * fresh realm. They could disturb each other there; that does no harm, for the winner is scored again in a realm of its own.
 */
import { EVALUATION_SEED } from '../job.ts';
import { applyEdits } from '../patches/edits.ts';
import type { EvaluationSession } from '../ports.ts';
import type { Edit, Files } from '../program.ts';
import { languageTable } from '../syntax/language.ts';
import { mutate } from './mutate.ts';
import type { Operator, OperatorContext, SearchResult } from './operator.ts';
import { splice } from './splice.ts';

/** Share of children that take something from an inspiration, where there is one. */
const SPLICED = 0.15;
/** How often the best child becomes the proposal though it is worse than its parent: archives need the variety. */
const WORSE_TOO = 0.2;

interface Child {
  readonly edits: readonly Edit[];
  readonly note: string;
  readonly folder: string;
}

export const brood: Operator = {
  id: 'brood',
  evaluations: ({ strategy }) => strategy.brood.size,
  applies: ({ evaluations, parent, experiment }) =>
    evaluations >= 2 && languageTable(experiment.language).brood && parent.evaluation?.fitness !== null,
  propose(context) {
    const { experiment, parent, random } = context;
    const children = makeChildren(context);
    if (children.length === 0) return { type: 'none', reason: 'No place in the program lends itself to a change' };
    const files: Record<string, string> = {};
    for (const child of children) {
      for (const [path, text] of Object.entries(applyEdits(parent.files, child.edits)))
        files[`${child.folder}/${path}`] = text;
    }
    const entryOf = (child: Child): string => `${child.folder}/${experiment.entry}`;
    const worseToo = random.next() < WORSE_TOO;
    return {
      type: 'search',
      search: {
        source: { language: experiment.language, files, entry: entryOf(children[0] as Child) },
        note: `best of ${children.length} mutants`,
        run: (session) => choose(session, children, entryOf, parent.evaluation?.fitness ?? null, worseToo),
      },
    };
  },
};

/** Children of different texts; fewer than asked for where the program offers fewer. */
function makeChildren(context: OperatorContext): Child[] {
  const { experiment, parent, inspirations, random, evaluations } = context;
  const children = new Map<string, Child>();
  const wanted = Math.min(experiment.strategy.brood.size, evaluations);
  // Copied once: reading `ancestor` walks the lineage, and neither operator needs it.
  const base: OperatorContext = { ...context, ancestor: null };
  for (let i = 0; i < wanted; i++) {
    const own = random.split(`child/${i}`);
    const operator = inspirations.length > 0 && own.next() < SPLICED && splice.applies(base) ? splice : mutate;
    const proposal = operator.propose({ ...base, random: own });
    if (proposal instanceof Promise || proposal.type !== 'edits') continue;
    const text = joined(applyEdits(parent.files, proposal.edits));
    if (text.length > experiment.strategy.longest || children.has(text)) continue;
    children.set(text, { edits: proposal.edits, note: proposal.note, folder: `child${i}` });
  }
  return [...children.values()];
}

function joined(files: Files): string {
  return Object.values(files).join('');
}

async function choose(
  session: EvaluationSession,
  children: readonly Child[],
  entryOf: (child: Child) => string,
  start: number | null,
  worseToo: boolean,
): Promise<SearchResult> {
  const requests = children.map((child) => ({
    parameters: [],
    seed: EVALUATION_SEED,
    picture: false,
    entry: entryOf(child),
  }));
  const outcomes = await session.evaluate(requests);
  const trace: [number, number][] = [];
  let best: number | null = null;
  let winner: Child | null = null;
  let failed = 0;
  outcomes.forEach((outcome, i) => {
    const fitness = outcome.type === 'scored' && outcome.evaluation.correct ? outcome.evaluation.fitness : null;
    if (fitness === null) failed++;
    else if (best === null || fitness > best) {
      best = fitness;
      winner = children[i] as Child;
      trace.push([i, fitness]);
    }
  });
  const chosen = winner as Child | null;
  const good = best !== null && (start === null || best >= start || worseToo);
  return {
    edits: chosen && good ? chosen.edits : [],
    evaluations: outcomes.length,
    summary: {
      method: chosen ? `brood: ${chosen.note}` : 'brood',
      dimensions: children.length,
      tried: outcomes.length,
      failed,
      start,
      best,
      trace,
    },
  };
}
