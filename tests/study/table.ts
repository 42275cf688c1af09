/** The study's outcomes as a table for people: medians over seeds, each seed's value, baseline and best known beside them. */
import { median } from '../bench/figure.ts';
import type { Outcome, Where } from './offline.ts';

export function markdown(outcomes: readonly Outcome[], seconds: readonly number[]): string {
  const lines = [
    `| example | where | ${seconds.map((mark) => `${mark} s`).join(' | ')} | unseen | baseline (unseen) | best known |`,
    `| --- | --- | ${seconds.map(() => '---').join(' | ')} | --- | --- | --- |`,
  ];
  for (const group of grouped(outcomes)) {
    const [first] = group;
    if (first === undefined) continue;
    const { goal } = first.experiment;
    const show = (value: number | null | undefined) =>
      value === null || value === undefined || Number.isNaN(value) ? '–' : value.toFixed(goal.digits + 1);
    const cells = seconds.map((_, i) => {
      const values = group.flatMap(({ reached }) => reached[i]?.value ?? []);
      return values.length === 0 ? '–' : `**${show(median(values))}** (${values.map(show).join(', ')})`;
    });
    const unseen = group.flatMap(({ reached }) => reached.at(-1)?.unseen ?? []);
    const baselines = goal.baselines.map(
      ({ name, value, unseen }) => `${name} ${show(value)}${unseen === null ? '' : ` (${show(unseen)})`}`,
    );
    lines.push(
      `| ${first.trial.example}, ${goal.label.toLowerCase()}, ${goal.better} is better | ${first.trial.where} | ` +
        `${cells.join(' | ')} | ${unseen.length === 0 ? '–' : show(median(unseen))} | ${baselines.join('; ') || '–'} | ` +
        `${goal.best === null ? '–' : show(goal.best.value)} |`,
    );
  }
  return lines.join('\n');
}

function grouped(outcomes: readonly Outcome[]): Outcome[][] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key: `${string}/${Where}` = `${outcome.trial.example}/${outcome.trial.where}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return [...groups.values()];
}
