/** Messages between host, supervisor and realms. Types only: every side of them is hostile to some other side. */
import type { CallResult, EvaluationRequest, Files, Limits, Runnable, SandboxStats } from '../contract.ts';
import type { TimedProgram } from '../timing/pairs.ts';
import type { Timed } from '../timing/stopwatch.ts';

export interface Modules {
  readonly modules: Files;
  readonly entry: string;
}

export type Role = 'candidate' | 'evaluator';

/** What candidates run in, where that is not the engine of the browser itself. */
export interface Realm {
  /** Script that leaves a `realm` with `start(control, now)`; see `hosting/realm/serve.ts`. */
  readonly text: string;
  /** Modules that every realm needs, compiled once beside the supervisor; by name. */
  readonly modules: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
  /** Whatever else it needs: plain data. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Memory of each realm before its candidate has asked for any, where that is much. */
  readonly megabytes?: number;
  /** How long one may take to start; 10 s where it is left out. */
  readonly startMs?: number;
}

/** The same in a realm: its modules are compiled. */
export interface Equipment {
  readonly modules: Readonly<Record<string, WebAssembly.Module>>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Host → supervisor. */
export type Command =
  | {
      readonly type: 'start';
      readonly evaluator: (Modules & { readonly limits: Limits }) | null;
      readonly slots: number;
      /** Heap of one realm, where the place can limit it. */
      readonly megabytes: number;
      /** null: candidates are scripts. */
      readonly realm: Realm | null;
      /** What candidates' times are compared with, or why there is none. */
      readonly baseline: Runnable | string;
    }
  | { readonly type: 'open'; readonly session: number; readonly program: Runnable; readonly limits: Limits }
  | {
      readonly type: 'evaluate';
      readonly job: number;
      readonly session: number;
      readonly requests: readonly EvaluationRequest[];
    }
  | {
      readonly type: 'call';
      readonly job: number;
      readonly session: number;
      readonly name: string;
      readonly args: readonly unknown[];
      readonly parameters: readonly number[] | null;
    }
  | { readonly type: 'close'; readonly session: number }
  | { readonly type: 'ping' };

/** Supervisor → host. */
export type Report =
  | { readonly type: 'pong'; readonly stats: SandboxStats }
  | {
      readonly type: 'evaluated';
      readonly job: number;
      readonly outcomes: readonly RawOutcome[];
      readonly stats: SandboxStats;
    }
  | { readonly type: 'called'; readonly job: number; readonly result: CallResult; readonly stats: SandboxStats };

/** What became of one request, before anybody outside has looked at what the evaluator returned. */
export type RawOutcome =
  | { readonly type: 'returned'; readonly value: unknown; readonly fuel: number; readonly milliseconds: number }
  | {
      readonly type: 'failed';
      readonly status: 'build-failed' | 'crashed' | 'timed-out' | 'out-of-memory';
      readonly reason: string;
      readonly milliseconds: number;
    };

/** Supervisor → realm. */
export type RealmCommand =
  /** First of all, to realms that need some. */
  | { readonly type: 'equip'; readonly equipment: Equipment }
  | { readonly type: 'load'; readonly program: Runnable; readonly limits: Limits }
  | { readonly type: 'pair'; readonly port: MessagePort }
  | { readonly type: 'call'; readonly call: PairCall }
  /** Measures the calls instead of answering them; asks for module state anew. */
  | { readonly type: 'time'; readonly call: PairCall }
  | { readonly type: 'sampled'; readonly sample: number; readonly answer: TimeAnswer }
  | { readonly type: 'evaluate'; readonly job: number; readonly requests: readonly EvaluationRequest[] }
  | { readonly type: 'abort' }
  | { readonly type: 'where'; readonly probe: number };

/** Realm → supervisor. */
export type RealmReport =
  | { readonly type: 'ready' }
  | { readonly type: 'loaded'; readonly reason: string | null }
  | { readonly type: 'called'; readonly answer: PairAnswer }
  | { readonly type: 'timed'; readonly answer: TimeAnswer }
  /** An evaluator wants a program timed in a realm of its own. */
  | {
      readonly type: 'sample';
      readonly job: number;
      readonly sample: number;
      readonly of: TimedProgram;
      readonly call: PairCall;
    }
  | { readonly type: 'outcome'; readonly job: number; readonly outcome: RawOutcome }
  | { readonly type: 'where'; readonly probe: number; readonly waiting: string | null };

/** Module state anew: values of `$p`, seed of `Math.random`, and the entry where it is not the program's own. */
export interface Fresh {
  readonly parameters: readonly number[];
  readonly seed: number;
  readonly entry: string | null;
}

/** Evaluator → candidate. `fresh` asks for module state anew, so that this costs no message of its own. */
export interface PairCall {
  readonly id: number;
  readonly name: string;
  /** One list of arguments a call. */
  readonly calls: readonly (readonly unknown[])[];
  readonly fresh: Fresh | null;
}

export type PairStatus = 'ok' | 'failed' | 'build' | 'timeout' | 'out-of-memory' | 'killed';

/** Candidate → evaluator. */
export interface PairAnswer {
  readonly id: number;
  readonly status: PairStatus;
  /** One value a call when ok. */
  readonly values: readonly unknown[];
  readonly reason: string;
  readonly fuel: number;
}

export interface TimeAnswer {
  readonly status: PairStatus;
  /** Null unless ok. */
  readonly timed: Timed | null;
  readonly reason: string;
}
