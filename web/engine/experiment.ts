import type { Files } from './program.ts';
import type {
  EvaluationSettings,
  IslandsSettings,
  IslandStrategy,
  MemorySettings,
  NoveltySettings,
} from './strategy.ts';

/** What a person writes: files, evaluator, limits, strategy, budget. Nothing here is executable until Run. */
export interface Experiment {
  readonly v: 1;
  /** Kebab-case, unique among examples. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for people. */
  readonly summary: string;
  readonly language: Language;
  readonly files: Files;
  /** Path of the file whose exports the evaluator calls. */
  readonly entry: string;
  readonly evaluator: { readonly files: Files; readonly entry: string };
  readonly goal: Goal;
  readonly limits: Limits;
  /** Where candidates run; follows from the language but for JavaScript, which also runs in `quickjs`, and Python, also in `pyodide`. */
  readonly sandbox: SandboxName;
  readonly strategy: Strategy;
  readonly budget: Budget;
}

export type Language =
  'javascript' | 'typescript' | 'python' | 'c' | 'cpp' | 'rust' | 'go' | 'zig' | 'assemblyscript' | 'wat';

export type SandboxName = 'javascript' | 'quickjs' | 'wasi' | 'python' | 'pyodide' | 'webcontainer';

/** How fitness is shown, and what it is measured against. */
export interface Goal {
  /** Key of `metrics` that people know the problem by; fitness itself may be its negative. */
  readonly metric: string;
  readonly label: string;
  readonly better: 'higher' | 'lower';
  readonly unit: string;
  /** Decimals to show. */
  readonly digits: number;
  /** Key of `hidden` with the held-out figure in the same unit, or null where nothing can overfit. */
  readonly unseen: string | null;
  readonly baselines: readonly { readonly name: string; readonly value: number; readonly unseen: number | null }[];
  readonly best: { readonly value: number; readonly source: string } | null;
}

/** Limits of one evaluation. Fuel is deterministic and normally the one that bites; milliseconds are the outer fence. */
export interface Limits {
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly outputBytes: number;
  /** Calls an evaluator may make of the candidate in one evaluation. */
  readonly messages: number;
  /** Steps in one call of the candidate: loop steps in JavaScript, operations in WebAssembly. */
  readonly fuel: number;
}

export interface Strategy extends IslandStrategy {
  /** `ordered`: results consumed in issue order; the same log on any machine. `throughput`: as they come. */
  readonly mode: 'ordered' | 'throughput';
  /** Proposals issued ahead of the last consumed result. */
  readonly lookAhead: number;
  /** In throughput mode: most proposals in flight when models are slower than evaluations; 0 = never more than `lookAhead`. */
  readonly mostAhead: number;
  /** Proposals that may be made at once (matters where an operator waits for a model). */
  readonly proposals: number;
  /** Evaluations at once; 0 leaves it to the sandbox. */
  readonly evaluations: number;
  readonly islands: IslandsSettings;
  readonly memory: MemorySettings;
  readonly novelty: NoveltySettings;
  readonly evaluation: EvaluationSettings;
  readonly tune: TuneSettings;
  /** Children that `brood` makes at once. */
  readonly brood: { readonly size: number };
  readonly vocabulary: Vocabulary;
  /** Characters a program's files may have together: what grows without end gets slow and unreadable. */
  readonly longest: number;
  /** Times an operator may try before the job counts as a failed patch or a duplicate. */
  readonly attempts: number;
}

export interface TuneSettings {
  /** Evaluations one burst may spend. */
  readonly evaluations: number;
  /** Literals searched at once; a random subset where there are more. */
  readonly literals: number;
}

/** Words the syntax operators may write besides the names they find in scope. */
export interface Vocabulary {
  /** Callable expressions by arity, e.g. `{ "Math.sqrt": 1, "Math.max": 2 }`. */
  readonly functions: Readonly<Record<string, number>>;
  readonly constants: readonly number[];
  readonly binary: readonly string[];
  readonly comparisons: readonly string[];
  /** Expressions that are offered as they stand, where the names they use are in scope. */
  readonly leaves: readonly string[];
  /** Statements that are offered as they stand, each in braces of its own. */
  readonly blocks: readonly string[];
}

/**
 * What a run may spend; null = no cap. Evaluations, calls, tokens and dollars are reserved before they are spent, so these caps are
 * never passed. Times are known afterwards: what is in flight when they run out is finished and kept, as it is where a run ends for
 * what it has reached.
 */
export interface Budget extends Caps, Ends {
  /** Where these are reached no model is asked any more; what needs none goes on. */
  readonly soft: Pick<Caps, 'calls' | 'tokens' | 'dollars'>;
}

/** What ends a run before its caps do; null = off. */
export interface Ends {
  /** The run ends when the best fitness is at least this. */
  readonly target: number | null;
  /** Evaluations without a new best after which it ends; counted anew where a run that has ended goes on. */
  readonly patience: number | null;
}

export interface Caps {
  readonly evaluations: number | null;
  /** Run time, pauses not counted. */
  readonly milliseconds: number | null;
  /** Time spent in proposing and evaluating, summed over all that ran at once. */
  readonly workMilliseconds: number | null;
  readonly calls: number | null;
  /** Input and output of models. */
  readonly tokens: number | null;
  /** US dollars. */
  readonly dollars: number | null;
}
