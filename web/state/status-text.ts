/** The run's state in words, for the live region: the same sentence is seen and heard. */
import type { FinishReason } from '../engine/events.ts';
import type { Goal } from '../engine/experiment.ts';
import type { Activity } from '../worker/protocol.ts';
import { formatCount, formatMeasure } from './measure.ts';

export interface StatusFacts {
  readonly activity: Activity;
  readonly goal: Goal | null;
  readonly best: number | null;
  readonly evaluations: number;
  readonly finished: FinishReason | null;
  readonly message: string;
}

export function statusText(facts: StatusFacts): string {
  const state = stateWords(facts);
  const evaluations = `${formatCount(facts.evaluations)} evaluation${facts.evaluations === 1 ? '' : 's'}`;
  if (facts.goal === null) return `${state}. No result yet after ${evaluations}.`;
  if (facts.best === null) return `${state}. No correct program yet after ${evaluations}.`;
  return `${state}. Best ${facts.goal.label.toLowerCase()} ${formatMeasure(facts.goal, facts.best)} after ${evaluations}.`;
}

function stateWords(facts: StatusFacts): string {
  switch (facts.activity) {
    case 'idle':
      return 'Ready';
    case 'starting':
      return 'Starting';
    case 'running':
      return 'Running';
    case 'paused':
      return 'Paused';
    case 'failed':
      return `Stopped by an error${facts.message === '' ? '' : `: ${facts.message.replace(/\.$/, '')}`}`;
    case 'finished':
      return finishWords(facts.finished);
    default:
      return facts.activity satisfies never;
  }
}

function finishWords(reason: FinishReason | null): string {
  switch (reason) {
    case 'evaluations':
      return 'Finished: the budget of evaluations is spent';
    case 'time':
      return 'Finished: the time is spent';
    case 'work':
      return 'Finished: the computing time is spent';
    case 'calls':
      return 'Finished: the budget of model calls is spent';
    case 'tokens':
      return 'Finished: the budget of tokens is spent';
    case 'dollars':
      return 'Finished: the budget of dollars is spent';
    case 'target':
      return 'Finished: the target is reached';
    case 'patience':
      return 'Finished: nothing better came for as long as it was given';
    case 'stopped':
      return 'Stopped';
    case 'seed-failed':
      return 'Stopped: the seed program does not run';
    case 'nothing-to-do':
      return 'Finished: nothing new was found to try';
    case null:
      return 'Finished';
    default:
      return reason satisfies never;
  }
}
