/** Settings of the search: how parents are chosen, what is kept, who proposes, what is worth an evaluation. Plain data. */

/** Signed weights by criterion: `fitness`, `length`, `lines`, `complexity`, `nesting`, `fuel` or a key of `metrics`. */
export type Criteria = Readonly<Record<string, number>>;

/** One behaviour axis of a grid. */
export interface Axis {
  /** Key of `features`, or `length`, `complexity`, `fitness`, or a key of `metrics`. */
  readonly feature: string;
  readonly bins: number;
  /** `fixed` and `log` need both ends; `adaptive` takes the range seen so far and sorts its members again when it moves. */
  readonly scale: 'fixed' | 'log' | 'adaptive';
  readonly least: number | null;
  readonly most: number | null;
}

/** What an island keeps. `size` is its quota: no island can push another's programs out. */
export type ArchiveSettings =
  | { readonly type: 'fitness'; readonly size: number; readonly criteria: Criteria }
  | {
      readonly type: 'crowding';
      readonly size: number;
      readonly criteria: Criteria;
      /** What likeness is measured by; `behaviour` is features, scores and `artifacts.probe` together (novelty/behaviour.ts). */
      readonly by: 'syntax' | 'features' | 'scores' | 'behaviour';
    }
  | { readonly type: 'grid'; readonly size: number; readonly axes: readonly Axis[] }
  | { readonly type: 'cvt'; readonly size: number; readonly axes: readonly Axis[]; readonly samples: number }
  /** CMA-MAE: a cell's threshold moves towards each accepted fitness by `rate`. 1 = grid, 0 = plain optimisation. */
  | { readonly type: 'threshold'; readonly size: number; readonly axes: readonly Axis[]; readonly rate: number }
  | { readonly type: 'pareto'; readonly size: number; readonly front: Front; readonly objectives: Criteria };

/** What Pareto fronts are over: per-instance scores, weighted objectives, or both. */
export type Front = 'instances' | 'objectives' | 'hybrid';

export type SelectionSettings =
  | { readonly type: 'power-law'; readonly alpha: number }
  | { readonly type: 'weighted'; readonly lambda: number }
  | { readonly type: 'tournament'; readonly size: number }
  | { readonly type: 'uniform' }
  | { readonly type: 'rank-roulette' }
  /** The best `width`, those with fewest children first. Width 1 is a hill climb. */
  | { readonly type: 'beam'; readonly width: number }
  | { readonly type: 'hill-climb' }
  /** The control: always the program the island began with. */
  | { readonly type: 'best-of-n' }
  | { readonly type: 'pareto'; readonly front: Front; readonly objectives: Criteria }
  | { readonly type: 'cells'; readonly by: 'uniform' | 'curiosity' }
  /** FunSearch: softmax over score clusters, temperature falling over `period` results; short programs first inside. */
  | { readonly type: 'clusters'; readonly temperature: number; readonly period: number }
  | { readonly type: 'uct'; readonly exploration: number }
  /** Monte Carlo tree search down the lineage of the archive; what counts of a subtree is its best program, or the mean of them. */
  | { readonly type: 'tree'; readonly exploration: number; readonly value: 'best' | 'mean' }
  /** One current program an island; `temperature` in median deviations, falling to a hundredth over `period` evaluations. */
  | { readonly type: 'annealing'; readonly temperature: number; readonly period: number }
  | { readonly type: 'mix'; readonly of: readonly SimpleSelection[]; readonly bandit: BanditSettings };

export type SimpleSelection = Exclude<SelectionSettings, { readonly type: 'mix' }>;

export interface InspirationSettings {
  readonly count: number;
  /** Shares by kind; kinds that have nothing to offer give theirs to the others. */
  readonly mix: Readonly<Record<InspirationKind, number>>;
  readonly order: 'ascending' | 'chronological' | 'drawn';
  /** Recent failures with their reasons shown to models. */
  readonly failures: number;
}

export const INSPIRATION_KINDS = ['best', 'near', 'far', 'complementary', 'random', 'foreign'] as const;
export type InspirationKind = (typeof INSPIRATION_KINDS)[number];

export type BanditSettings =
  /** Probability matching over reward per cost; the shares move from the priors. */
  | { readonly type: 'matching' }
  /** Asymmetric UCB (ShinkaEvolve, arXiv 2509.19349) with a blend of cost. */
  | {
      readonly type: 'ucb';
      readonly exploration: number;
      readonly epsilon: number;
      /** 0–1: how much cheapness counts beside reward. */
      readonly cost: number;
    }
  | { readonly type: 'thompson'; readonly epsilon: number; readonly cost: number }
  /** The priors, for ever. */
  | { readonly type: 'fixed' };

export interface ModelsSettings {
  /** Ensemble: model name → prior share. Empty: no operator may ask a model. */
  readonly ensemble: Readonly<Record<string, number>>;
  /** Drawn uniformly per call. */
  readonly temperatures: readonly number[];
  readonly efforts: readonly ('none' | 'low' | 'medium' | 'high')[];
  /** Longest reply asked for, tokens. */
  readonly replyTokens: number;
  /** Longest prompt built, tokens (estimated from above; see models/tokens.ts). */
  readonly promptTokens: number;
  /** Calls a proposal may make in one conversation until its reply can be used. */
  readonly attempts: number;
  /** Calls after the evaluation that ask for one improvement each; the best is kept. */
  readonly refinements: number;
  /** Prices of this run, US dollars per million tokens; they rule over the built-in table. */
  readonly prices: Readonly<
    Record<
      string,
      { readonly input: number; readonly output: number; /** One search of the web. */ readonly search?: number }
    >
  >;
  readonly search: SearchSettings;
}

