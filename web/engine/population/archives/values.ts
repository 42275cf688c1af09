/** What settings may call by name: measures of a program's text, figures of its evaluation. */
import type { Criteria } from '../../strategy.ts';
import type { Member } from '../archive-contract.ts';

/** Value of a criterion: a measure of the engine, else a metric; null where the program has none that is finite. */
export function criterionValue(member: Member, name: string): number | null {
  return measured(member, name) ?? finite(member.evaluation.metrics, name);
}

/** Value on a behaviour axis: a feature, else a measure of the engine, else a metric; null where there is none that is finite. */
export function axisValue(member: Member, name: string): number | null {
  return finite(member.evaluation.features, name) ?? measured(member, name) ?? finite(member.evaluation.metrics, name);
}

/** Whether the island keeps the range of this value (`ArchiveView.ranges`), or it has to be taken from the members. */
export function isRanged(member: Member, name: string): boolean {
  return finite(member.evaluation.features, name) !== null || measured(member, name) === null;
}

export function finite(values: Readonly<Record<string, number>>, name: string): number | null {
  const value = values[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function measured(member: Member, name: string): number | null {
  switch (name) {
    case 'fitness':
    case 'length':
    case 'lines':
    case 'complexity':
    case 'nesting':
      return member[name];
    case 'fuel':
      return member.evaluation.fuel;
    default:
      return null;
  }
}

/** Criteria that count, sorted by name: sums of fractions must not depend on how settings were written. */
export function weighed(criteria: Criteria): readonly (readonly [string, number])[] {
  return Object.entries(criteria)
    .filter(([, weight]) => weight !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Where `value` lies between the ends, 0–1; 0.5 where they meet. Halved first, for differences of huge values overflow. */
export function fraction(value: number, least: number, most: number): number {
  if (!(most > least)) return 0.5;
  const wide = most - least;
  const part = wide === Infinity ? (value / 2 - least / 2) / (most / 2 - least / 2) : (value - least) / wide;
  return Math.max(0, Math.min(1, part));
}
