/** Work on what has been issued: each job runs through its stages in bounded lanes, and waits with its result until it is consumed. */
import { dollarsOf, worstDollars } from './arms.ts';
import { Asking } from './asking.ts';
import type { Evaluated, PromptWritten, Remembered, Replied, RunEvent, Timing } from './events.ts';
import { runJob, type JobResult, type Pipeline, type Stage } from './job.ts';
import { jobInput } from './job-input.ts';
import { Lane } from './lane.ts';
import { NOTHING_SPENT, type Spending } from './models/model.ts';
import type { Ports } from './ports.ts';
import type { ProgramId } from './program.ts';
import { runSideJob, type SideResult } from './side-job.ts';
import { addSpending, type InFlight, type RunState } from './state.ts';
import type { Tools } from './tools.ts';

export interface ResultSource {
  /** Resolves with the recorded event when it is this job's turn. */
  result(job: ProgramId, signal: AbortSignal): Promise<Evaluated | Remembered | PromptWritten>;
}

/** What a stage came to, for a person who goes through a job step by step. */
export interface StageReport {
  readonly job: ProgramId;
  readonly stage: Stage | 'add';
  /** What it took on this machine. */
  readonly milliseconds: number;
}

export interface Flight {
  readonly job: ProgramId;
  readonly stages: StageReport[];
  shown: number;
  result: RunEvent | null;
  waiting: (() => void)[];
  /** When it is given up, and how. Infinity while it waits for a place: a long queue is no fault. */
  deadline: number;
  giveUp: () => void;
  givenUp: boolean;
  /** Ends its work: the run was stopped, or the job was given up. */
  readonly abort: AbortController;
  /** Gives back its place in a lane, if it has one. */
  leave: () => void;
  /** Whether a model was asked that has not answered. */
  open: () => boolean;
}

interface Options {
  readonly state: RunState;
  readonly tools: Tools;
  readonly ports: Ports;
  readonly id: string;
  readonly results?: ResultSource;
  readonly ready: () => void;
  readonly record: (event: Replied) => void;
}

/** A job without a result after its limits and this long is given up: a port has broken its promise to settle. */
const PATIENCE = 60_000;
/** What one call of a model may take, ms. */
const LONGEST_CALL = 1_200_000;

export class Flights {
  readonly #options: Options;
  readonly #flights = new Map<ProgramId, Flight>();
  /** In the order in which they came. */
  readonly #ready = new Set<ProgramId>();
  readonly #abort = new AbortController();
  readonly #lanes: Record<Stage, Lane>;
  #watching = false;

  constructor(options: Options) {
    this.#options = options;
    const lane = (): Lane => new Lane(Infinity);
    this.#lanes = { propose: lane(), check: lane(), novelty: lane(), evaluate: lane() };
  }

  stop(): void {
    this.#abort.abort();
    for (const flight of this.#flights.values()) {
      flight.abort.abort();
      for (const resolve of flight.waiting.splice(0)) resolve();
    }
  }

