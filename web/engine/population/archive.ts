/** What a program's score does to its island's archive: kept by fitness, one program a score. */
import type { AddStatus } from '../events.ts';
import type { ProgramId } from '../program.ts';
import { fitnessOf, type RunState } from '../state.ts';

export interface Admission {
  readonly status: AddStatus;
  readonly evicted: ProgramId | null;
  readonly reason: string;
}

/**
 * Decides without changing anything; `reduce` does the change. Two programs of one score are taken for one behaviour: the
 * newcomer gets the place if it spends no more fuel, so that a population drifts over plateaus. The worst member leaves when the archive is full.
 */
export function admit(state: RunState, islandIndex: number, id: ProgramId, size: number): Admission {
  const archive = state.islands[islandIndex]?.archive ?? [];
  const program = state.programs[id];
  const fitness = fitnessOf(state, id);
  if (!program || fitness === -Infinity) return reject(program?.reason || program?.status || 'no score');
  if (archive.includes(id)) return reject('already there');
  for (const member of archive) {
    if (fitnessOf(state, member) !== fitness) continue;
    const fuel = state.programs[member]?.evaluation?.fuel ?? Infinity;
    return (program.evaluation?.fuel ?? Infinity) <= fuel
      ? { status: 'improved', evicted: member, reason: `same score as #${member}, for no more work` }
      : reject(`same score as #${member}`);
  }
  if (archive.length < size) return { status: 'new', evicted: null, reason: 'there was room' };
  const worst = archive[archive.length - 1] as ProgramId;
  return fitness > fitnessOf(state, worst)
    ? { status: 'improved', evicted: worst, reason: `better than #${worst}, the worst of the archive` }
    : reject('not better than the worst of the archive');
}

function reject(reason: string): Admission {
  return { status: 'rejected', evicted: null, reason };
}
