/** The goal's figure: what people know the problem by, as against raw fitness. */
import type { Experiment, Goal } from '../engine/experiment.ts';
import type { Program } from '../engine/program.ts';

/** The goal's metric of a scored program; null for what has no trustworthy score. */
export function measureOf(goal: Goal, program: Program | null | undefined): number | null {
  const evaluation = program?.evaluation;
  if (!evaluation?.correct) return null;
  const value = evaluation.metrics[goal.metric] ?? evaluation.fitness;
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The held-out figure in the same unit; null where the goal has none or the evaluator gave none. */
export function unseenOf(goal: Goal, program: Program | null | undefined): number | null {
  if (goal.unseen === null) return null;
  const value = program?.evaluation?.hidden[goal.unseen];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

export function isBetter(goal: Goal, a: number, b: number): boolean {
  return goal.better === 'higher' ? a > b : a < b;
}

/** Distance to the best known value; negative when it is beaten. null where nothing is known. */
export function gapOf(goal: Goal, value: number): number | null {
  if (goal.best === null) return null;
  return goal.better === 'higher' ? goal.best.value - value : value - goal.best.value;
}

/** The figure with the goal's decimals, without unit; a real minus sign. */
export function formatFigure(goal: Goal, value: number): string {
  return plain(value, goal.digits);
}

/** Figure and unit. */
export function formatMeasure(goal: Goal, value: number): string {
  return goal.unit === '' ? plain(value, goal.digits) : `${plain(value, goal.digits)}${unitOf(goal)}`;
}

/** The unit with the space that belongs before it. */
export function unitOf(goal: Goal): string {
  if (goal.unit === '') return '';
  return goal.unit === '%' ? '\u202f%' : ` ${goal.unit}`;
}

/** A small difference to two significant digits, never "0.0000". */
export function formatGap(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-9) return value < 0 ? '−< 1e-9' : '< 1e-9';
  const digits = Math.max(0, Math.min(10, 1 - Math.floor(Math.log10(size))));
  return plain(value, digits);
}

export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** US dollars with the digits that small sums need: `$0.0042`, `$1.35`. */
export function formatDollars(value: number): string {
  if (value === 0) return '$0';
  return value < 0.000_05 ? '< $0.0001' : `$${value.toFixed(value < 1 ? 4 : 2)}`;
}

/** Run time for people: "0.4 s", "12 s", "3 min 05 s". */
export function formatTime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** The named baseline with the strongest held-out figure, if any names one. */
export function unseenBaseline(goal: Goal): { readonly name: string; readonly value: number } | null {
  let found: { name: string; value: number } | null = null;
  for (const baseline of goal.baselines) {
    if (baseline.unseen === null) continue;
    if (found === null || isBetter(goal, baseline.unseen, found.value))
      found = { name: baseline.name, value: baseline.unseen };
  }
  return found;
}

/** Says so where a program looks good in training only; null where there is nothing to warn of. */
export function unseenWarning(experiment: Experiment, program: Program | null | undefined): string | null {
  const goal = experiment.goal;
  const unseen = unseenOf(goal, program);
  const baseline = unseenBaseline(goal);
  if (unseen === null || baseline === null || !isBetter(goal, baseline.value, unseen)) return null;
  return `On unseen instances this program scores ${formatMeasure(goal, unseen)}, worse than ${baseline.name} (${formatMeasure(goal, baseline.value)}): it fits the training instances only.`;
}

function plain(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.startsWith('-') ? (Number(text) === 0 ? text.slice(1) : `−${text.slice(1)}`) : text;
}
