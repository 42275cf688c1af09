/**
 * Runs the engine again on a log's recorded results and compares what it decides with what the log says. A log that replays is
 * the log of its experiment and seed: nothing was left out, added or moved. Needs neither model nor evaluator.
 */
import { canonical, type Evaluated, type RunEvent } from './events.ts';
import type { Experiment } from './experiment.ts';
import type { Operator } from './operators/operator.ts';
import type { Ports } from './ports.ts';
import { createRun, type Run } from './run.ts';

export type Replayed =
  | { readonly type: 'same'; readonly events: number }
  | {
      readonly type: 'differs';
      readonly at: number;
      readonly expected: RunEvent | null;
      readonly found: RunEvent | null;
    };

type Needed = Pick<Ports, 'syntax' | 'clock'> & { readonly operators?: readonly Operator[] };

/** `log` must be a run's log from its start; it may stop anywhere. Budget changes are applied where the log has them. */
export async function replay(log: readonly RunEvent[], needed: Needed): Promise<Replayed> {
  const first = log[0];
  if (first?.type !== 'run-started') return { type: 'differs', at: 0, expected: null, found: first ?? null };
  const recorded = log.filter((event): event is Evaluated => event.type === 'evaluated');
  const script = new Script(recorded);
  let at = 0;
  let difference: Replayed | null = null;
  const emit = (found: RunEvent): void => {
    const expected = log[at];
    if (!difference && expected && !same(expected, found)) difference = { type: 'differs', at, expected, found };
    at++;
  };
  const run = createRun({
    experiment: first.experiment as Experiment,
    seed: first.seed,
    ports: { ...needed, emit, evaluations: { open: () => Promise.reject(new Error('a replay evaluates nothing')) } },
    ...(needed.operators ? { operators: needed.operators } : {}),
    results: script,
  });
  for (const result of recorded) {
    applyBudgetChanges();
    if (difference || run.activity === 'finished') break;
    if (!isNext(run, result.job)) {
      difference ??= { type: 'differs', at, expected: result, found: null };
      break;
    }
    script.release(result.job);
    await run.step();
  }
  applyBudgetChanges();
  run.stop();
  if (difference) return difference;
  // The engine may have gone on past a log that was cut; a log that is longer than what follows from it differs.
  return at >= log.length
    ? { type: 'same', events: log.length }
    : { type: 'differs', at, expected: log[at] ?? null, found: null };

  function applyBudgetChanges(): void {
    for (let event = log[at]; event?.type === 'budget-changed' && !difference; event = log[at])
      run.setBudget(event.budget);
  }
}

/** Whether this job's result is one the engine could consume now: waiting for another would never end. */
function isNext({ state }: Run, job: number): boolean {
  return state.experiment?.strategy.mode === 'throughput'
    ? state.inFlight.has(job)
    : state.inFlight.keys().next().value === job;
}

/** Gives each recorded result when it is its turn, and only then. */
class Script {
  readonly #byJob: ReadonlyMap<number, Evaluated>;
  readonly #turns = new Map<number, PromiseWithResolvers<void>>();

  constructor(recorded: readonly Evaluated[]) {
    this.#byJob = new Map(recorded.map((event) => [event.job, event]));
  }

  release(job: number): void {
    this.#turn(job).resolve();
  }

  async result(job: number): Promise<Evaluated> {
    await this.#turn(job).promise;
    return this.#byJob.get(job) as Evaluated;
  }

  #turn(job: number): PromiseWithResolvers<void> {
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
