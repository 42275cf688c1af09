/** Calls beside the proposal of a job, whoever makes it: vectors of a service, and the judge of its score. */
import { JUDGE_TOKENS } from './evaluation/judge.ts';
import type { KeptCalls, Reserved } from './events.ts';
import type { Experiment, Strategy } from './experiment.ts';
import { modelOpen } from './models/circuit.ts';
import { priceOf } from './models/prices.ts';
import { softReached, type CallDemand } from './models/reservation.ts';
import { EMBED_PROMPT_TOKENS, MOST_EMBEDS } from './novelty/remote.ts';
import type { RunState } from './state.ts';

export interface KeptDemands {
  readonly embed: CallDemand;
  readonly score: CallDemand;
}

/** null where there is nothing to ask for, or models rest. A job makes sense without either: none of these calls has to fit. */
export function keptDemands(state: RunState, strategy: Strategy, texts: number): KeptDemands | null {
  const { novelty, evaluation, models } = strategy;
  const maker = novelty.vectors === 'remote' ? novelty.model : null;
  const judge = evaluation.judge?.model ?? null;
  if ((maker === null || texts === 0) && judge === null) return null;
  const { budget } = state.experiment as Experiment;
  if (softReached(budget, state.spent, state.held)) return null;
  const demand = (purpose: keyof KeptCalls, model: string | null, most: number): CallDemand => ({
    model: model ?? '',
    price: model === null ? null : priceOf(model, models.prices),
    promptTokens: purpose === 'embed' ? EMBED_PROMPT_TOKENS : models.promptTokens,
    replyTokens: purpose === 'embed' ? 0 : Math.min(JUDGE_TOKENS, models.replyTokens),
    most: model !== null && isOpen(state, purpose, model) ? most : 0,
    least: 0,
  });
  return {
    embed: demand('embed', maker, Math.min(texts, MOST_EMBEDS)),
    score: demand('score', judge, models.attempts),
  };
}

export function withKept(reserved: Reserved, embed = 0, score = 0): Reserved {
  return embed + score === 0 ? reserved : { ...reserved, kept: { embed, score } };
}

/** A service that fails again and again is left alone for a while, as models are. */
function isOpen(state: RunState, purpose: keyof KeptCalls, model: string): boolean {
  const health = state.health.get(model);
  if (health === undefined) return true;
  let flying = 0;
  for (const { issued } of state.inFlight.values()) if ((issued.reserved.kept?.[purpose] ?? 0) > 0) flying++;
  return modelOpen(health, state.consumed, flying);
}
