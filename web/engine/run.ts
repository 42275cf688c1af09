/**
 * The loop: issue jobs ahead of the results, consume results one by one, let each change the population, issue again.
 *
 * In ordered mode a result is consumed when all before it have been, so the log depends on the experiment, the seed and what
 * programs score, not on how many run at once or how long they take. In throughput mode results are consumed as they come; the
 * log then is the record of that order.
 */
import { whyNoModel } from './arms.ts';
import { evaluationsLeft, exhausted } from './budget.ts';
import type { Command, CommandResult } from './control.ts';
import { commandEvent } from './control.ts';
import type { Issued, FinishReason, RunEvent } from './events.ts';
import type { Experiment } from './experiment.ts';
import { Flights, type Flight, type ResultSource, type StageReport } from './flights.ts';
import { OPERATORS } from './operators/index.ts';
import type { Operator } from './operators/operator.ts';
import type { Ports } from './ports.ts';
import { reduce } from './reduce.ts';
import { isLate, lastGroup } from './resume.ts';
import { createRandom } from './rng.ts';
import { finish, follow } from './settle.ts';
import { emptyState, type RunState } from './state.ts';
import { Tools } from './tools.ts';

export type { ResultSource, StageReport } from './flights.ts';

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
  /** Replay: what was issued, taken as it stands instead of chosen again. */
  readonly issued?: (job: number) => Issued | null;
  /** Names the run to models' gateways, so that a call that is made again can be known again. */
  readonly id?: string;
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
  /** Goes on by one stage of the job whose turn it is, then pauses. null: the run has ended. */
  stepStage(): Promise<StageReport | null>;
  /** Ends this instance without a word in the log: a new one goes on from it. */
  stop(): void;
  /** What a person changes: an event in the log, or a reason why it can't be. */
  command(command: Command): CommandResult;
  setBudget(budget: Experiment['budget']): void;
  /** Replay: a recorded reply, command or end, as it stands in the log. */
  take(event: RunEvent): void;
  /** Resolves when the budget is spent, nothing is left to do, the seed fails, or `stop` was called. Again after a command. */
  readonly finished: Promise<FinishReason>;
}

/** Starts paused. Throws if `log` does not begin with `run-started`. */
export function createRun(options: RunOptions): Run {
  return new Engine(options);
}

/** Milliseconds of work after which the host's event loop gets a turn. */
const LONGEST_TURN = 8;

class Engine implements Run {
  readonly state: RunState = emptyState();
  finished: Promise<FinishReason>;
  readonly #ports: Ports;
  readonly #tools: Tools;
  readonly #flights: Flights;
  readonly #issued: RunOptions['issued'];
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
  /** Events of the log's last group that are there already: they are taken as they stand and not emitted again. */
  #recorded: RunEvent[] = [];

