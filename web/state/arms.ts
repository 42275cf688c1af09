/** What operators, models and selection strategies have earned, as rows of a table. */
import type { ArmState } from '../engine/bandits/bandit.ts';
import { parseArm } from '../engine/models/ensemble.ts';
import type { RunState } from '../engine/state.ts';
import { armWords } from './why.ts';

export interface ArmRow {
  readonly key: string;
  /** For its colour; empty for a selection strategy. */
  readonly operator: string;
  readonly words: string;
  readonly pulls: number;
  /** Mean reward of late, 0–1; null before the first result. */
  readonly reward: number | null;
  readonly accepted: number;
  readonly bests: number;
}

/** Those that were tried most first. Arms of an operator that asks models stand for it: the operator's own row is left out. */
export function armRows({ arms }: RunState): ArmRow[] {
  const asking = new Set(
    [...arms.keys()].map(parseArm).flatMap(({ operator, model }) => (model === null ? [] : [operator])),
  );
  return [...arms]
    .filter(([name, arm]) => arm.submitted > 0 || arm.pulls > 0 || !asking.has(name))
    .map(([name, arm]) => rowOf(name, parseArm(name).operator, armWords(name), arm))
    .sort(byPulls);
}

export function strategyRows({ strategies }: RunState): ArmRow[] {
  return [...strategies].map(([name, arm]) => rowOf(name, '', name, arm)).sort(byPulls);
}

function rowOf(key: string, operator: string, words: string, arm: ArmState): ArmRow {
  const { pulls, accepted, bests } = arm;
  return { key, operator, words, pulls, accepted, bests, reward: arm.weight > 0 ? arm.reward / arm.weight : null };
}

function byPulls(a: ArmRow, b: ArmRow): number {
  return b.pulls - a.pulls || (a.key < b.key ? -1 : 1);
}
