/** The control study as tables for people. */
import type { Goal } from '../../web/engine/experiment.ts';
import { ALL, type Comparison, type Goals, type Summary } from './comparison.ts';
import type { Interval } from './statistics.ts';

export function summaryTable(summaries: readonly Summary[], goals: Goals): string {
  return table(
    ['example', 'figure', 'arm', 'median', '95 % interval', 'runs'],
    summaries.map(({ example, arm, figure, median, interval, values }) => {
      const goal = goals.get(example);
      const show = shownIn(goal);
      const direction = goal ? ` (${goal.better} is better)` : '';
      const name = figure === 'training' ? `${goal?.metric ?? ''}${direction}` : 'unseen';
      return [example, name, arm, `**${show(median)}**`, range(interval, show), values.map(show).join(' ')];
    }),
  );
}

export function comparisonTable(comparisons: readonly Comparison[], goals: Goals): string {
  return table(
    ['example', 'figure', 'against', 'evolution ahead by', '95 % interval', 'better / worse / equal', 'p', 'p (Holm)'],
    comparisons.map(({ example, arm, figure, ahead, median, interval, wins, losses, p, adjusted }) => {
      const show = example === ALL ? (value: number): string => value.toFixed(2) : shownIn(goals.get(example));
      const counts = `${wins} / ${losses} / ${ahead.length - wins - losses}`;
      return [example, figure, arm, show(median), range(interval, show), counts, chance(p), chance(adjusted)];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function shownIn(goal: Goal | undefined): (value: number) => string {
  return (value) => value.toFixed(Math.min(4, goal?.digits ?? 3));
}

function range({ low, high }: Interval, show: (value: number) => string): string {
  return `${show(low)} … ${show(high)}`;
}

function chance(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
