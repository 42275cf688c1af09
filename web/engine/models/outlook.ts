/** What a run that asks models is likely to cost and can cost at most, and whether its prompts fit them: said before it starts. */
import type { Experiment, Strategy } from '../experiment.ts';
import { EMBED_PROMPT_TOKENS, MOST_EMBEDS } from '../novelty/remote.ts';
import { FITS, planContexts, type ContextPlan } from '../prompts/context-plan.ts';
import { estimateRun, proposalCalls, type CallPlan, type Estimate } from './estimate.ts';
import type { Purpose } from './model.ts';
import { MODEL_OPERATORS } from './named.ts';
import { priceOf } from './prices.ts';
import { BYTES_PER_TOKEN } from './tokens.ts';

export interface Outlook {
  readonly estimate: Estimate;
  /** One a model that proposes. */
  readonly contexts: readonly ContextPlan[];
}

/** Conversations go on beyond their first call so often, where they may: replies that don't fit, texts that are there already. */
const AGAIN = 0.4;
/** Programs that are found correct, and so judged. */
const CORRECT = 0.7;
/** Candidates so alike that a judge of novelty is asked. */
const ALIKE = 0.1;
/** Reply of a judge, of a look back, of a new prompt, tokens. */
const SHORT_REPLY = 200;
const LONG_REPLY = 800;

/** `windows`: model → tokens it takes in all; one that is not in it counts as unknown. */
export function outlookOf(experiment: Experiment, windows: Readonly<Record<string, number>>): Outlook {
  const { strategy, budget, files } = experiment;
  const { models, operators } = strategy;
  const contexts = planContexts(experiment, windows);
  const all = Object.values(operators).reduce((sum, share) => sum + share, 0);
  const asking = MODEL_OPERATORS.reduce((sum, name) => sum + (operators[name] ?? 0), 0) / Math.max(all, 1e-9);
  const seed = Object.values(files).reduce((sum, text) => sum + text.length, 0) / BYTES_PER_TOKEN;
  const typical = Math.max(0, ...contexts.map((plan) => plan.typical));
  const prompt = Math.min(models.promptTokens, Math.max(0, typical - models.replyTokens));
  const calls = proposalCalls({
    ...{ asking, ensemble: models.ensemble, price: (model) => priceOf(model, models.prices) },
    ...{ attempts: models.attempts, refinements: models.refinements, again: AGAIN },
    ...{ prompt, reply: Math.min(models.replyTokens, SHORT_REPLY + seed / 2) },
    ...{ promptTokens: models.promptTokens, replyTokens: models.replyTokens },
    search: models.search,
  });
  const evaluations = evaluationsOf(strategy, all);
  return {
    estimate: estimateRun({ budget, evaluations, calls: [...calls, ...beside(strategy, asking, prompt)] }),
    contexts,
  };
}

/** Evaluations a proposal takes on the average. */
function evaluationsOf({ operators, tune, brood, evaluation }: Strategy, all: number): number {
  const searches: Readonly<Record<string, number>> = {
    tune: tune.evaluations,
    brood: brood.size + 1,
    recreate: brood.size + 1,
  };
  const each = (name: string): number => searches[name] ?? Math.max(1, evaluation.repeats);
  if (all <= 0) return 1;
  return Object.entries(operators).reduce((sum, [name, share]) => sum + (share / all) * each(name), 0);
}

/** Calls that propose nothing. */
function beside(strategy: Strategy, asking: number, prompt: number): CallPlan[] {
  const { models, memory, prompts, novelty, evaluation } = strategy;
  const first = Object.keys(models.ensemble).find((name) => (models.ensemble[name] ?? 0) > 0) ?? null;
  const plans: CallPlan[] = [];
  const plan = (purpose: Purpose, model: string | null, likely: number, most: number, reply: number): void => {
    if (model === null || likely <= 0) return;
    const vectors = purpose === 'embed';
    plans.push({
      ...{ purpose, model, price: priceOf(model, models.prices), likely, most },
      ...{ prompt: vectors ? prompt / 2 : prompt, reply: Math.min(models.replyTokens, reply) },
      promptTokens: vectors ? EMBED_PROMPT_TOKENS : models.promptTokens,
      replyTokens: vectors ? 0 : models.replyTokens,
    });
  };
  if (first !== null && memory.every > 0) plan('memory', memory.model ?? first, asking / memory.every, 1, LONG_REPLY);
  if (first !== null && prompts.evolveEvery > 0)
    plan('prompt', memory.model ?? first, asking / prompts.evolveEvery, 1, LONG_REPLY);
  if (novelty.vectors !== 'none') plan('judge', novelty.judge, ALIKE * asking, models.attempts, SHORT_REPLY);
  if (novelty.vectors === 'remote') plan('embed', novelty.model, 1, MOST_EMBEDS, 0);
  plan('score', evaluation.judge?.model ?? null, CORRECT, models.attempts, SHORT_REPLY);
  return plans;
}

/** Sentences for people: what it is likely to cost and at most, then what of long prompts is left out. Formats are the shell's. */
export function outlookWords(
  { estimate, contexts }: Outlook,
  { count, dollars }: { readonly count: (value: number) => string; readonly dollars: (value: number) => string },
): string[] {
  const { likely, worst, asking, proposals, unpriced } = estimate;
  const sum = ({ calls, dollars: paid }: { readonly calls: number; readonly dollars: number }): string => {
    const whole = Math.ceil(calls);
    const money = unpriced.length > 0 ? ' and an unknown sum' : worst.dollars > 0 ? ` and ${dollars(paid)}` : '';
    return `${count(whole)} call${whole === 1 ? '' : 's'}${money}`;
  };
  const open = proposals === null ? ' in the first 1,000 proposals' : '';
  const lasts =
    asking < 1
      ? ` The budget is likely to last for ${Math.max(1, Math.round(100 * asking))} % of ${open === '' ? 'the run' : 'these'}; the rest goes on without models.`
      : '';
  return [
    `Likely ${sum(likely)}${open}, at most ${sum(worst)}.${lasts}`,
    ...contexts.flatMap(({ model, advice }) =>
      advice.filter((line) => line !== FITS).map((line) => `${model}: ${line}`),
    ),
  ];
}
