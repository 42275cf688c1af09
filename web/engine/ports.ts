/** What the engine needs from outside. Shells (page worker, terminal, tests) bring it. */
import type { RunEvent } from './events.ts';
import type { Language } from './experiment.ts';
import type { LanguageModel } from './models/model.ts';
import type { Embedder } from './novelty/remote.ts';
import type { Evaluation, Files, ProgramStatus } from './program.ts';
import type { Syntax } from './syntax/tree.ts';

export interface Ports {
  readonly evaluations: EvaluationPort;
  readonly syntax: Syntax;
  readonly clock: Clock;
  /** Absent where no model can be asked. */
  readonly models?: LanguageModel;
  /** Absent where vectors are made locally. */
  readonly embedder?: Embedder;
  /** Called in log order, synchronously. */
  readonly emit: (event: RunEvent) => void;
}

export interface Clock {
  /** Milliseconds on a monotonic scale. */
  now(): number;
  /** Resolves after the host's event loop has turned, so that commands get through while the engine is busy. */
  turn(): Promise<void>;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  after(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * Opens candidates next to an evaluator. May be called concurrently; how many really run at once is the port's matter.
 * Every promise settles within the limits, whatever candidate or evaluator do.
 */
export interface EvaluationPort {
  open(candidate: CandidateSource, signal: AbortSignal): Promise<Opened>;
}

/**
 * The text handed over is already armed: loops count `$fuel`, and lifted literals read `$p[i]`. The sandbox provides both
 * names to candidates (`$fuel.n` starts at the limit for each call; `$fuel.out()` throws).
 */
export interface CandidateSource {
  readonly language: Language;
  readonly files: Files;
  readonly entry: string;
}

export type Opened =
  | { readonly type: 'ok'; readonly session: EvaluationSession }
  | { readonly type: 'failed'; readonly status: FailedStatus; readonly reason: string };

export type FailedStatus = Extract<ProgramStatus, 'build-failed' | 'crashed' | 'timed-out' | 'out-of-memory'>;

export interface EvaluationSession {
  /**
   * Scores the candidate once per request, in order, each time with module state made anew. After an outcome that costs
   * the candidate its realm (crash, time, memory) the session goes on in a fresh realm. Never rejects.
   */
  evaluate(requests: readonly EvaluationRequest[]): Promise<readonly EvaluationOutcome[]>;
  close(): void;
}

export interface EvaluationRequest {
  /** Values of `$p`. Empty for a program as it stands. */
  readonly parameters: readonly number[];
  /** Seed of `context.seed` and of the candidate's `Math.random`. */
  readonly seed: number;
  /** Whether the evaluator should add `artifacts.picture`, which may cost time. */
  readonly picture: boolean;
  /** Stage of the cascade, as `context.stage`; `full` where it is not given. */
  readonly stage?: string;
  /** Best fitness so far, as `context.best`; null where there is none or it is not told. */
  readonly best?: number | null;
  /** Text of the program that has it, as `context.bestFiles`; null as above. */
  readonly bestFiles?: Files | null;
  /** Names of instances to score, as `context.instances`; null: all. An evaluator without instances may ignore it. */
  readonly instances?: readonly string[] | null;
  /** Another file of the candidate to take as its entry: several variants of a program can share one realm. */
  readonly entry?: string;
}

export type EvaluationOutcome =
  | { readonly type: 'scored'; readonly evaluation: Evaluation; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly status: FailedStatus; readonly reason: string; readonly milliseconds: number };