  constructor({ experiment, seed, ports, log, operators = OPERATORS, results, issued, id = '' }: RunOptions) {
    this.#ports = ports;
    this.#issued = issued;
    this.finished = new Promise((resolve) => (this.#resolveFinished = resolve));
    this.#tools = new Tools(this.state, ports.syntax, operators, ports.models !== undefined || results !== undefined);
    this.#flights = new Flights({
      state: this.state,
      tools: this.#tools,
      ports,
      id,
      ...(results ? { results } : {}),
      ready: () => this.#wake?.(),
      record: (event) => this.#emit({ ...event, timing: { at: Math.round(this.#now()), took: event.timing.took } }),
    });
    this.#elapsed = 0;
    if (log && log.length > 0) this.#resume(log);
    else this.#take({ type: 'run-started', v: 2, experiment, seed, random: createRandom(seed).state });
    this.#elapsed = this.state.elapsed;
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

  async stepStage(): Promise<StageReport | null> {
    if (this.activity === 'finished') return null;
    this.pause();
    this.#flights.start();
    const job = this.state.inFlight.keys().next();
    if (job.done) {
      await this.step();
      return null;
    }
    const report = await this.#flights.nextStage(job.value);
    if (report) return report;
    // The run may have been stopped meanwhile.
    if ((this.activity as RunActivity) === 'finished') return null;
    this.#flights.prefer(job.value);
    await this.step();
    return { job: job.value, stage: 'add', milliseconds: 0 };
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.pause();
    this.#flights.stop();
    this.#resolveFinished('stopped');
  }

  command(command: Command): CommandResult {
    if (this.#stopped) return { type: 'refused', reason: 'this run has been stopped' };
    const made = commandEvent(command, this.#tools);
    if (made.type === 'refused') return made;
    const ended = this.state.finished !== null;
    this.#take(made.event);
    if (ended && !this.state.finished) this.finished = new Promise((resolve) => (this.#resolveFinished = resolve));
    if (this.activity === 'running') this.#go();
    return made;
  }

  setBudget(budget: Experiment['budget']): void {
    this.command({ type: 'budget', budget });
  }

  take(event: RunEvent): void {
    const ended = this.state.finished !== null;
    if (isLate(event)) this.#emit(event);
    else this.#take(event);
    if (event.type === 'run-finished') this.#ended(event.reason);
    else if (ended && !this.state.finished) this.finished = new Promise((resolve) => (this.#resolveFinished = resolve));
  }

  // --- the log ---------------------------------------------------------------------------------------------------

  /** An event from outside, and all that follows from it. */
  #take(event: RunEvent): void {
    const landed = 'job' in event ? (this.state.inFlight.get(event.job) ?? null) : null;
    this.#emit(event);
    for (const next of follow(event, landed, this.#tools)) {
      this.#emit(next);
      if (next.type === 'run-finished') this.#ended(next.reason);
    }
  }

  #emit(event: RunEvent): void {
    const recorded = this.#recorded.shift();
    if (recorded && recorded.type !== event.type)
      throw new Error('the end of the log does not follow from its beginning');
    const read = event.type === 'issued' && this.#issued ? (this.#issued(event.job) ?? event) : event;
    reduce(this.state, recorded ?? read);
    if (!recorded) this.#ports.emit(read);
  }

  #resume(log: readonly RunEvent[]): void {
    if (log[0]?.type !== 'run-started') throw new Error('a log must begin with run-started');
    const start = lastGroup(log);
    for (let i = 0; i < start; i++) reduce(this.state, log[i] as RunEvent);
    const tail = log.slice(start);
    this.#recorded = tail.filter((event) => !isLate(event));
    this.#take(tail[0] as RunEvent);
    if (this.#recorded.length > 0) throw new Error('the end of the log does not follow from its beginning');
    for (const event of tail) if (isLate(event)) reduce(this.state, event);
  }

  #now(): number {
    const since = this.#runningSince === null ? 0 : this.#ports.clock.now() - this.#runningSince;
    return this.#elapsed + since;
  }

  // --- consuming -------------------------------------------------------------------------------------------------

  #go(): void {
    if (!this.#stopped) this.#flights.start();
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
        const flight = this.#flights.next();
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

  #consume(flight: Flight): void {
    this.#take(this.#flights.land(flight, Math.round(this.#now())));
    if (!this.state.finished && !this.#stopped) this.#flights.start();
    if (this.#stepsLeft > 0) {
      this.#stepsLeft--;
      this.#stepDone.shift()?.();
    }
  }

  #whyNothing(): FinishReason {
    const spent = exhausted(this.state, this.#now()) ?? (evaluationsLeft(this.state) < 1 ? 'evaluations' : null);
    return spent ?? whyNoModel(this.#tools) ?? 'nothing-to-do';
  }

  #finish(reason: FinishReason, detail = ''): void {
    this.#take(finish(reason, detail, this.#now()));
    this.#ended(reason);
  }

  #ended(reason: FinishReason): void {
    this.#playing = false;
    this.#stepsLeft = 0;
    this.#resolveFinished(reason);
  }

  #releaseSteps(): void {
    for (const done of this.#stepDone.splice(0)) done();
  }
}
