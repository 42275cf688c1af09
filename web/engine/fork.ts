/** Cuts a log so that another run can go on from it: both share the prefix. */
import type { RunEvent } from './events.ts';
import type { ProgramId } from './program.ts';
import { fromOutside, isLate } from './resume.ts';

/**
 * The log up to and including event number `at` (from 0) and all that follows from it, then the fork. Jobs that were in flight there
 * are worked on again by the run that resumes it; what their models had replied is kept. Throws where there is no such event.
 */
export function forkLog(log: readonly RunEvent[], at: number, seed: number): RunEvent[] {
  if (log[0]?.type !== 'run-started') throw new Error('a log must begin with run-started');
  if (!Number.isInteger(at) || at < 0 || at >= log.length) throw new Error(`the log has no event ${at}`);
  let end = at + 1;
  while (end < log.length && follows(log[end] as RunEvent)) end++;
  return [...log.slice(0, end), { type: 'forked', seed }];
}

/** An end may follow from a result as well as come by itself; either way the fork goes on behind it. */
function follows(event: RunEvent): boolean {
  return event.type === 'run-finished' || (!fromOutside(event) && !isLate(event));
}

/** Number of the event that brought a program into the run, to fork at; −1 where there is none. */
export function eventOfProgram(log: readonly RunEvent[], id: ProgramId): number {
  return log.findIndex((event) => event.type === 'added' && event.job === id);
}
