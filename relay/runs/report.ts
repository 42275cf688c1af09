/** What a run came to, as the one JSON object at its end. */
import type { FinishReason } from '../../web/engine/events.ts';
import type { Files, ProgramStatus } from '../../web/engine/program.ts';
import { filesOf, type RunState } from '../../web/engine/state.ts';

export interface EvolveReport {
  readonly example: string;
  readonly seed: number;
  readonly evaluations: number;
  /** null where no program was correct. */
  readonly best: {
    readonly id: number;
    readonly fitness: number | null;
    readonly metrics: Readonly<Record<string, number>>;
    /** Held-out figures. */
    readonly hidden: Readonly<Record<string, number>>;
    readonly generation: number;
    readonly operator: string;
    readonly program: Files;
  } | null;
  readonly seedFitness: number | null;
  /** Programs that entered an archive. */
  readonly accepted: number;
  /** Run time; of a run that was gone on with, in all. */
  readonly milliseconds: number;
  readonly programs: number;
  readonly improvements: number;
  readonly statuses: Readonly<Partial<Record<ProgramStatus, number>>>;
  /** What models were asked and have cost, US dollars. */
  readonly models: { readonly calls: number; readonly tokens: number; readonly dollars: number };
  /** Why it ended; `stopped` by hand, and it can be gone on with. */
  readonly finished: FinishReason;
}

export function reportOf(state: RunState): EvolveReport {
  const { experiment, best, programs } = state;
  const program = best === null ? undefined : programs[best];
  const statuses: Partial<Record<ProgramStatus, number>> = {};
  for (const each of programs) if (each) statuses[each.status] = (statuses[each.status] ?? 0) + 1;
  return {
    example: experiment?.name ?? '',
    seed: state.seed,
    evaluations: state.evaluations,
    best: program
      ? {
          id: program.id,
          fitness: program.evaluation?.fitness ?? null,
          metrics: program.evaluation?.metrics ?? {},
          hidden: program.evaluation?.hidden ?? {},
          generation: program.generation,
          operator: program.operator,
          program: filesOf(state, program.id),
        }
      : null,
    seedFitness: programs[0]?.evaluation?.fitness ?? null,
    accepted: state.accepted,
    milliseconds: state.elapsed,
    programs: state.consumed,
    improvements: Math.max(0, state.bests.length - 1),
    statuses,
    models: { calls: state.spent.calls, tokens: state.spent.tokens, dollars: state.spent.dollars },
    finished: state.finished ?? 'stopped',
  };
}
