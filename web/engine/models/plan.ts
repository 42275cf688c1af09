/** What putting models into a run changes of its settings, what a call may cost then, and whether the budget still allows one. */
import type { Budget, Strategy } from '../experiment.ts';
import { worstCostOf } from './cost.ts';
import type { Price } from './price.ts';
import { priceOf } from './prices.ts';
import { callsOf, left, reserve, softReached } from './reservation.ts';
import { canSearch } from './search.ts';
import type { RunState } from '../state.ts';
import { LOCAL_THRESHOLD, type ModelsSettings, type ScoreJudgeSettings, type SearchSettings } from '../strategy.ts';
import { MODEL_OPERATORS } from './named.ts';

/** How much of what is tried comes from models. */
export type Part = 'some' | 'half' | 'only';
export const PARTS: Readonly<Record<Part, number>> = { some: 0.1, half: 0.5, only: 1 };

export interface Chosen {
  /** As the run will call it. */
  readonly name: string;
  /** Above 0; what counts is its part of all shares. */
  readonly share: number;
  /** null: nobody knows. */
  readonly price: Price | null;
  /** Longest prompt and longest reply it takes, tokens; null where nobody knows. */
  readonly context: number | null;
  readonly reply: number | null;
  readonly reasons: boolean;
}

const MODEL_SHARES: Readonly<Record<string, number>> = { diff: 0.6, rewrite: 0.2, cross: 0.15, fix: 0.05 };
/** Where an experiment has no operators of its own that need no model. */
const PLAIN_SHARES: Readonly<Record<string, number>> = { mutate: 0.5, tune: 0.3, splice: 0.15, merge: 0.05 };

/** A budget should be good for so many calls of the dearest kind, or most of it is never used. */
const CALLS_WANTED = 8;
const PROMPT_STEPS = [64_000, 32_000, 16_000, 8_000];
const REPLY_STEPS = [8_192, 4_096, 2_048];
/** What a model thinks counts as reply. */
const LEAST_REASONING = 4_096;

/** `part` null: operators stay as they are. `dollars`: what the run may still spend; null where nothing costs. */
export function withModels(
  from: Strategy,
  chosen: readonly Chosen[],
  part: Part | null,
  dollars: number | null,
): Strategy {
  const ensemble = Object.fromEntries(chosen.map(({ name, share }) => [name, share]));
  const prices = { ...from.models.prices };
  const search = searchOf(from, chosen);
  for (const { name, price } of chosen) setPrice(prices, name, price, (search?.share ?? 0) > 0);
  const models = { ...from.models, ensemble, prices, ...(search ? { search } : {}), ...lengths(from, chosen, dollars) };
  return { ...from, models, operators: part === null ? from.operators : operatorsOf(from.operators, part) };
}

/** Nothing of the run asks a model any more. */
export function withoutModels(from: Strategy): Strategy {
  return {
    ...from,
    models: { ...from.models, ensemble: {} },
    operators: ownOperators(from.operators),
    islands: {
      ...from.islands,
      own: from.islands.own.map((own) => {
        const models = own.models && { ...own.models, ensemble: {} };
        const operators = own.operators && ownOperators(own.operators);
        return { ...own, ...(models ? { models } : {}), ...(operators ? { operators } : {}) };
      }),
    },
    memory: { ...from.memory, every: 0 },
    prompts: { ...from.prompts, evolveEvery: 0 },
    novelty: {
      ...from.novelty,
      judge: null,
      model: null,
      vectors: from.novelty.vectors === 'remote' ? 'none' : from.novelty.vectors,
    },
    evaluation: { ...from.evaluation, judge: null },
  };
}

/** Models beside those that propose, by the names the run calls them by. */
export interface Beside {
  readonly vectors: Strategy['novelty']['vectors'];
  /** Who makes vectors where they are `remote`; null: nobody. */
  readonly maker: string | null;
  /** Who may overrule them; null: nobody. */
  readonly noveltyJudge: string | null;
  readonly judge: ScoreJudgeSettings | null;
}

