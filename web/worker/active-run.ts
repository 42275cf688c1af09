/** One run at work: the engine, the sandbox under it, and the outbox behind it. */
import type { Command } from '../engine/control.ts';
import type { EvaluationCache } from '../engine/evaluation/cache.ts';
import type { RunEvent } from '../engine/events.ts';
import type { Experiment } from '../engine/experiment.ts';
import type { Clock, Ports } from '../engine/ports.ts';
import type { Files, ProgramId } from '../engine/program.ts';
import { createRun, type Run } from '../engine/run.ts';
import type { SteadyEvaluations } from '../engine/steady.ts';
import type { Syntax } from '../engine/syntax/tree.ts';
import type { ModelBook, RunAccount } from '../models/book.ts';
import { Outbox, type Store } from './outbox.ts';
import { Pacer } from './pacer.ts';
import { createPictures, type Pictures } from './pictures.ts';
import { ProgramMap } from './program-map.ts';
import { checkCommand } from './command-check.ts';
import type { Activity, CommandAnswer, EventBatch, MapAsk, MapSlice, PictureResult, StageReport } from './protocol.ts';
import { summaryOf } from './stored-run.ts';

export interface ActiveRunOptions {
  readonly runId: string;
  readonly experiment: Experiment;
  readonly seed: number;
  /** Stored events to go on from. */
  readonly log: readonly RunEvent[] | null;
  readonly syntax: Syntax;
  readonly clock: Clock;
  readonly store: Promise<Store>;
  readonly speed: number | null;
  readonly sandbox: SteadyEvaluations;
  /** Scores of this tab: what was evaluated before is not evaluated again. */
  readonly cache: EvaluationCache;
  readonly models: Pick<ModelBook, 'forRun'>;
  readonly post: (batch: EventBatch) => void;
}

export class ActiveRun {
  readonly runId: string;
  readonly #run: Run;
  readonly #outbox: Outbox;
  readonly #pacer: Pacer;
  readonly #sandbox: SteadyEvaluations;
  readonly #pictures: Pictures;
  readonly #openMap: () => ProgramMap;
  #map: ProgramMap | null = null;
  #failure = '';

  /** Throws where the log can't be gone on with. */
  constructor(options: ActiveRunOptions) {
    const { runId, experiment, seed, log, syntax, clock, sandbox } = options;
    this.runId = runId;
    this.#sandbox = sandbox;
    this.#outbox = new Outbox({
      runId,
      from: log?.length ?? 0,
      store: options.store,
      post: options.post,
      look: () => ({ activity: this.activity, message: this.#failure, summary: summaryOf(this.#run.state) }),
      now: () => clock.now(),
    });
    const ports: Ports = {
      // Always there, for models may be connected at any time.
      ...options.models.forRun(this.#account()),
      evaluations: options.cache.wrap(sandbox, experiment),
      syntax,
      clock: {
        now: () => clock.now(),
        // The engine takes a turn every few milliseconds: the place to hold it back where page or disk can't keep up.
        turn: async () => {
          await clock.turn();
          await this.#outbox.room();
        },
        after: (milliseconds, signal) => clock.after(milliseconds, signal),
      },
      emit: (event) => {
        this.#outbox.add(event);
        if (event.type === 'run-finished') queueMicrotask(() => void this.#outbox.flush());
      },
    };
    try {
      this.#run = createRun({ experiment, seed, ports, id: runId, ...(log ? { log } : {}) });
    } catch (error) {
      this.#outbox.discard();
      throw error;
    }
    const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#pacer = new Pacer(this.#run, { now: () => clock.now(), sleep }, options.speed);
    this.#pictures = createPictures(this.#run.state, syntax, sandbox);
    this.#openMap = () => new ProgramMap(this.#run.state, syntax, () => clock.now());
  }

  #account(): RunAccount {
    return {
      id: this.runId,
      caps: () => {
        const { dollars = null, tokens = null, calls = null } = this.#run.state.experiment?.budget ?? {};
        return { dollars, tokens, calls };
      },
    };
  }

  get activity(): Activity {
    if (this.#failure !== '') return 'failed';
    return this.#pacer.playing ? 'running' : this.#run.activity;
  }

  play(): void {
    if (this.activity === 'failed') return;
    this.#pacer.play();
    void this.#outbox.flush();
  }

  async pause(): Promise<void> {
    this.#pacer.pause();
    await this.#outbox.flush();
  }

  async step(): Promise<void> {
    if (this.activity === 'failed') return;
    await this.#pacer.step();
    await this.#outbox.flush();
  }

  async stepStage(): Promise<StageReport | null> {
    if (this.activity === 'failed') return null;
    const report = await this.#pacer.stepStage();
    await this.#outbox.flush();
    return report;
  }

  setSpeed(speed: number | null): void {
    this.#pacer.setSpeed(speed);
  }

  async command(asked: Command): Promise<CommandAnswer> {
    if (this.activity === 'failed') return refused('The run was stopped by an error.');
    const checked = checkCommand(asked);
    if (checked.type === 'refused') return checked;
    const { command } = checked;
    const result = this.#run.command(command);
    if (result.type === 'refused')
      return refused(`${result.reason.slice(0, 1).toUpperCase()}${result.reason.slice(1)}.`);
    await this.#outbox.flush();
    return { type: 'ok', job: command.type === 'inject' ? this.#jobOf(command.files) : null };
  }

  /** Everything that has happened is stored, where it can be. */
  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  #jobOf(files: Files): ProgramId | null {
    for (const [job, { injection }] of this.#run.state.inFlight) if (injection?.files === files) return job;
    return null;
  }

  picture(program: ProgramId): Promise<PictureResult> {
    return this.#pictures.of(program);
  }

  /** There is no map before somebody looks at it. */
  map(ask: MapAsk): MapSlice {
    this.#map ??= this.#openMap();
    return this.#map.next(ask);
  }

  taken(through: number): void {
    this.#outbox.taken(through);
  }

  /** The run can't go on; what it has is kept. */
  fail(message: string): void {
    if (this.#failure !== '') return;
    this.#failure = message || 'unknown error';
    this.#pacer.pause();
    this.#run.stop();
    void this.#outbox.flush();
  }

  /** Stores what there is and lets go of everything. */
  async close(): Promise<void> {
    this.#pacer.pause();
    this.#run.stop();
    this.#pictures.close();
    this.#sandbox.close();
    await this.#outbox.close();
  }
}

function refused(reason: string): CommandAnswer {
  return { type: 'refused', reason, problems: [] };
}
