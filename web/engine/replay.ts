/**
 * Runs the engine again on a log's recorded results and compares what it decides with what the log says. A log that replays is
 * the log of its experiment and seed: nothing was left out, added or moved. Needs neither model nor evaluator.
 */
import {
  canonical,
  type Evaluated,
  type Issued,
  type PromptWritten,
  type Remembered,
  type RunEvent,
} from './events.ts';
import type { Operator } from './operators/operator.ts';
import type { Ports } from './ports.ts';
import type { ProgramId } from './program.ts';
import { fromOutside, isLate } from './resume.ts';
import { createRun, type Run } from './run.ts';

export type Replayed =
  | { readonly type: 'same'; readonly events: number }
  | {
      readonly type: 'differs';
      readonly at: number;
      readonly expected: RunEvent | null;
      readonly found: RunEvent | null;
    };

export interface ReplayOptions extends Pick<Ports, 'syntax' | 'clock'> {
  readonly operators?: readonly Operator[];
  /**
   * `check` chooses again and compares; `read` takes each job as the log has it, so that a run whose choices were made by other rules
   * (an older version, a learned policy) can still be followed.
   */
  readonly choices?: 'check' | 'read';
}

type Result = Evaluated | Remembered | PromptWritten;

/** `log` must be a run's log from its start; it may stop anywhere. Commands are given where the log has them. */
export async function replay(log: readonly RunEvent[], options: ReplayOptions): Promise<Replayed> {
  const first = log[0];
  if (first?.type !== 'run-started') return { type: 'differs', at: 0, expected: null, found: first ?? null };
  const results = new Map<ProgramId, Result>();
  const issued = new Map<ProgramId, Issued>();
  for (const event of log) {
    if (isResult(event)) results.set(event.job, event);
    else if (event.type === 'issued') issued.set(event.job, event);
  }
  const script = new Script(results);
  let at = 0;
  let difference: Replayed | null = null;
  const emit = (found: RunEvent): void => {
    const expected = log[at];
    if (!difference && expected && !same(expected, found)) difference = { type: 'differs', at, expected, found };
    at++;
  };
  const { choices = 'check', operators, ...ports } = options;
  const run = createRun({
    experiment: first.experiment,
    seed: first.seed,
    ports: { ...ports, emit, evaluations: { open: () => Promise.reject(new Error('a replay evaluates nothing')) } },
    ...(operators ? { operators } : {}),
    results: script,
    ...(choices === 'read' ? { issued: (job: ProgramId) => issued.get(job) ?? null } : {}),
  });
  while (at < log.length && !difference) {
    const event = log[at] as RunEvent;
    if (isResult(event)) {
      if (run.activity === 'finished' || !isNext(run, event.job)) {
        difference = { type: 'differs', at, expected: event, found: null };
        break;
      }
      script.release(event.job);
      await run.step();
    } else if (isLate(event) || fromOutside(event)) {
      run.take(event);
    } else {
      // It should have followed from what was before.
      difference = { type: 'differs', at, expected: event, found: null };
    }
  }
  run.stop();
  return difference ?? { type: 'same', events: log.length };
}

function isResult(event: RunEvent): event is Result {
  return event.type === 'evaluated' || event.type === 'remembered' || event.type === 'prompt-written';
}

/** Whether this job's result is one the engine could consume now: waiting for another would never end. */
function isNext({ state }: Run, job: number): boolean {
  return state.experiment?.strategy.mode === 'throughput'
    ? state.inFlight.has(job)
    : state.inFlight.keys().next().value === job;
}

/** Gives each recorded result when it is its turn, and only then. */
class Script {
  readonly #byJob: ReadonlyMap<ProgramId, Result>;
  readonly #turns = new Map<ProgramId, PromiseWithResolvers<void>>();

  constructor(recorded: ReadonlyMap<ProgramId, Result>) {
    this.#byJob = recorded;
  }

  release(job: ProgramId): void {
    this.#turn(job).resolve();
  }

  async result(job: ProgramId): Promise<Result> {
    await this.#turn(job).promise;
    return this.#byJob.get(job) as Result;
  }

  #turn(job: ProgramId): PromiseWithResolvers<void> {
    let turn = this.#turns.get(job);
    if (!turn) {
      turn = Promise.withResolvers();
      this.#turns.set(job, turn);
    }
    return turn;
  }
}

function same(a: RunEvent, b: RunEvent): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}
