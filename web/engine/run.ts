/**
 * The loop: issue jobs ahead of the results, consume results one by one, let each change the population, issue again.
 *
 * In ordered mode a result is consumed when all before it have been, so the log depends on the experiment, the seed and what
 * programs score, not on how many run at once or how long they take. In throughput mode results are consumed as they come; the
 * log then is the record of that order.
 */
import { evaluationsLeft, exhausted } from './budget.ts';
import type { Evaluated, FinishReason, RunEvent } from './events.ts';
import type { Experiment } from './experiment.ts';
import { choose, SEED_JOB, type Chooser } from './issue.ts';
import { evaluate, propose, type JobInput, type JobResult } from './job.ts';
import { Lane } from './lane.ts';
import { rewardOf } from './operators/bandit.ts';
import { OPERATORS } from './operators/index.ts';
import type { Operator } from './operators/operator.ts';
import { admit } from './population/archive.ts';
import { migrate } from './population/migration.ts';
import { restart } from './population/restart.ts';
import type { Ports } from './ports.ts';
import type { ProgramId } from './program.ts';
import { createRandom, restoreRandom, type Random } from './rng.ts';
import { createSelection } from './selection/index.ts';
import { emptyState, fitnessOf, reduce, type InFlight, type RunState } from './state.ts';
import { Texts } from './texts.ts';

export interface RunOptions {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly ports: Ports;
  /** Go on where this log ends; its experiment and seed rule. */
  readonly log?: readonly RunEvent[];
  /** The operators to choose from; all of the engine's by default. */
  readonly operators?: readonly Operator[];
  /** Replay: where results come from instead of from work. */
  readonly results?: ResultSource;
}

export interface ResultSource {
  /** Resolves with the result and its recorded timing when it is this job's turn. */
  result(job: ProgramId, signal: AbortSignal): Promise<Pick<Evaluated, 'timing'> & JobResult>;
}

export type RunActivity = 'paused' | 'running' | 'finished';

export interface Run {
  readonly state: RunState;
  readonly activity: RunActivity;
  play(): void;
  /** Takes effect before the next result; what is in flight goes on and is kept. */
  pause(): void;
  /** Consumes exactly one result (starting work if none is in flight), then pauses. Resolves when it is done or the run ends. */
  step(): Promise<void>;
  /** Ends this instance without a word in the log: a new one goes on from it. */
  stop(): void;
  setBudget(budget: Experiment['budget']): void;
  /** Resolves when the budget is spent, nothing is left to do, the seed fails, or `stop` was called. Again after `setBudget`. */
  readonly finished: Promise<FinishReason>;
}

/** Starts paused. Throws if `log` does not begin with `run-started`. */
export function createRun(options: RunOptions): Run {
  return new Engine(options);
}

interface Flight {
  readonly job: ProgramId;
  result: { value: JobResult; propose: number; evaluate: number } | null;
}

/** Results in a row that found nothing new to evaluate before the run gives up. */
const LARGEST_IDLE = 2_000;
/** Milliseconds of work after which the host's event loop gets a turn. */
const LONGEST_TURN = 8;

class Engine implements Run {
  readonly state: RunState = emptyState();
  finished: Promise<FinishReason>;
  readonly #ports: Ports;
  readonly #results: ResultSource | undefined;
  readonly #chooser: Chooser;
  readonly #random: Random;
  readonly #proposing: Lane;
  readonly #flights = new Map<ProgramId, Flight>();
  readonly #ready: ProgramId[] = [];
  readonly #texts = new Texts(this.state);
  readonly #abort = new AbortController();
  #resolveFinished: (reason: FinishReason) => void = () => {};
  #playing = false;
  #stepsLeft = 0;
  #stepDone: (() => void)[] = [];
  #wake: (() => void) | null = null;
  #looping = false;
  #stopped = false;
  /** Run time before this instance, and when the clock last started running; null while paused. */
  #elapsed: number;
  #runningSince: number | null = null;
  #lastTurn = 0;
  /** Events of the log's last group that are there already and must not be emitted again. */
  #suppress = 0;

