/** What a run that asks models has to tell beside its status: that it waits, that a budget is spent, that a relay is gone. */
import type { Experiment } from '../engine/experiment.ts';
import { priceOf } from '../engine/models/prices.ts';
import { formatCount, formatDollars } from './measure.ts';
import type { Gate } from './model-gate.ts';
import { raised, restingFor, worstCall } from '../engine/models/plan.ts';
import { isFree, sumWords } from './model-words.ts';
import { MODEL_OPERATORS } from '../engine/models/named.ts';
import type { RunView } from './run-view.svelte.ts';

export type Cap = 'calls' | 'tokens' | 'dollars';

export interface SpentNews {
  readonly cap: Cap;
  readonly text: string;
  /** `Raise to $0.10`. */
  readonly action: string;
}

/** A budget for models that is spent, so that no model is asked any more; null where none is. */
export function spentNews(run: RunView): SpentNews | null {
  const { state, activity } = run;
  const { finished, experiment, spent } = state;
  if (experiment === null || activity === 'failed' || activity === 'starting') return null;
  const ended = finished === 'calls' || finished === 'tokens' || finished === 'dollars' ? finished : null;
  if (finished !== null && ended === null) return null;
  const cap = ended ?? restingFor(state);
  if (cap === null) return null;
  const next = raised(state, cap);
  const now = experiment.budget[cap] ?? experiment.budget.soft[cap];
  const then = next?.[cap] ?? next?.soft[cap] ?? null;
  if (now === null || then === null) return null;
  const what = `The budget of ${capWords(cap, now)} for models is spent`;
  const least = cap === 'dollars' ? cheapest(experiment) : null;
  const detail =
    cap === 'dollars' && least !== null && now - spent.dollars > 0
      ? `: ${formatDollars(spent.dollars)} so far, and one more call may cost up to ${formatDollars(least)}`
      : '';
  const rest = ended === null ? ' The search goes on without them.' : '';
  const text = `${ended === null ? '' : 'Finished: '}${ended === null ? what : lower(what)}${detail}.${rest}`;
  return { cap, text, action: `Raise to ${capWords(cap, then)}` };
}

export interface GateNews {
  readonly text: string;
  /** What is said where all its models are connected: names the sum. */
  readonly agree: string;
  /** Whether anything but models proposes. */
  readonly others: boolean;
  /** Whether it has a cap, or costs nothing: else a budget has to be set first. */
  readonly capped: boolean;
}

/** A run that waits for a person's word before it asks models. */
export function gateNews(gate: Gate, experiment: Experiment): GateNews {
  const { operators, models } = experiment.strategy;
  const others = Object.keys(operators).some((id) => !MODEL_OPERATORS.includes(id) && (operators[id] ?? 0) > 0);
  const free = gate.names.every((name) => {
    const price = priceOf(name, models.prices);
    return price !== null && isFree(price);
  });
  const text = `This run has models in it: ${gate.names.join(', ')}. None is asked, and nothing is spent, until you say so.`;
  const agree = gate.dollars === null || free ? 'Ask them' : `Ask them, up to ${sumWords(gate.dollars)} in all`;
  return { text, agree, others, capped: free || gate.dollars !== null };
}

/** `$0.0123 of $0.50, 2 calls under way`. */
export function lineWords(dollars: number, cap: number | null, tokens: number, underWay: number): string {
  const money =
    cap === null
      ? dollars > 0
        ? formatDollars(dollars)
        : `${formatCount(tokens)} tokens`
      : `${formatDollars(dollars)} of ${sumWords(cap)}`;
  const calls = underWay === 0 ? '' : `, ${String(underWay)} call${underWay === 1 ? '' : 's'} under way`;
  return `Models: ${money}${calls}`;
}

function cheapest({ strategy }: Experiment): number | null {
  const worst = Object.keys(strategy.models.ensemble).flatMap((name) => worstCall(strategy, name) ?? []);
  return worst.length === 0 ? null : Math.min(...worst);
}

function capWords(cap: Cap, value: number): string {
  return cap === 'dollars' ? sumWords(value) : `${formatCount(value)} ${cap}`;
}

function lower(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
