/** A person as a model: the calls that wait, and what is made of what is typed. */
import type { Files } from '../engine/program.ts';
import { createPerson, type PersonCall } from '../models/person.ts';
import type { PageModel } from '../models/page-model.ts';
import { formatMeasure, measureOf } from './measure.ts';
import type { RunView } from './run-view.svelte.ts';

export class PersonDesk {
  /** Oldest first; that one is shown. */
  waiting = $state.raw<readonly PersonCall[]>([]);
  /** Job that the person answered last; what became of it is said. */
  answered = $state.raw<number | null>(null);
  readonly model: PageModel = createPerson((waiting) => (this.waiting = waiting));

  get call(): PersonCall | null {
    return this.waiting[0] ?? null;
  }

  send(call: PersonCall, text: string): void {
    this.answered = jobOf(call);
    call.send(text);
  }

  skip(call: PersonCall): void {
    this.answered = null;
    call.skip();
  }

  /** How the last reply has fared; empty where there is nothing to say. */
  outcome(run: RunView): string {
    if (this.answered === null) return '';
    const program = run.program(this.answered);
    if (!program) return '';
    if (program.status !== 'correct') return `Your program ${program.id} does not count: ${program.reason}`;
    const value = run.goal === null ? null : measureOf(run.goal, program);
    const figure = run.goal === null || value === null ? '' : ` ${run.goal.label}: ${formatMeasure(run.goal, value)}.`;
    return `Your program ${program.id} is in.${figure}`;
  }
}

/** Number of the job a call is made for; it stands in the call's key. */
export function jobOf({ request }: PersonCall): number | null {
  const job = Number(request.key.split('/')[1]);
  return Number.isInteger(job) && job >= 0 ? job : null;
}

/** The program a call is about, to be changed by hand; null where a call asks for something else than a program. */
export function programOf(call: PersonCall, run: RunView): Files | null {
  const { purpose, messages } = call.request;
  // The reply format stands in the system's message.
  const wanted = messages.some(({ role, content }) => role !== 'assistant' && /<(?:DIFF|CODE)>/.test(content));
  if (!wanted || !['propose', 'fix', 'refine'].includes(purpose)) return null;
  const job = jobOf(call);
  const parent = job === null ? null : (run.state.inFlight.get(job)?.issued.parent ?? null);
  return parent === null ? null : run.files(parent);
}

/** A reply that says: these files have these texts now. null where nothing differs. */
export function replyOf(before: Files, after: Files, what: string): string | null {
  const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
  if (changed.length === 0) return null;
  const several = Object.keys(before).length > 1;
  const parts = changed.map((path) => {
    const text = after[path] as string;
    const fence = '`'.repeat(Math.max(3, 1 + longestRun(text)));
    return `${several ? `FILE: ${path}\n` : ''}${fence}\n${text.replace(/\n?$/, '\n')}${fence}`;
  });
  const said = what.replace(/[<>]/g, ' ').trim() || 'Changed by hand.';
  return `<NAME>by-hand</NAME>\n<DESCRIPTION>${said}</DESCRIPTION>\n<CODE>\n${parts.join('\n\n')}\n</CODE>\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
}
