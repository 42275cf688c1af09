/** Who may propose now: operators, and operators × models × prompts as far as the budget and the models' health allow. */
import { keptDemands, withKept, type KeptDemands } from './beside.ts';
import type { Reserved } from './events.ts';
import type { Experiment, Strategy } from './experiment.ts';
import { promptWeights } from './memory/prompt-evolution.ts';
import { modelOpen } from './models/circuit.ts';
import { costOf, worstCostOf } from './models/cost.ts';
import { armsOf, type EnsembleArm } from './models/ensemble.ts';
import type { Usage } from './models/model.ts';
import { priceOf } from './models/prices.ts';
import { callsOf, left, reserve, softReached } from './models/reservation.ts';
import { canSearch } from './models/search.ts';
import { hasOwnTask, OWN_PROMPT, strategyOf, type RunState } from './state.ts';
import type { ModelsSettings } from './strategy.ts';
import type { Tools } from './tools.ts';

export interface ModelArm extends EnsembleArm {
  /** What its models may spend, and those beside it; evaluations are added where the job is issued. */
  readonly reserved: Reserved;
}

const NOTHING: Reserved = { evaluations: 0, calls: 0, tokens: 0, dollars: 0 };

/** `usable`: operators that have something to work with. */
export function armsFor(tools: Tools, strategy: Strategy, usable: readonly string[]): ModelArm[] {
  const asking = usable.filter((id) => tools.operators.get(id)?.asks);
  const open = asking.length > 0 ? reservations(tools, strategy, asking.length === usable.length) : NO_MODELS;
  const arms = armsOf({
    operators: Object.fromEntries(usable.map((id) => [id, strategy.operators[id] ?? 0])),
    asks: (id) => tools.operators.get(id)?.asks === true,
    ensemble: strategy.models.ensemble,
    prompts: asking.length > 0 && !hasOwnTask(tools.state, strategy) ? promptsOf(tools.state) : [],
    usable: (model) => open.has(model),
  });
  let beside: Reserved | null = null;
  const besideOnce = (): Reserved => (beside ??= reservedBeside(tools, strategy, strategy.attempts));
  return arms.map((arm) => ({
    ...arm,
    reserved: arm.model === null ? besideOnce() : (open.get(arm.model) ?? NOTHING),
  }));
}

/** What may be spent on the vectors of so many texts and on the judge of the score, by a job that asks nobody else. */
export function reservedBeside(tools: Tools, strategy: Strategy, texts: number): Reserved {
  const kept = keptDemands(tools.state, strategy, texts);
  if (kept === null) return NOTHING;
  const made = reserve({ evaluations: { most: 0, least: 0 }, calls: [kept.score, kept.embed] }, roomOf(tools.state));
  return made.type === 'reserved' ? withKept(made.reserved, made.calls[1], made.calls[0]) : NOTHING;
}

const NO_MODELS: ReadonlyMap<string, Reserved> = new Map();

/** Models of the ensemble that may be asked now, likeliest first. */
export function usableModels(tools: Tools, strategy: Strategy): string[] {
  const { ensemble } = strategy.models;
  const open = reservations(tools, strategy, false);
  return [...open.keys()].sort((a, b) => (ensemble[b] ?? 0) - (ensemble[a] ?? 0) || (a < b ? -1 : 1));
}

/** Worst case of so many calls of a side job; null where it may not be spent. */
export function affordable(tools: Tools, model: string, calls: number, settings: ModelsSettings): Reserved | null {
  const { state } = tools;
  const { budget } = state.experiment as Experiment;
  if (!tools.models || softReached(budget, state.spent, state.held)) return null;
  const { promptTokens, replyTokens, prices } = settings;
  const price = priceOf(model, prices);
  const demand = { model, price, promptTokens, replyTokens, most: calls, least: calls };
  const made = reserve({ evaluations: { most: 0, least: 0 }, calls: [demand] }, roomOf(state));
  return made.type === 'reserved' ? made.reserved : null;
}

/** What a proposal of this model may spend that may search; null where it can't, or where that is no longer affordable. */
export function reservedSearching(tools: Tools, strategy: Strategy, model: string): Reserved | null {
  const { search, prices } = strategy.models;
  if (search.share <= 0 || !canSearch(priceOf(model, prices))) return null;
  return reservations(tools, strategy, false, { model, searches: search.most }).get(model) ?? null;
}

