/** One run as views see it: the folded log, the chart's columns, the selection. Batches are folded once a frame. */
import type { RunEvent } from '../engine/events.ts';
import type { Experiment, Goal } from '../engine/experiment.ts';
import type { Files, Program, ProgramId } from '../engine/program.ts';
import { reduce } from '../engine/reduce.ts';
import { emptyState, filesOf, lineageOf } from '../engine/state.ts';
import type { RunState } from '../engine/state.ts';
import type { Activity, EventBatch } from '../worker/protocol.ts';
import { isBetter, measureOf } from './measure.ts';
import { Series } from './series.ts';
import { statusText } from './status-text.ts';
import { Stories } from './stories.ts';

export class RunView {
  /** Changes whenever what is folded changes; every getter below reads it, so views follow. */
  revision = $state.raw(0);
  activity = $state.raw<Activity>('idle');
  /** Why the run failed, or a warning about storage. */
  message = $state.raw('');
  stored = $state.raw(true);
  /** Why it can only be read; empty where it can be gone on with. */
  readOnly = $state.raw('');
  /** null: the best is followed. */
  selected = $state.raw<ProgramId | null>(null);
  runId: string | null = null;

  readonly series = new Series();
  /** Not reactive: read `revision` beside it. */
  readonly stories = new Stories();
  /** Job of the last program of a person that was issued. */
  lastInjected: ProgramId | null = null;
  /** Results it had when it was last forked from another run; null where it never was. */
  #forkedAt: number | null = null;
  readonly #state: RunState = emptyState();
  readonly #planned: Experiment | null;
  #queue: RunEvent[] = [];
  /** Events taken in, folded or queued. */
  #taken = 0;
  #scheduled = false;
  #pending: EventBatch | null = null;
  #rates: { time: number; evaluations: number }[] = [];

  constructor(planned: Experiment | null) {
    this.#planned = planned;
  }

  /** Number of the first event it lacks. */
  get taken(): number {
    return this.#taken;
  }

  get experiment(): Experiment | null {
    void this.revision;
    return this.#state.experiment ?? this.#planned;
  }

  get goal(): Goal | null {
    return this.experiment?.goal ?? null;
  }

  get seed(): number | null {
    void this.revision;
    return this.#state.experiment ? this.#state.seed : null;
  }

  /** The folded log. Mutable and not reactive: read `revision` beside it, never write to it. */
  get state(): RunState {
    void this.revision;
    return this.#state;
  }

  /** Results that it shares with the run it was forked from; null where it never was. */
  get forkedAt(): number | null {
    void this.revision;
    return this.#forkedAt;
  }

  get best(): Program | null {
    const { best, programs } = this.state;
    return best === null ? null : (programs[best] ?? null);
  }

  get seedProgram(): Program | null {
    return this.state.programs[0] ?? null;
  }

  /** The selected program, or the best while nothing is selected. */
  get shown(): Program | null {
    const id = this.selected;
    return (id === null ? null : this.state.programs[id]) ?? this.best ?? this.seedProgram;
  }

  get bestValue(): number | null {
    return this.goal === null ? null : measureOf(this.goal, this.best);
  }

  get seedValue(): number | null {
    return this.goal === null ? null : measureOf(this.goal, this.seedProgram);
  }

  get improved(): boolean {
    const { goal, bestValue, seedValue } = this;
    if (goal === null || bestValue === null) return false;
    return seedValue === null ? this.state.bests.length > 0 : isBetter(goal, bestValue, seedValue);
  }

  get evaluations(): number {
    return this.state.evaluations;
  }

  /** Evaluations a second over the last seconds of run time; null before there is anything to say. */
  get rate(): number | null {
    void this.revision;
    const first = this.#rates[0];
    const last = this.#rates[this.#rates.length - 1];
    if (!first || !last || last.time - first.time < 200) return null;
    return ((last.evaluations - first.evaluations) * 1000) / (last.time - first.time);
  }

  get status(): string {
    return statusText({
      activity: this.activity,
      goal: this.goal,
      best: this.bestValue,
      evaluations: this.evaluations,
      finished: this.state.finished,
      message: this.message,
    });
  }

  program(id: ProgramId): Program | null {
    return this.state.programs[id] ?? null;
  }

  /** Text of a program, or null where it has none. */
  files(id: ProgramId): Files | null {
    const program = this.state.programs[id];
    if (!program?.change) return null;
    return filesOf(this.#state, id);
  }

  lineage(id: ProgramId): ProgramId[] {
    return this.state.programs[id] ? lineageOf(this.#state, id) : [];
  }

  select(id: ProgramId | null): void {
    if (id === null || this.#state.programs[id]) this.selected = id;
  }

  /** Moves the selection to the consumed program before (−1) or after (+1) the shown one. */
  move(by: -1 | 1): void {
    const at = this.shown?.id;
    if (at === undefined) return;
    const { programs } = this.#state;
    for (let id = at + by; id >= 0 && id < programs.length; id += by) {
      if (programs[id]) {
        this.selected = id;
        return;
      }
    }
  }

  /** Takes a batch; what it already has is skipped. False where events are missing before it. */
  receive(batch: EventBatch): boolean {
    if (batch.from > this.#taken) return false;
    const fresh = batch.events.slice(this.#taken - batch.from);
    for (const event of fresh) this.#queue.push(event);
    this.#taken += fresh.length;
    this.#pending = batch;
    this.#schedule();
    return true;
  }

  /** Folds a stored log at once. */
  load(events: readonly RunEvent[]): void {
    const fresh = events.slice(this.#taken);
    for (const event of fresh) this.#queue.push(event);
    this.#taken += fresh.length;
    this.flush();
  }

  flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const event of queue) {
      reduce(this.#state, event);
      this.series.add(this.#state, event);
      this.stories.add(event);
      if (event.type === 'forked') this.#forkedAt = this.#state.consumed;
      if (event.type === 'issued' && event.operator === 'inject') this.lastInjected = event.job;
    }
    const batch = this.#pending;
    this.#pending = null;
    if (batch) {
      this.activity = batch.activity;
      this.message = batch.message;
      this.stored = batch.stored;
    }
    if (queue.length > 0) {
      this.#measureRate();
      this.revision++;
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const run = (): void => {
      this.#scheduled = false;
      this.flush();
    };
    // A hidden page gets no frames; its title and its memory should still keep up.
    if (typeof requestAnimationFrame === 'function' && !document.hidden) requestAnimationFrame(run);
    else setTimeout(run, 500);
  }

  #measureRate(): void {
    const { elapsed, evaluations } = this.#state;
    const last = this.#rates[this.#rates.length - 1];
    if (last && elapsed < last.time) this.#rates = [];
    this.#rates.push({ time: elapsed, evaluations });
    while (this.#rates.length > 2 && (this.#rates[0]?.time ?? 0) < elapsed - 3000) this.#rates.shift();
  }
}
