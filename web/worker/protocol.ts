/** The whole boundary between the page and the run worker, types only. Commands go through Comlink, events through a port. */
import type { RunEvent } from '../engine/events.ts';
import type { Experiment } from '../engine/experiment.ts';
import type { Picture } from '../engine/picture.ts';
import type { ProgramId } from '../engine/program.ts';

export interface RunCommands {
  /** Hands over the two ports once, before anything else: events to the page, and the sandbox frame. */
  connect(events: MessagePort, sandbox: MessagePort): Promise<void>;
  start(options: StartOptions): Promise<StartResult>;
  /** Goes on with a stored run where its log ends. Paused until `play`. */
  reopen(runId: string): Promise<StartResult>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** Consumes exactly one result, then pauses. */
  step(): Promise<void>;
  stop(): Promise<void>;
  /** At most so many results a second; null = as fast as it goes. */
  setSpeed(resultsPerSecond: number | null): Promise<void>;
  setBudget(budget: Experiment['budget']): Promise<void>;
  /** Evaluates that program once more for its picture; not part of the run. */
  picture(program: ProgramId): Promise<PictureResult>;
}

export interface StartOptions {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly paused: boolean;
}

export type StartResult = { readonly type: 'ok'; readonly runId: string } | { readonly type: 'failed'; readonly reason: string };
export type PictureResult = { readonly type: 'ok'; readonly picture: Picture | null } | { readonly type: 'failed'; readonly reason: string };

export type Activity = 'idle' | 'starting' | 'running' | 'paused' | 'finished' | 'failed';

/** What the worker posts, at most every 50 ms and at once when something changes state. Events are in log order. */
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
