/** What a run will cost, before it starts: what is likely, and what it can't go beyond. */
import { costOf, worstCostOf } from './cost.ts';
import type { Budget } from '../experiment.ts';
import { NOTHING_SPENT, PURPOSES, type Purpose, type Spending } from './model.ts';
import { fromNano, nanoUp } from './money.ts';
import type { Price } from './price.ts';
import { canSearch, readAtMost } from './search.ts';

/** Calls of one purpose that a proposal makes. */
export interface CallPlan {
  readonly purpose: Purpose;
  readonly model: string;
  readonly price: Price | null;
  /** Likely calls a proposal, averaged over all proposals, and most. */
  readonly likely: number;
  readonly most: number;
  /** Tokens of a likely call. */
  readonly prompt: number;
  readonly reply: number;
  /** Tokens of the longest call. */
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** Of the web: share of the calls that may search, 0–1, and how often each. */
  readonly search?: { readonly share: number; readonly most: number };
}

export interface EstimatePlan {
  readonly budget: Budget;
  /** Likely evaluations a proposal, its searches averaged in; > 0. */
  readonly evaluations: number;
  readonly calls: readonly CallPlan[];
}

export interface EstimateLine {
  readonly purpose: Purpose;
  readonly likely: Spending;
  readonly worst: Spending;
}

export interface Estimate {
  /** Proposals until the evaluations are used up; null where the budget sets no end: the figures are then for 1,000 proposals. */
  readonly proposals: number | null;
  /** Share of the proposals that ask as planned before a hard or soft cap on models is reached, 0–1; the rest goes on without. */
  readonly asking: number;
  readonly lines: readonly EstimateLine[];
  readonly likely: Spending;
  /** Never above the hard caps. */
  readonly worst: Spending;
  /** Models whose dollars can't be counted. */
  readonly unpriced: readonly string[];
}

/** Tokens that a search brings, as a rule. */
const LIKELY_FOUND = 8_000;

/** Proposals that figures are for where nothing ends the run. */
const OPEN_END = 1_000;

/**
 * Plans of the calls that proposals make, by model of the ensemble. `asking`: share of the proposals that ask a model; `again`: calls a
 * conversation takes beyond its first, on the average.
 */
export function proposalCalls(options: {
  readonly asking: number;
  readonly ensemble: Readonly<Record<string, number>>;
  readonly price: (model: string) => Price | null;
  readonly attempts: number;
  readonly refinements: number;
  readonly again: number;
  readonly prompt: number;
  readonly reply: number;
  readonly promptTokens: number;
  readonly replyTokens: number;
  readonly search: { readonly share: number; readonly most: number };
}): CallPlan[] {
  const { asking, ensemble, attempts, refinements, again, prompt, reply, promptTokens, replyTokens } = options;
  const total = Object.values(ensemble).reduce((sum, share) => sum + Math.max(0, share), 0);
  return Object.keys(ensemble).flatMap((model) => {
    const share = total > 0 ? (asking * Math.max(0, ensemble[model] as number)) / total : 0;
    if (share === 0) return [];
    const price = options.price(model);
    const call = { model, price, prompt, reply, promptTokens, replyTokens };
    const { search } = options;
    const searching = search.share > 0 && canSearch(price) ? { search } : {};
    const likely = share * (1 + Math.min(Math.max(0, attempts - 1), again));
    const plans: CallPlan[] = [{ ...call, ...searching, purpose: 'propose', likely, most: Math.max(1, attempts) }];
    if (refinements > 0) plans.push({ ...call, purpose: 'refine', likely: share * refinements, most: refinements });
    return plans;
  });
}