export function besideOf({ novelty, evaluation }: Strategy): Beside {
  const { vectors, model, judge } = novelty;
  return { vectors, maker: model, noveltyJudge: judge, judge: evaluation.judge };
}

/** `prices`: what those cost, as far as anybody knows. A threshold goes with the vectors it is for. */
export function withBeside(from: Strategy, beside: Beside, costs: Readonly<Record<string, Price | null>>): Strategy {
  const { vectors, maker, noveltyJudge, judge } = beside;
  const { novelty } = from;
  const own = vectors === 'local' ? LOCAL_THRESHOLD : DEFAULT_THRESHOLD;
  const threshold = vectors === novelty.vectors ? novelty.threshold : own;
  const prices = { ...from.models.prices };
  for (const [name, price] of Object.entries(costs)) setPrice(prices, name, price);
  return {
    ...from,
    models: { ...from.models, prices },
    novelty: { vectors, threshold, judge: vectors === 'none' ? null : noveltyJudge, model: maker },
    evaluation: { ...from.evaluation, judge },
  };
}

const DEFAULT_THRESHOLD = 0.99;

/** Nobody searches where none of them can; what is known of the table's models must not have those search that may not. */
function searchOf({ models: { search } }: Strategy, chosen: readonly Chosen[]): SearchSettings | undefined {
  return search !== undefined && chosen.length > 0 && !chosen.some(({ price }) => canSearch(price))
    ? { ...search, share: 0 }
    : search;
}

/** `searching`: whether it counts what a search costs. */
function setPrice(
  prices: Record<string, { input: number; output: number; search?: number }>,
  name: string,
  price: Price | null,
  searching = false,
): void {
  delete prices[name];
  const known = priceOf(name, {});
  if (price === null) return;
  if (!samePrice(known, price) || (searching && known?.search !== price.search)) prices[name] = runPrice(price);
}

/** How much of what is tried comes from models now; null where that is none of the three. */
export function partOf({ operators }: Strategy): Part | null {
  const sum = (names: readonly string[]): number => names.reduce((all, name) => all + (operators[name] ?? 0), 0);
  const models = sum(MODEL_OPERATORS);
  const all = sum(Object.keys(operators));
  if (all <= 0 || models <= 0) return null;
  return (Object.keys(PARTS) as Part[]).find((part) => Math.abs(PARTS[part] - models / all) < 0.01) ?? null;
}

/** Most that one call of a model may cost under these settings, US dollars; null where nobody knows its price. */
export function worstCall({ models }: Strategy, name: string): number | null {
  const price = priceOf(name, models.prices);
  if (price === null) return null;
  return worstCostOf(models.promptTokens, models.replyTokens, price, searchesOf(models, price));
}

/** Searches that the dearest call of a model may make. */
export function searchesOf({ search }: Strategy['models'], price: Price | null): number {
  return search.share > 0 && canSearch(price) ? search.most : 0;
}

/** Which cap keeps every model of the run from being asked now that no call is under way; null where none does. */
export function restingFor(state: RunState): 'calls' | 'tokens' | 'dollars' | null {
  const { experiment, spent, held } = state;
  if (experiment === null || held.calls > 0) return null;
  const { budget, strategy } = experiment;
  const names = Object.keys(strategy.models.ensemble).filter((name) => (strategy.models.ensemble[name] ?? 0) > 0);
  if (names.length === 0) return null;
  const soft = softReached(budget, spent, held);
  if (soft !== null) return soft;
  const plenty = { ...budget, evaluations: null };
  const room = left(plenty, { ...spent, evaluations: 0 }, { ...held, evaluations: 0 });
  let short: 'calls' | 'tokens' | 'dollars' | null = null;
  for (const name of names) {
    const price = priceOf(name, strategy.models.prices);
    const calls = callsOf('program', strategy.models, { name, price }, null);
    const made = reserve({ evaluations: { most: 0, least: 0 }, calls }, room);
    if (made.type === 'reserved') return null;
    if (made.short !== null && made.short !== 'evaluations') short = made.short;
  }
  return short;
}

