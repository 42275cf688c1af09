/** Figures for a model: with the digits that tell them apart, and as distances to the best and to the parent. */
import { inline } from './clean.ts';
import type { Goal } from '../experiment.ts';
import type { Evaluation } from '../program.ts';

/** A program that figures are compared with, under the name the prompt has for it. */
export interface Reference {
  /** e.g. `the best` or `the current program`. */
  readonly name: string;
  readonly evaluation: Evaluation;
}

/** Metrics shown of one program; the others are counted. */
export const MOST_METRICS = 24;

const USUAL_DIGITS = 6;

/** Part of the smallest difference that rounding may hide. */
const ROUNDING = 1 / 20;

/**
 * The number with at least six significant digits where it has them, and with as many more, up to 17, as it takes to see how it
 * and those it is compared with differ from each other.
 */
export function figure(value: number, others: readonly number[] = []): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : value < 0 ? '-Infinity' : 'not a number';
  const group = [value, ...others.filter((other) => Number.isFinite(other))].sort((a, b) => a - b);
  let gap = Infinity;
  for (let i = 1; i < group.length; i++) {
    const between = (group[i] as number) - (group[i - 1] as number);
    if (between > 0) gap = Math.min(gap, between);
  }
  let digits = USUAL_DIGITS;
  const hides = (x: number): boolean => Math.abs(Number(x.toPrecision(digits)) - x) > gap * ROUNDING;
  while (digits < 17 && group.some(hides)) digits++;
  return String(Number(value.toPrecision(digits)));
}

/** Size of a difference, three significant digits. */
export function difference(value: number, other: number): string {
  return String(Number(Math.abs(value - other).toPrecision(3)));
}

/** Lines of a list: fitness, then the metric people know, then the others. Hidden figures are not read. */
export function describeMetrics(evaluation: Evaluation, goal: Goal, references: readonly Reference[]): string {
  const lines: string[] = [];
  if (!evaluation.correct) lines.push('- not correct: the evaluator does not accept what it gives');
  if (evaluation.fitness === null) lines.push('- no fitness');
  else {
    const others = references.map(({ name, evaluation: other }) => ({ name, value: other.fitness }));
    lines.push(line('fitness (higher is better)', evaluation.fitness, others, '', 'higher'));
  }
  const keys = Object.keys(evaluation.metrics);
  const shown = [...keys.filter((key) => key === goal.metric), ...keys.filter((key) => key !== goal.metric)];
  for (const key of shown.slice(0, MOST_METRICS)) {
    const value = evaluation.metrics[key] as number;
    const others = references.map(({ name, evaluation: other }) => ({ name, value: other.metrics[key] ?? null }));
    const main = key === goal.metric;
    const label = main ? `${inline(goal.label || key, 60)} (${goal.better} is better)` : inline(key, 60);
    lines.push(line(label, value, others, main ? inline(goal.unit, 20) : '', main ? goal.better : null));
  }
  if (shown.length > MOST_METRICS) lines.push(`- ${shown.length - MOST_METRICS} more metrics are not shown`);
  return lines.join('\n');
}

interface Other {
  readonly name: string;
  readonly value: number | null;
}

function line(
  label: string,
  value: number,
  others: readonly Other[],
  unit: string,
  better: 'higher' | 'lower' | null,
): string {
  const known = others.filter((other): other is { name: string; value: number } => typeof other.value === 'number');
  const measure = unit === '' ? '' : ` ${unit}`;
  const group = [value, ...known.map((other) => other.value)];
  const own = figure(value, group);
  const words = known.map(({ name, value: other }) => {
    if (other === value) return `equal to ${name}`;
    return `${difference(value, other)} ${direction(value, other, better)} ${name} (${figure(other, group)})`;
  });
  return `- ${label}: ${own}${measure}${words.length > 0 ? `; ${words.join(', ')}` : ''}`;
}

function direction(value: number, other: number, better: 'higher' | 'lower' | null): string {
  if (better === null) return value > other ? 'above' : 'below';
  return value > other === (better === 'higher') ? 'better than' : 'worse than';
}