export function estimateRun({ budget, evaluations, calls }: EstimatePlan): Estimate {
  const proposals = budget.evaluations === null ? null : Math.floor(budget.evaluations / Math.max(1e-9, evaluations));
  const count = proposals ?? OPEN_END;
  const perProposal = calls.map((plan) => likelyOf(plan, 1));
  const all = perProposal.reduce(plus, NOTHING_SPENT);
  const asking = Math.min(
    1,
    ...(['calls', 'tokens', 'dollars'] as const).map((key) => shareWithin(budget, key, all[key] * count)),
  );
  const likely = calls.map((plan) => likelyOf(plan, count * asking));
  // Of several models only one is asked in a proposal: the worst of a purpose is the dearest of them.
  const worst = PURPOSES.map((purpose) => {
    const plans = calls.filter((plan) => plan.purpose === purpose);
    return plans
      .map((plan) => worstOf(plan, proposals === null ? OPEN_END : mostProposals(budget)))
      .reduce(larger, NOTHING_SPENT);
  });
  const lines = PURPOSES.flatMap((purpose, at): EstimateLine[] => {
    const own = likely.filter((_, i) => (calls[i] as CallPlan).purpose === purpose);
    return own.length === 0
      ? []
      : [{ purpose, likely: own.reduce(plus, NOTHING_SPENT), worst: capped(worst[at] as Spending, budget) }];
  });
  return {
    proposals,
    asking,
    lines,
    likely: likely.reduce(plus, NOTHING_SPENT),
    worst: capped(worst.reduce(plus, NOTHING_SPENT), budget),
    unpriced: [...new Set(calls.filter(({ price }) => price === null).map(({ model }) => model))],
  };
}

/** At the most every proposal takes no more than one evaluation. */
function mostProposals(budget: Budget): number {
  return budget.evaluations ?? OPEN_END;
}

function likelyOf(plan: CallPlan, proposals: number): Spending {
  const calls = plan.likely * proposals;
  const { share, most } = plan.search ?? { share: 0, most: 0 };
  const plain = { input: plan.prompt, output: plan.reply, cached: 0, reasoning: 0 };
  // Once read with the question, and once more with what each search found.
  const found = { ...plain, input: (most + 1) * plan.prompt + most * LIKELY_FOUND, searches: most };
  const { price } = plan;
  const cost = price === null ? 0 : (1 - share) * nanoUp(costOf(plain, price)) + share * nanoUp(costOf(found, price));
  const tokens = (1 - share) * plain.input + share * found.input + plan.reply;
  return { calls, tokens: calls * tokens, dollars: fromNano(Math.ceil(calls * cost)) };
}

function worstOf(plan: CallPlan, proposals: number): Spending {
  const calls = plan.most * proposals;
  const { price, promptTokens, replyTokens, search } = plan;
  const searches = search?.most ?? 0;
  const each = price === null ? 0 : nanoUp(worstCostOf(promptTokens, replyTokens, price, searches));
  const tokens = calls * (readAtMost(promptTokens, searches) + replyTokens);
  return { calls, tokens, dollars: fromNano(calls * each) };
}

function shareWithin(budget: Budget, key: 'calls' | 'tokens' | 'dollars', wanted: number): number {
  const cap = Math.min(budget[key] ?? Infinity, budget.soft[key] ?? Infinity);
  return wanted > cap ? cap / wanted : 1;
}

function capped(spending: Spending, budget: Budget): Spending {
  return {
    calls: Math.min(spending.calls, budget.calls ?? Infinity),
    tokens: Math.min(spending.tokens, budget.tokens ?? Infinity),
    dollars: Math.min(spending.dollars, budget.dollars ?? Infinity),
  };
}

function plus(a: Spending, b: Spending): Spending {
  return {
    calls: a.calls + b.calls,
    tokens: a.tokens + b.tokens,
    dollars: fromNano(nanoUp(a.dollars) + nanoUp(b.dollars)),
  };
}

function larger(a: Spending, b: Spending): Spending {
  return {
    calls: Math.max(a.calls, b.calls),
    tokens: Math.max(a.tokens, b.tokens),
    dollars: Math.max(a.dollars, b.dollars),
  };
}