  /** If its result is there, it is consumed next, also where others were there before it. */
  prefer(job: ProgramId): void {
    if (!this.#ready.delete(job)) return;
    const rest = [...this.#ready];
    this.#ready.clear();
    for (const each of [job, ...rest]) this.#ready.add(each);
  }

  /** Work for every issued job that has none: new ones, and after a resume those that were in flight. */
  start(): void {
    const { state } = this.#options;
    const strategy = state.experiment?.strategy;
    if (!strategy || this.#abort.signal.aborted) return;
    this.#lanes.propose.width = strategy.proposals;
    this.#lanes.novelty.width = strategy.proposals;
    this.#lanes.evaluate.width = strategy.evaluations > 0 ? strategy.evaluations : Infinity;
    for (const [job, inFlight] of state.inFlight) {
      if (this.#flights.has(job)) continue;
      const flight: Flight = {
        job,
        stages: [],
        shown: 0,
        result: null,
        waiting: [],
        deadline: Infinity,
        giveUp: () => {},
        givenUp: false,
        abort: new AbortController(),
        leave: () => {},
        open: () => false,
      };
      this.#flights.set(job, flight);
      void this.#fly(flight, inFlight);
    }
  }

  /** The flight whose turn it is, if its result is there. */
  next(): Flight | null {
    const { state } = this.#options;
    if (state.experiment?.strategy.mode === 'throughput') {
      const first = this.#ready.values().next();
      return first.done ? null : (this.#flights.get(first.value) ?? null);
    }
    const oldest = state.inFlight.keys().next();
    const flight = oldest.done ? undefined : this.#flights.get(oldest.value);
    return flight?.result ? flight : null;
  }

  /** The result as an event, consumed at run time `at`. */
  land(flight: Flight, at: number): RunEvent {
    this.#flights.delete(flight.job);
    this.#ready.delete(flight.job);
    const event = flight.result as Extract<RunEvent, { timing: { at: number } }>;
    // A recorded result has its time already, and what follows may depend on it.
    if (this.#options.results) return event;
    return { ...event, timing: { ...event.timing, at } } as RunEvent;
  }

  /** The next stage of the job that has not been shown, when it is over; null when all have been and its result is there. */
  async nextStage(job: ProgramId): Promise<StageReport | null> {
    const flight = this.#flights.get(job);
    if (!flight) return null;
    while (flight.shown >= flight.stages.length && !flight.result && !this.#abort.signal.aborted) {
      await new Promise<void>((resolve) => flight.waiting.push(resolve));
    }
    return flight.stages[flight.shown++] ?? null;
  }

  async #fly(flight: Flight, inFlight: InFlight): Promise<void> {
    const result = await this.#inTime(flight, inFlight);
    if (this.#abort.signal.aborted) return;
    flight.result = result;
    this.#ready.add(flight.job);
    for (const resolve of flight.waiting.splice(0)) resolve();
    this.#options.ready();
  }

  /** Never without an answer: a port that does not settle costs one job, not the run. */
  #inTime(flight: Flight, inFlight: InFlight): Promise<RunEvent> {
    const { ports, results, state } = this.#options;
    if (results) return results.result(flight.job, this.#abort.signal);
    const { evaluations, calls } = inFlight.issued.reserved;
    const limit = (state.experiment?.limits.milliseconds ?? 0) * 4 * (1 + evaluations);
    flight.deadline = ports.clock.now() + PATIENCE + limit + calls * LONGEST_CALL;
    return new Promise((resolve) => {
      flight.giveUp = () => {
        flight.givenUp = true;
        const known = state.inFlight.get(flight.job) ?? inFlight;
        // Nobody knows what a call costs that has not come back.
        const spent = flight.open() ? inFlight.issued.reserved : spentBy(known);
        resolve(abandoned(known, spent, 'it gave no result within its limits'));
        // What it still does is of no use to anybody, and its place is.
        flight.abort.abort();
        flight.leave();
      };
      void this.#work(flight, inFlight).then(resolve);
      if (!this.#watching) void this.#watch();
    });
  }

  /** One timer for all: most jobs are over in less time than a timer of their own would cost. */
  async #watch(): Promise<void> {
    const { clock } = this.#options.ports;
    const { signal } = this.#abort;
    this.#watching = true;
    while (!signal.aborted && this.#flights.size > 0) {
      await clock.after(PATIENCE / 4, signal);
      const now = clock.now();
      for (const flight of this.#flights.values()) if (now > flight.deadline && !flight.result) flight.giveUp();
    }
    this.#watching = false;
  }

  async #work(flight: Flight, inFlight: InFlight): Promise<RunEvent> {
    const { tools, ports, id, record, state } = this.#options;
    const { issued, experiment, own } = inFlight;
    const { models } = issued.kind === 'program' ? { ...experiment.strategy, ...own } : experiment.strategy;
    const { signal } = flight.abort;
    const times: Times = { wait: 0, propose: 0, check: 0, novelty: 0, evaluate: 0 };
    const asking = new Asking({
      ...{ run: id, job: flight.job, reserved: issued.reserved, ports, signal },
      flight: () => state.inFlight.get(flight.job),
      price: (model, reply) => dollarsOf(model, reply.usage, models.prices),
      worst: (model, prompt, reply, searches) => worstDollars(model, prompt, reply, searches, models.prices),
      record: ({ took, ...event }) => {
        if (flight.givenUp || !state.inFlight.has(flight.job)) return;
        record({ type: 'replied', ...event, timing: { at: 0, took } });
      },
    });
    flight.open = () => asking.open;
    const pipeline = this.#pipeline(flight, times);
    try {
      if (issued.kind === 'program') {
        const value: JobResult = await runJob(jobInput(inFlight, asking, tools), ports, pipeline, signal);
        return { type: 'evaluated', job: flight.job, ...value, timing: timing(times) };
      }
      const side: SideResult = await pipeline.run('propose', () => runSideJob(inFlight, asking, tools));
      return { ...side, timing: timing(times) } as RunEvent;
    } catch (error) {
      // A fault of ours or of a port costs one job, and is seen.
      const reason = `internal fault: ${error instanceof Error ? error.message : String(error)}`;
      const known = state.inFlight.get(flight.job) ?? inFlight;
      return abandoned(known, spentBy(known), reason);
    }
  }

  #pipeline(flight: Flight, times: Times): Pipeline {
    const { clock } = this.#options.ports;
    return {
      run: (stage, work) => {
        const lane = this.#lanes[stage];
        const queued = clock.now();
        let left = false;
        const leave = (): void => {
          if (!left) lane.leave();
          left = true;
        };
        const over = (began: number): void => {
          leave();
          const took = clock.now() - began;
          times[stage] += took;
          flight.stages.push({ job: flight.job, stage, milliseconds: took });
          for (const resolve of flight.waiting.splice(0)) resolve();
        };
        // Where there is room and the work is done at once, no promise is made: most steps of cheap experiments are such.
        if (!lane.tryEnter()) return this.#later(flight, lane, work, queued, times, over, leave);
        flight.leave = leave;
        let done: ReturnType<typeof work>;
        try {
          done = work();
        } catch (error) {
          over(queued);
          throw error;
        }
        if (done instanceof Promise) return done.finally(() => over(queued));
        over(queued);
        return done;
      },
    };
  }

  async #later<T>(
    flight: Flight,
    lane: Lane,
    work: () => Promise<T> | T,
    queued: number,
    times: Times,
    over: (began: number) => void,
    leave: () => void,
  ): Promise<T> {
    const patience = flight.deadline - queued;
    flight.deadline = Infinity;
    await lane.enter();
    const began = this.#options.ports.clock.now();
    flight.deadline = began + patience;
    flight.leave = leave;
    times.wait += began - queued;
    try {
      if (flight.abort.signal.aborted) throw new Error('the run was stopped');
      return await work();
    } finally {
      over(began);
    }
  }
}

type Times = Record<Stage | 'wait', number>;

function timing({ wait, propose, check, novelty, evaluate }: Times): Timing {
  return {
    at: 0,
    wait: rounded(wait),
    propose: rounded(propose),
    check: rounded(check),
    novelty: rounded(novelty),
    evaluate: rounded(evaluate),
  };
}

/** Microseconds are all that clocks of browsers tell. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}

function spentBy({ replies }: InFlight): Spending {
  let spent = NOTHING_SPENT;
  for (const { reply, dollars } of replies.values()) {
    const { input, output } = reply.usage;
    spent = addSpending(spent, { calls: 1, tokens: input + output, dollars: dollars ?? 0 });
  }
  return spent;
}

/** The result of a job that has none; what it had reserved counts as spent on evaluations, for nobody knows better. */
function abandoned({ issued }: InFlight, { calls, tokens, dollars }: Spending, reason: string): RunEvent {
  const { job } = issued;
  const spent = { calls, tokens, dollars };
  const none: Timing = { at: 0, wait: 0, propose: 0, check: 0, novelty: 0, evaluate: 0 };
  if (issued.kind === 'memory') return { type: 'remembered', job, memory: null, reason, spent, timing: none };
  if (issued.kind === 'prompt') {
    return {
      ...{ type: 'prompt-written', job, id: `p${job}`, parent: issued.prompt, text: null, name: '', reason, spent },
      timing: none,
    };
  }
  return {
    ...{ type: 'evaluated', job, status: 'crashed', reason, note: '', change: null, evaluation: null, trials: null },
    ...{
      evaluations: issued.reserved.evaluations,
      spent,
      burst: null,
      hash: null,
      nearest: null,
      vector: null,
      timing: none,
    },
  };
}