/** Searches of the web that models make by their providers' means. Those whose price says nothing of searches make none. */
export interface SearchSettings {
  /** Share of the proposals that may search, 0–1. */
  readonly share: number;
  /** Most searches of a call. */
  readonly most: number;
}

export interface PromptSettings {
  /** The task in words, for the model; the experiment's summary where empty. */
  readonly task: string;
  /** Evolve the task prompt beside the programs: a model writes a new one every so many results; 0 = never. */
  readonly evolveEvery: number;
  /** Prompts kept. */
  readonly size: number;
}

export interface MemorySettings {
  /** Summarise, update the scratchpad and recommend every so many results that asked a model; 0 = never. */
  readonly every: number;
  readonly recommendations: number;
  /** Model that writes them; null: the ensemble's first. */
  readonly model: string | null;
}

export interface NoveltySettings {
  /** `none` keeps the exact duplicate filter only. */
  readonly vectors: 'none' | 'local' | 'remote';
  /** Cosine above which a text counts as no news, 0–1. */
  readonly threshold: number;
  /** Model that may overrule the threshold; asked once a candidate. null: nobody. */
  readonly judge: string | null;
  /** Model that makes the vectors where they are `remote`; null: they are made locally all the same. */
  readonly model: string | null;
}

/** Local vectors see every token: a changed constant leaves 0.9995, a new statement about 0.99 (measured on circle packing's seed). */
export const LOCAL_THRESHOLD = 0.9995;

export interface EvaluationSettings {
  /** Stages of the cascade in order; the evaluator sees the name. A program below a threshold stops there. Empty: one stage, `full`. */
  readonly stages: readonly { readonly name: string; readonly threshold: number | null }[];
  /** Repeats of the last stage under different seeds. */
  readonly repeats: number;
  readonly stop: StopSettings;
  /** Compare with the parent on the same seeds and stop when it is clear that the parent is better. */
  readonly race: boolean;
  /** Instances shown first: the rest is run only if they are not worse than the parent's; 0 = off. */
  readonly minibatch: number;
  /** Tell the evaluator the best score so far (`context.best`) and its program (`context.bestFiles`). A score then depends on when it was taken. */
  readonly best: boolean;
  /** A model that looks at every correct program; null: nobody. */
  readonly judge: ScoreJudgeSettings | null;
}

export interface ScoreJudgeSettings {
  readonly model: string;
  /** What it is to look for, in words. */
  readonly rubric: string;
  /** How much its figure counts in archives and where parents are chosen, where fitness counts 1; 0: it is only shown. */
  readonly weight: number;
}

export type StopSettings =
  | { readonly type: 'never' }
  /** Stop when P(mean > threshold) leaves [risk, 1 − risk]. */
  | { readonly type: 'bayesian'; readonly risk: number; readonly least: number }
  /** Stop when the threshold lies outside the t-interval of the mean. */
  | { readonly type: 'interval'; readonly confidence: number; readonly least: number }
  | { readonly type: 'hybrid'; readonly risk: number; readonly confidence: number; readonly least: number };

export interface IslandsSettings {
  readonly count: number;
  readonly topology: Topology;
  /** Copy elites every so many results; 0 = never. */
  readonly migrateEvery: number;
  /** Share of an archive offered at a migration, 0–1; at least one program. */
  readonly rate: number;
  /** Migrate more often while it helps and less while it does not. */
  readonly adaptive: boolean;
  /** Results without a better program after which an island counts as stagnant; 0 = never. */
  readonly restartAfter: number;
  readonly onStagnation: 'restart' | 'spawn' | 'retire';
  /** What a new or restarted island begins from. */
  readonly from: 'seed' | 'best' | 'random';
  readonly most: number;
  readonly sampler: IslandSampler;
  /** Island i takes what `own[i]` says instead of the run's settings. */
  readonly own: readonly Partial<IslandStrategy>[];
}

export type IslandSampler = 'turns' | 'uniform' | 'equal' | 'proportional' | 'weighted';

/** Named graphs, or a list of [from, to]. */
export type Topology =
  | 'ring'
  | 'two-way-ring'
  | 'complete'
  | 'star-in'
  | 'star-out'
  | 'star'
  | 'none'
  | readonly (readonly [number, number])[];

/** What each island may have its own of. */
export interface IslandStrategy {
  readonly archive: ArchiveSettings;
  readonly selection: SelectionSettings;
  readonly inspirations: InspirationSettings;
  /** Operator → prior share, renormalised. The bandit moves the shares from there. */
  readonly operators: Readonly<Record<string, number>>;
  readonly bandit: BanditSettings;
  /** Share of the choice that stays with the priors, 0–1; 1 switches the bandit off. */
  readonly exploration: number;
  readonly models: ModelsSettings;
  readonly prompts: PromptSettings;
}
