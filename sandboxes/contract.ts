/**
 * Where a candidate runs. Nothing here knows the engine; the shapes of `EvaluationHost` match its evaluation port, so a host
 * can be handed to the engine as it is.
 */

import type { Compile } from '../wasm-toolchains/contract.ts';

export type Files = Readonly<Record<string, string>>;
export type Language =
  'javascript' | 'typescript' | 'python' | 'c' | 'cpp' | 'rust' | 'go' | 'zig' | 'assemblyscript' | 'wat';
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Limits {
  /** Wall clock of one evaluation (all its calls and the evaluator's own work). */
  readonly milliseconds: number;
  readonly megabytes: number;
  /** Size of what one call may return. */
  readonly outputBytes: number;
  /** Calls of the candidate in one evaluation. */
  readonly messages: number;
  /** Steps of one call: `$fuel.n` at its start in JavaScript, counted operations in WebAssembly. */
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

/**
 * What a realm can load. One kind of realm runs one kind of program:
 *   script   JavaScript in a locked-down scope of the browser's own engine
 *   steps    JavaScript in QuickJS: slow, but every step is counted
 *   wasm     modules from any compiler, under a WASI host
 *   python   CPython, with modules of other languages to call
 *   pyodide  CPython as Pyodide builds it, with packages
 */
export type Runnable = ScriptProgram | StepsProgram | WasmProgram | PythonProgram | PyodideProgram;
export type RealmKind = Runnable['kind'];

/** Path → plain script text, one function body a file (CommonJS shape). */
export interface ScriptProgram {
  readonly kind: 'script';
  readonly modules: Files;
  readonly entry: string;
}

export interface StepsProgram {
  readonly kind: 'steps';
  readonly modules: Files;
  readonly entry: string;
}

export interface WasmProgram {
  readonly kind: 'wasm';
  /** Already metered and capped: see `wasm-toolchains/inspect`. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Bytes of the module as its compiler left it. */
  readonly size: number;
  /** What its work counter begins with: a start function runs on it. */
  readonly initial: number;
  /** Files of the program that hold no code; the module finds them in its working folder, read-only. */
  readonly files: Files;
}

export interface PythonProgram {
  readonly kind: 'python';
  readonly files: Files;
  readonly entry: string;
  /** Name → module of another language's file (`kernel` of `kernel.c`), metered and capped; Python imports it by that name. */
  readonly kernels: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
}

export interface PyodideProgram {
  readonly kind: 'pyodide';
  readonly files: Files;
  readonly entry: string;
  /** Packages that its files import, dependencies first. */
  readonly wheels: readonly Wheel[];
}

/** The file of a package. */
export interface Wheel {
  readonly name: string;
  readonly file: string;
  /** A library is what packages are linked against, and no package itself. */
  readonly kind: 'package' | 'library';
  /** Names that the program imports of it. */
  readonly imports: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A family of members: javascript, quickjs, wasi, python, pyodide. */
export interface Sandbox {
  readonly id: string;
  /**
   * Checks and builds the source; cached by content. A syntax error is a value with file, line and column in the reason. `signal` ends a
   * compilation.
   */
  prepare(source: Source, signal?: AbortSignal): Promise<Prepared>;
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
  readonly program: Runnable;
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
 *   candidate.run(input, args)          → runs a program that has a `main` once, with standard input and a list of arguments; gives
 *                                         { output, error, exit }
 *   candidate.facts()                   → { size, memory } in bytes: its module as the compiler left it (its text, where nothing is
 *                                         compiled), and the most its memory has had since it was loaded (0 where that is not known)
 *   candidate.fuel()                    → steps that its calls have taken so far in this evaluation (see `Limits.fuel`)
 *   candidate.compare({ name, args | argsList, blocks? })  → Promise of a `TimingComparison` with the baseline (`sandboxes/timing/pairs.ts`)
 *   context.compareNumbers(expected, actual, { absolute, relative, ulps, nan }?)  → `NumberComparison` (`sandboxes/comparing`)
 *   context = { seed, picture, stage, best, bestFiles, instances, random() }
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
  /** Text of the program that has it, by path, as `context.bestFiles`; null as above. */
  readonly bestFiles?: Readonly<Record<string, string>> | null;
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
  /** Where candidates run; `javascript` where it is left out. */
  readonly sandbox?: 'javascript' | 'quickjs' | 'wasi' | 'python' | 'pyodide';
  /** Turns source files of compiled languages to WebAssembly; absent where no toolchain is at hand. */
  readonly compile?: Compile;
  /** What `candidate.compare` times candidates against: an experiment's seed. */
  readonly baseline?: Source;
}
