/** The whole boundary between the page and the run worker. Commands go through Comlink, events through a port. */
import type { Command } from '../engine/control.ts';
import type { RunEvent } from '../engine/events.ts';
import type { Experiment } from '../engine/experiment.ts';
import type { StageReport } from '../engine/run.ts';
import type { Picture } from '../engine/picture.ts';
import type { ProgramId } from '../engine/program.ts';

export type { Command } from '../engine/control.ts';
export type { StageReport } from '../engine/run.ts';

export interface RunCommands {
  /** Hands over the two ports once, before anything else: for `ToPage` and `ToWorker` messages, and of the sandbox frame. */
  connect(events: MessagePort, sandbox: MessagePort): Promise<void>;
  /** Replaces the run there is, which is stored to its last event first. */
  start(options: StartOptions): Promise<StartResult>;
  /**
   * Goes on with a stored run where its log ends. Paused until `play`. What is stored is not posted: the page reads it from history,
   * and the first batch begins behind it.
   */
  reopen(runId: string): Promise<StartResult>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** Consumes exactly one result, then pauses. */
  step(): Promise<void>;
  /** Goes on by one stage of the job whose turn it is, then pauses; null where the run has ended or there is none. */
  stepStage(): Promise<StageReport | null>;
  /** Lets go of the run; `reopen` goes on with it. */
  stop(): Promise<void>;
  /** At most so many results a second; null = as fast as it goes. */
  setSpeed(resultsPerSecond: number | null): Promise<void>;
  /** What a person changes. Settings, budgets and texts are checked here; what is taken is in the log and stored when this resolves. */
  command(command: Command): Promise<CommandAnswer>;
  /** A new stored run that shares a stored run's log up to `at`. It is not opened: `reopen` does. */
  fork(options: ForkOptions): Promise<StartResult>;
  /** Evaluates that program once more for its picture; not part of the run. */
  picture(program: ProgramId): Promise<PictureResult>;
}

export interface StartOptions {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly paused: boolean;
}

export type StartResult =
  { readonly type: 'ok'; readonly runId: string } | { readonly type: 'failed'; readonly reason: string };

export type CommandAnswer =
  /** `job`: that of a program that was injected; null where it has to wait for one, and for other commands. */
  | { readonly type: 'ok'; readonly job: ProgramId | null }
  | {
      readonly type: 'refused';
      readonly reason: string;
      /** Each reads "path: what is wrong and what would be right"; empty where no field is to blame. */
      readonly problems: readonly string[];
    };

export interface ForkOptions {
  readonly runId: string;
  /** The last event that is shared, by its number, or as that with which a program came into the run. */
  readonly at: { readonly event: number } | { readonly program: ProgramId };
  /** Of the streams from there on. */
  readonly seed: number;
}

export type PictureResult =
  { readonly type: 'ok'; readonly picture: Picture | null } | { readonly type: 'failed'; readonly reason: string };

export type Activity = 'idle' | 'starting' | 'running' | 'paused' | 'finished' | 'failed';

/**
 * What the worker posts, at most every 50 ms and at once when something changes state. Events are in log order, and were stored
 * before they were posted if `stored` says so. A batch may hold no events: then it tells of a change of activity.
 */
export interface EventBatch {
  readonly runId: string;
  /** Number of the first event of the batch in its run. */
  readonly from: number;
  readonly events: readonly RunEvent[];
  readonly activity: Activity;
  /** Why the run failed, or a warning about storage; empty otherwise. */
  readonly message: string;
  /** Whether the batch is on disk. False when storage is full or blocked and the run lives in memory only. */
  readonly stored: boolean;
}

/** Worker → page over the events port. */
export type ToPage =
  | { readonly type: 'batch'; readonly batch: EventBatch }
  /** Each run has a sandbox of its own: the page mounts another and sends its port. */
  | { readonly type: 'sandbox-wanted' };

/** Page → worker over the events port. */
export type ToWorker =
  /** The page has taken the run's events up to this number. The engine waits where the page falls far behind. */
  | { readonly type: 'taken'; readonly runId: string; readonly through: number }
  | { readonly type: 'sandbox'; readonly port: MessagePort }
  | { readonly type: 'no-sandbox'; readonly reason: string };

/** The worker's first message, over its own line: commands may be sent from now on. */
export const READY = 'genesis-run-worker-ready';
