/**
 * Where a candidate runs. Nothing here knows the engine; the shapes of `EvaluationHost` match its evaluation port, so a host
 * can be handed to the engine as it is.
 */

export type Files = Readonly<Record<string, string>>;
export type Language = 'javascript' | 'typescript';
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Limits {
  /** Wall clock of one evaluation (all its calls and the evaluator's own work). */
  readonly milliseconds: number;
  readonly megabytes: number;
  /** Size of what one call may return. */
  readonly outputBytes: number;
  /** Calls of the candidate in one evaluation. */
  readonly messages: number;
  /** `$fuel.n` at the start of each call. */
  readonly fuel: number;
}

export interface Source {
  readonly language: Language;
  readonly files: Files;
  readonly entry: string;
}

/** The closed result of anything a candidate does. */
export type CallResult =
  | { readonly type: 'ok'; readonly value: unknown; readonly fuel: number }
  /** The candidate threw, returned what can't be posted, or has no such function. */
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'crashed'; readonly reason: string }
  | { readonly type: 'timeout'; readonly reason: string }
  | { readonly type: 'out-of-memory'; readonly reason: string }
  | { readonly type: 'killed'; readonly reason: string };

/** A family of members: javascript here; python, wasi, quickjs and others later. */
export interface Sandbox {
  readonly id: string;
  /** Checks and transforms the source; cached by content. A syntax error is a value with file, line and column in the reason. */
  prepare(source: Source): Promise<Prepared>;
  /** A fresh realm for it. Settles within the limits. */
  open(prepared: PreparedOk, limits: Limits, signal?: AbortSignal): Promise<OpenResult>;
  /** Realms alive, ready and spent, for tests and for the page's capability table. */
  stats(): SandboxStats;
  close(): void;
}

export type Prepared = PreparedOk | { readonly type: 'build-failed'; readonly reason: string };
export interface PreparedOk {
  readonly type: 'ok';
  readonly hash: string;
  /** Path → plain script text, one function body a file (CommonJS shape). */
  readonly modules: Files;
  readonly entry: string;
}

export type OpenResult =
  { readonly type: 'ok'; readonly session: Session } | { readonly type: 'failed'; readonly reason: string };

export interface Session {
  /** Calls an export of the entry. `parameters` are the values of `$p`; given, module state is made anew first. Never rejects. */
  call(name: string, args: readonly unknown[], parameters?: readonly number[]): Promise<CallResult>;
  close(): void;
}

export interface SandboxStats {
  readonly alive: number;
  readonly ready: number;
  readonly opened: number;
  readonly killed: number;
  /** What this place can't give, e.g. no network namespace for the jail; absent where nothing is missing. */
  readonly note?: string;
}

/**
 * Pairs an evaluator's realm with candidates' realms. The evaluator module exports
 * `evaluate(candidate, context)`, sync or async, and sees of the candidate only
 *   candidate.call(name, ...args)       → Promise of the returned plain data; rejects with an Error whose `status` names the limit
 *   candidate.callMany(name, argsList)  → Promise of the list of returned values, in one message
 *   context = { seed, picture, stage, best, instances, random() }
 * and returns { fitness, correct, metrics?, hidden?, feedback?, features?, scores?, artifacts? }. What it returns is checked and clipped
 * outside its realm: NaN or infinite fitness makes the program incorrect with a reason.
 */
export interface EvaluationHost {
  open(candidate: Source, signal: AbortSignal): Promise<OpenedEvaluation>;
  stats(): SandboxStats;
  close(): void;
}

export type FailedStatus = 'build-failed' | 'crashed' | 'timed-out' | 'out-of-memory';

export type OpenedEvaluation =
  | { readonly type: 'ok'; readonly session: EvaluationSession }
  | { readonly type: 'failed'; readonly status: FailedStatus; readonly reason: string };

export interface EvaluationSession {
  evaluate(requests: readonly EvaluationRequest[]): Promise<readonly EvaluationOutcome[]>;
  close(): void;
}

export interface EvaluationRequest {
  readonly parameters: readonly number[];
  readonly seed: number;
  readonly picture: boolean;
  /** Stage of the cascade, as `context.stage`; `full` where it is not given. */
  readonly stage?: string;
  /** Best fitness so far, as `context.best`; null where there is none or it is not told. */
  readonly best?: number | null;
  /** Names of instances to score, as `context.instances`; null: all. An evaluator without instances may ignore it. */
  readonly instances?: readonly string[] | null;
  /** Another file of the candidate to take as its entry: several variants of a program can share one realm. */
  readonly entry?: string;
}

export type EvaluationOutcome =
  | { readonly type: 'scored'; readonly evaluation: HostEvaluation; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly status: FailedStatus; readonly reason: string; readonly milliseconds: number };

export interface HostEvaluation {
  readonly fitness: number | null;
  readonly correct: boolean;
  readonly metrics: Readonly<Record<string, number>>;
  readonly hidden: Readonly<Record<string, number>>;
  readonly feedback: string;
  readonly features: Readonly<Record<string, number>>;
  readonly scores: Readonly<Record<string, number>>;
  readonly artifacts: Readonly<Record<string, Json>>;
  readonly fuel: number;
}

export interface EvaluatorSource {
  readonly files: Files;
  readonly entry: string;
}

export interface HostOptions {
  readonly evaluator: EvaluatorSource;
  readonly limits: Limits;
  /** Evaluations at once. */
  readonly slots: number;
}
