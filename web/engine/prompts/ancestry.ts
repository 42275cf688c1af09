/** How a program came about, a line for each of its ancestors: what was changed, and whether the score rose. */
import { inline } from './clean.ts';
import { difference, figure } from './metrics.ts';
import { removeSecrets } from './secrets.ts';
import type { Specimen, Step } from '../operators/operator.ts';

/** Characters of what an operator had to say of a step. */
const LONGEST_NOTE = 200;

/** Oldest first, the program itself last; null where it has no ancestor. Holds fitness and no other figure. */
export function ancestryText(ancestors: readonly Step[], program: Specimen): string | null {
  const steps = [...ancestors.filter(({ id }) => id !== program.id), stepOf(program)];
  if (steps.length < 2) return null;
  const known = steps.flatMap(({ fitness }) => (fitness === null ? [] : [fitness]));
  return steps.map((step, i) => lineOf(step, steps[i - 1]?.fitness ?? null, known)).join('\n');
}

export function stepOf({ id, note, status, evaluation }: Omit<Specimen, 'files' | 'reason'>): Step {
  return { id, note, status, fitness: status === 'correct' ? (evaluation?.fitness ?? null) : null };
}

function lineOf({ id, note, status, fitness }: Step, before: number | null, known: readonly number[]): string {
  const said = inline(removeSecrets(note), LONGEST_NOTE);
  return `program ${id}${said === '' ? '' : `, ${said}`}: ${outcome(status, fitness, before, known)}`;
}

function outcome(
  status: Step['status'],
  fitness: number | null,
  before: number | null,
  known: readonly number[],
): string {
  if (fitness === null) return `it failed (${status})`;
  const own = `fitness ${figure(fitness, known)}`;
  if (before === null) return own;
  if (fitness === before) return `${own}, as before`;
  return `${own}, ${difference(fitness, before)} ${fitness > before ? 'better' : 'worse'}`;
}