function reservations(
  tools: Tools,
  strategy: Strategy,
  alone: boolean,
  searching: { readonly model: string; readonly searches: number } | null = null,
): ReadonlyMap<string, Reserved> {
  const { state } = tools;
  const { budget } = state.experiment as Experiment;
  const { ensemble, prices } = strategy.models;
  const all = searching === null ? Object.keys(ensemble) : [searching.model];
  const names = all.filter((name) => (ensemble[name] ?? 0) > 0);
  if (!tools.models || names.length === 0 || softReached(budget, state.spent, state.held)) return NO_MODELS;
  const judgeName = strategy.novelty.vectors === 'none' ? null : strategy.novelty.judge;
  const judge = judgeName === null ? null : { name: judgeName, price: priceOf(judgeName, prices) };
  const room = roomOf(state);
  const open = new Map<string, Reserved>();
  const { attempts, refinements } = strategy.models;
  const kept: KeptDemands | null = keptDemands(state, strategy, attempts + refinements);
  for (const name of names) {
    const health = state.health.get(name);
    if (!modelOpen(health, state.consumed, health ? flying(state, name) : 0, alone && state.inFlight.size === 0))
      continue;
    const model = { name, price: priceOf(name, prices) };
    const own = callsOf('program', strategy.models, model, judge, searching?.searches);
    // Of what is left beside the first call the score comes first, then more tries, then vectors, which can be made here as well.
    const calls = kept === null ? own : [kept.score, ...own, kept.embed];
    const made = reserve({ evaluations: { most: 0, least: 0 }, calls }, room);
    if (made.type !== 'reserved') continue;
    open.set(name, kept === null ? made.reserved : withKept(made.reserved, made.calls.at(-1), made.calls[0]));
  }
  return open;
}

function roomOf(state: RunState): Reserved {
  const { budget } = state.experiment as Experiment;
  return left(
    budget,
    { ...state.spent, evaluations: state.evaluations },
    { ...state.held, evaluations: state.reserved },
  );
}

function flying(state: RunState, model: string): number {
  let count = 0;
  for (const { issued } of state.inFlight.values()) if (issued.model === model) count++;
  return count;
}

function promptsOf({ prompts }: RunState): { id: string | null; weight: number }[] {
  const alive = prompts.filter((prompt) => prompt.alive).map(({ record }) => record);
  const weights = promptWeights(alive);
  return alive.map(({ id }, i) => ({ id: id === OWN_PROMPT ? null : id, weight: weights[i] as number }));
}

/** Whether programs that failed could be mended, so that a seed that fails need not end the run. */
export function canMend(tools: Tools): boolean {
  return tools.state.islands.some((_, i) => canMendOn(tools, i));
}

export function canMendOn(tools: Tools, i: number): boolean {
  const island = tools.state.islands[i];
  if (!island?.alive || island.failures.length === 0) return false;
  const strategy = strategyOf(tools.state, i);
  const mends = Object.keys(strategy.operators).filter(
    (id) => (strategy.operators[id] ?? 0) > 0 && tools.operators.get(id)?.mends,
  );
  return mends.length > 0 && armsFor(tools, strategy, mends).length > 0;
}

/** Whether any island has an operator that needs no model, or a model that may be asked: if none has, nothing can be proposed now. */
export function canPropose(tools: Tools): boolean {
  return tools.state.islands.some(({ alive }, i) => {
    if (!alive) return false;
    const strategy = strategyOf(tools.state, i);
    const operators = Object.keys(strategy.operators).filter((id) => (strategy.operators[id] ?? 0) > 0);
    return operators.some((id) => !tools.operators.get(id)?.asks) || reservations(tools, strategy, true).size > 0;
  });
}

/** Which cap keeps models from being asked, in a run whose operators all ask; null where none does. */
export function whyNoModel(tools: Tools): 'calls' | 'tokens' | 'dollars' | null {
  const { state } = tools;
  const { strategy, budget } = state.experiment as Experiment;
  const soft = softReached(budget, state.spent, state.held);
  if (soft) return soft;
  const { ensemble, prices } = strategy.models;
  const room = roomOf(state);
  for (const name of Object.keys(ensemble)) {
    const calls = callsOf('program', strategy.models, { name, price: priceOf(name, prices) }, null);
    const made = reserve({ evaluations: { most: 0, least: 0 }, calls }, room);
    if (made.type === 'refused' && made.short !== null && made.short !== 'evaluations') return made.short;
  }
  return null;
}

/** What a call cost by the job's prices or the built-in table; null where nobody knows. */
export function dollarsOf(model: string, usage: Usage, prices: ModelsSettings['prices']): number | null {
  const price = priceOf(model, prices);
  return price && costOf(usage, price);
}

/** Most a call may cost; 0 where nobody knows the price, which a cap in dollars does not allow in the first place. */
export function worstDollars(
  model: string,
  promptTokens: number,
  replyTokens: number,
  searches: number,
  prices: ModelsSettings['prices'],
): number {
  const price = priceOf(model, prices);
  return price ? worstCostOf(promptTokens, replyTokens, price, searches) : 0;
}