  constructor({ experiment, seed, ports, log, operators = OPERATORS, results }: RunOptions) {
    this.#ports = ports;
    this.#results = results;
    this.finished = new Promise((resolve) => (this.#resolveFinished = resolve));
    const resume = log && log.length > 0 ? lastGroup(log) : null;
    if (log && resume) {
      for (let i = 0; i <= resume.start; i++) reduce(this.state, log[i] as RunEvent);
      this.#suppress = resume.rest;
    } else {
      this.#emit({ type: 'run-started', v: 1, experiment, seed, random: createRandom(seed).state });
    }
    this.#elapsed = this.state.elapsed;
    if (!this.state.random) throw new Error('a log must begin with run-started');
    this.#random = restoreRandom(this.state.random);
    this.#chooser = {
      selection: createSelection(this.#experiment.strategy.selection),
      operators: new Map(operators.map((operator) => [operator.id, operator])),
      syntax: ports.syntax,
      texts: this.#texts,
    };
    this.#proposing = new Lane(this.#experiment.strategy.proposals);
    const group = resume ? (log?.[resume.start] as RunEvent) : null;
    if (group?.type === 'evaluated') this.#settle(group.job);
    else if (group?.type !== 'run-finished') this.#issueAhead();
    if (this.#suppress > 0) throw new Error('the end of the log does not follow from its beginning');
    if (this.state.finished) this.#resolveFinished(this.state.finished);
  }

  get activity(): RunActivity {
    if (this.state.finished || this.#stopped) return 'finished';
    return this.#playing || this.#stepsLeft > 0 ? 'running' : 'paused';
  }

  play(): void {
    this.#playing = true;
    this.#go();
  }

  pause(): void {
    this.#playing = false;
    this.#stepsLeft = 0;
    this.#releaseSteps();
    this.#wake?.();
  }

  step(): Promise<void> {
    if (this.activity === 'finished') return Promise.resolve();
    this.#playing = false;
    this.#stepsLeft++;
    return new Promise((resolve) => {
      this.#stepDone.push(resolve);
      this.#go();
    });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.pause();
    this.#abort.abort();
    this.#resolveFinished('stopped');
  }

  setBudget(budget: Experiment['budget']): void {
    if (this.#stopped) return;
    if (this.state.finished) this.finished = new Promise((resolve) => (this.#resolveFinished = resolve));
    this.#emit({ type: 'budget-changed', budget });
    this.#issueAhead();
    this.#go();
  }

  get #experiment(): Experiment {
    return this.state.experiment as Experiment;
  }

  /** Nothing may be emitted twice after a resume: the log's tail is regenerated and swallowed. */
  #emit(event: RunEvent): void {
    reduce(this.state, event);
    if (this.#suppress > 0) this.#suppress--;
    else this.#ports.emit(event);
  }

  #now(): number {
    const since = this.#runningSince === null ? 0 : this.#ports.clock.now() - this.#runningSince;
    return this.#elapsed + since;
  }

  // --- consuming -------------------------------------------------------------------------------------------------

  #go(): void {
    this.#startFlights();
    this.#wake?.();
    if (!this.#looping) void this.#loop();
  }

  async #loop(): Promise<void> {
    this.#looping = true;
    this.#runningSince = this.#ports.clock.now();
    this.#lastTurn = this.#runningSince;
    try {
      while (this.activity === 'running') {
        if (this.state.inFlight.size === 0) {
          this.#finish(this.#whyNothing());
          break;
        }
        const flight = this.#next();
        if (flight) this.#consume(flight);
        else await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = null;
        await this.#turn();
      }
    } finally {
      this.#elapsed = this.#now();
      this.#runningSince = null;
      this.#looping = false;
      if (this.activity === 'finished') this.#releaseSteps();
      else if (this.activity === 'running') void this.#loop();
    }
  }

  async #turn(): Promise<void> {
    if (this.#ports.clock.now() - this.#lastTurn < LONGEST_TURN) return;
    await this.#ports.clock.turn();
    this.#lastTurn = this.#ports.clock.now();
  }

  /** The result whose turn it is, if it is there. */
  #next(): Flight | null {
    if (this.#experiment.strategy.mode === 'throughput') {
      const job = this.#ready.shift();
      return job === undefined ? null : (this.#flights.get(job) ?? null);
    }
    const oldest = this.state.inFlight.keys().next();
    const flight = oldest.done ? undefined : this.#flights.get(oldest.value);
    return flight?.result ? flight : null;
  }

  #consume(flight: Flight): void {
    if (!flight.result) return;
    const { value, propose: proposeTime, evaluate: evaluateTime } = flight.result;
    this.#flights.delete(flight.job);
    const timing = { at: Math.round(this.#now()), propose: proposeTime, evaluate: evaluateTime };
    this.#emit({ type: 'evaluated', job: flight.job, ...value, timing });
    this.#settle(flight.job);
    if (!this.state.finished) this.#startFlights();
    if (this.#stepsLeft > 0) {
      this.#stepsLeft--;
      this.#stepDone.shift()?.();
    }
  }

  /** All that follows from a result: a function of the state alone. */
  #settle(job: ProgramId): void {
    const { strategy } = this.#experiment;
    const program = this.state.programs[job];
    if (!program) return;
    const admission = admit(this.state, program.island, job, strategy.archive.size);
    const fitness = fitnessOf(this.state, job);
    const best = fitness > (this.state.best === null ? -Infinity : fitnessOf(this.state, this.state.best));
    const betterThanParent = program.parent !== null && fitness > fitnessOf(this.state, program.parent);
    const reward = rewardOf({ best, admitted: admission.status !== 'rejected', betterThanParent });
    this.#emit({ type: 'added', job, island: program.island, ...admission, best, reward });
    if (program.parent === null && this.state.best === null) {
      this.#finish('seed-failed', `the seed program is ${program.status}: ${program.reason}`);
      return;
    }
    const again = restart(this.state, program.island, strategy.islands.restartAfter);
    if (again) this.#emit(again);
    const { migrateEvery } = strategy.islands;
    if (migrateEvery > 0 && this.state.consumed % migrateEvery === 0) {
      for (const move of migrate(this.state, strategy.archive.size, strategy.islands.restartAfter)) this.#emit(move);
    }
    const reason = this.state.idle >= LARGEST_IDLE ? 'nothing-to-do' : exhausted(this.state, this.state.elapsed);
    if (reason) this.#finish(reason);
    else this.#issueAhead();
  }

  #whyNothing(): FinishReason {
    return exhausted(this.state, this.#now()) ?? (evaluationsLeft(this.state) < 1 ? 'evaluations' : 'nothing-to-do');
  }

  #finish(reason: FinishReason, detail = ''): void {
    this.#playing = false;
    this.#stepsLeft = 0;
    this.#emit({ type: 'run-finished', reason, detail, timing: { at: Math.round(this.#now()) } });
    this.#resolveFinished(reason);
  }

  #releaseSteps(): void {
    for (const done of this.#stepDone.splice(0)) done();
  }

  // --- issuing ---------------------------------------------------------------------------------------------------

  #issueAhead(): void {
    const { lookAhead } = this.#experiment.strategy;
    if (this.state.nextJob === 0) this.#emit(SEED_JOB);
    while (this.state.best !== null && this.state.inFlight.size < lookAhead && evaluationsLeft(this.state) >= 1) {
      const job = this.state.nextJob;
      this.#emit(choose(this.state, job, this.#random.split(`select/${job}`), this.#chooser));
    }
  }

  // --- working ---------------------------------------------------------------------------------------------------

  /** Work for every issued job that has none: new ones, and after a resume those that were in flight. */
  #startFlights(): void {
    if (this.#stopped) return;
    for (const job of this.state.inFlight.keys()) {
      if (this.#flights.has(job)) continue;
      const flight: Flight = { job, result: null };
      this.#flights.set(job, flight);
      void this.#fly(flight);
    }
  }

  async #fly(flight: Flight): Promise<void> {
    const done = await this.#work(flight.job);
    if (this.#stopped) return;
    flight.result = done;
    this.#ready.push(flight.job);
    this.#wake?.();
  }

  async #work(job: ProgramId): Promise<NonNullable<Flight['result']>> {
    const { clock } = this.#ports;
    const { signal } = this.#abort;
    if (this.#results) {
      const { timing, ...value } = await this.#results.result(job, signal);
      return { value, propose: timing.propose, evaluate: timing.evaluate };
    }
    const input = this.#input(this.state.inFlight.get(job) as InFlight);
    const start = clock.now();
    const proposed = await this.#proposing.run(() => propose(input, this.#ports, signal));
    const middle = clock.now();
    if (proposed.type === 'result') return { value: proposed.result, propose: middle - start, evaluate: 0 };
    const value = await evaluate(proposed.draft, input, this.#ports, signal);
    return { value, propose: middle - start, evaluate: clock.now() - middle };
  }

  #input({ issued, consumed, bestFitness }: InFlight): JobInput {
    const { job, parent, inspirations, operator, reserved } = issued;
    const first = inspirations[0];
    return {
      experiment: this.#experiment,
      operator: this.#chooser.operators.get(operator) ?? null,
      parent: parent === null ? null : this.#texts.specimen(parent),
      inspirations: inspirations.map((id) => this.#texts.specimen(id)),
      ancestor: () => (parent === null || first === undefined ? null : this.#texts.ancestor(parent, first)),
      random: this.#random.split(`operate/${job}`),
      reserved,
      bestFitness,
      seen: (hash) => (this.state.hashes.get(hash) ?? Infinity) <= consumed,
    };
  }
}

/** Where the log's last group of events begins: all behind that event follows from it and from the state. */
function lastGroup(log: readonly RunEvent[]): { start: number; rest: number } {
  let start = log.length - 1;
  for (; start > 0; start--) {
    const type = log[start]?.type;
    if (type === 'evaluated' || type === 'budget-changed' || type === 'run-finished') break;
  }
  return { start, rest: log.length - 1 - start };
}