/** The budget with twice as much of that, and enough for a call more. Its soft cap moves along. */
export function raised(state: RunState, cap: 'calls' | 'tokens' | 'dollars'): Budget | null {
  const { experiment } = state;
  if (experiment === null) return null;
  const { budget, strategy } = experiment;
  const { models } = strategy;
  const now = budget[cap] ?? budget.soft[cap];
  if (now === null) return null;
  const worst = Object.keys(models.ensemble).flatMap((name) => worstCall(strategy, name) ?? []);
  const one = { calls: 1, tokens: models.promptTokens + models.replyTokens, dollars: Math.min(...worst, Infinity) }[
    cap
  ];
  const least = state.spent[cap] + (Number.isFinite(one) ? one : 0);
  const grain = cap === 'dollars' ? 100 : 1;
  const next = Math.ceil(Math.max(2 * now, least) * grain - 1e-6) / grain;
  return {
    ...budget,
    [cap]: budget[cap] === null ? null : next,
    soft: { ...budget.soft, [cap]: budget.soft[cap] === null ? null : next },
  };
}

function operatorsOf(from: Readonly<Record<string, number>>, part: Part): Record<string, number> {
  const models = PARTS[part];
  const own = ownOperators(from);
  const sum = Object.values(own).reduce((all, share) => all + share, 0);
  const operators: Record<string, number> = {};
  for (const [name, share] of Object.entries(own)) operators[name] = round(((1 - models) * share) / sum);
  for (const [name, share] of Object.entries(MODEL_SHARES)) operators[name] = round(models * share);
  return operators;
}

function ownOperators(from: Readonly<Record<string, number>>): Record<string, number> {
  const own = Object.entries(from).filter(([name]) => !MODEL_OPERATORS.includes(name));
  return own.some(([, share]) => share > 0) ? Object.fromEntries(own) : { ...PLAIN_SHARES };
}

/**
 * What is set aside for a call is what its longest prompt and longest reply would cost. Both are made shorter until the budget is good
 * for some calls, and as short as the models take.
 */
function lengths(
  { models }: Strategy,
  chosen: readonly Chosen[],
  dollars: number | null,
): { readonly promptTokens: number; readonly replyTokens: number } {
  const most = (values: readonly (number | null)[], first: number): number =>
    values.reduce<number>((least, value) => (value === null || value <= 0 ? least : Math.min(least, value)), first);
  const replyMost = most(
    chosen.map(({ reply }) => reply),
    models.replyTokens,
  );
  const least = chosen.some(({ reasons }) => reasons) ? LEAST_REASONING : 0;
  const replies = [replyMost, ...REPLY_STEPS.filter((step) => step < replyMost && step >= least)];
  const promptMost = most(
    chosen.map(({ context }) => (context === null ? null : Math.floor(context * 0.75))),
    models.promptTokens,
  );
  const prompts = [promptMost, ...PROMPT_STEPS.filter((step) => step < promptMost)];
  const worst = (promptTokens: number, replyTokens: number): number =>
    Math.max(
      0,
      ...chosen.map(({ price }) =>
        price === null ? 0 : worstCostOf(promptTokens, replyTokens, price, searchesOf(models, price)),
      ),
    );
  let [p, r] = [0, 0];
  const prompt = (): number => prompts[p] as number;
  const reply = (): number => replies[r] as number;
  while (dollars !== null && worst(prompt(), reply()) > dollars / CALLS_WANTED) {
    if (p + 1 < prompts.length) p++;
    else if (r + 1 < replies.length) r++;
    else break;
  }
  return { promptTokens: Math.max(500, prompt()), replyTokens: Math.max(64, reply()) };
}

/** A run's own table has two figures a model, and that of a search; no call may cost more than they say. */
function runPrice({ input, cached, written, output, search }: Price): ModelsSettings['prices'][string] {
  return { input: Math.max(input, cached, written ?? 0), output, ...(search === undefined ? {} : { search }) };
}

function samePrice(a: Price | null, b: Price): boolean {
  const figures = ({ input, cached, output, written, long }: Price): string =>
    JSON.stringify([input, cached, output, written, long]);
  return a !== null && figures(a) === figures(b);
}

function round(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
