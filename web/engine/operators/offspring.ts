/**
 * Several children of one parent, scored at once in one open session, each as a folder of its own, so that a child costs its messages
 * and not a fresh realm. They could disturb each other there; that does no harm, for the winner is scored again in a realm of its own.
 */
import { EVALUATION_SEED } from '../job.ts';
import { applyEdits } from '../patches/edits.ts';
import type { EvaluationSession } from '../ports.ts';
import type { Edit, Files } from '../program.ts';
import type { OperatorContext, Proposal, SearchResult } from './operator.ts';

/** How often the best child becomes the proposal though it is worse than its parent: archives need the variety. */
const WORSE_TOO = 0.2;

export interface Child {
  readonly edits: readonly Edit[];
  readonly note: string;
}

interface Housed extends Child {
  readonly entry: string;
}

/** A search among children of different texts, too long ones left out. `what` says in the plural what they are. */
export function bestOf(context: OperatorContext, made: Iterable<Child | null>, method: string, what: string): Proposal {
  const { experiment, parent, random } = context;
  const seen = new Set([joined(parent.files)]);
  const children: Housed[] = [];
  const files: Record<string, string> = {};
  let number = 0;
  for (const child of made) {
    const folder = `child${number++}`;
    if (child === null) continue;
    const own = applyEdits(parent.files, child.edits);
    const text = joined(own);
    if (text.length > experiment.strategy.longest || seen.has(text)) continue;
    seen.add(text);
    for (const [path, content] of Object.entries(own)) files[`${folder}/${path}`] = content;
    children.push({ ...child, entry: `${folder}/${experiment.entry}` });
  }
  const [first] = children;
  if (!first) return { type: 'none', reason: 'No place in the program lends itself to a change' };
  const worseToo = random.next() < WORSE_TOO;
  return {
    type: 'search',
    search: {
      source: { language: experiment.language, files, entry: first.entry },
      note: `best of ${children.length} ${what}`,
      run: (session) => choose(session, children, method, parent.evaluation?.fitness ?? null, worseToo),
    },
  };
}

function joined(files: Files): string {
  return Object.values(files).join('');
}

async function choose(
  session: EvaluationSession,
  children: readonly Housed[],
  method: string,
  start: number | null,
  worseToo: boolean,
): Promise<SearchResult> {
  const requests = children.map(({ entry }) => ({ parameters: [], seed: EVALUATION_SEED, picture: false, entry }));
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
      method: chosen ? `${method}: ${chosen.note}` : method,
      dimensions: children.length,
      tried: outcomes.length,
      failed,
      start,
      best,
      trace,
    },
  };
}
