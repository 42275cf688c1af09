/** Scores by instance in a few lines: the weakest, and where a program wins and loses against another. */
import { inline } from './clean.ts';
import { difference, figure } from './metrics.ts';
import type { Reference } from './metrics.ts';
import type { Evaluation } from '../program.ts';

const FEW = 3;

/** null where there are fewer than two instances: the fitness says it all. */
export function describeScores(evaluation: Evaluation, other: Reference | null): string | null {
  const names = Object.keys(evaluation.scores);
  if (names.length < 2) return null;
  const score = (name: string): number => evaluation.scores[name] as number;
  const weakest = [...names].sort((a, b) => score(a) - score(b) || (a < b ? -1 : 1)).slice(0, FEW);
  const lines = [
    `- weakest of ${names.length} instances (higher is better): ${weakest.map((name) => `${label(name)} ${figure(score(name))}`).join(', ')}`,
  ];
  if (other === null) return lines.join('\n');
  const both = names
    .map((name) => ({ name, mine: score(name), theirs: other.evaluation.scores[name] }))
    .filter((pair): pair is { name: string; mine: number; theirs: number } => typeof pair.theirs === 'number');
  if (both.length === 0) return lines.join('\n');
  const wins = both.filter(({ mine, theirs }) => mine > theirs);
  const losses = both.filter(({ mine, theirs }) => mine < theirs);
  lines.push(
    `- against ${other.name}: better on ${wins.length}, worse on ${losses.length}, equal on ${both.length - wins.length - losses.length}`,
  );
  if (wins.length > 0) lines.push(`- most better on: ${widest(wins)}`);
  if (losses.length > 0) lines.push(`- most worse on: ${widest(losses)}`);
  return lines.join('\n');
}

function widest(pairs: readonly { name: string; mine: number; theirs: number }[]): string {
  return [...pairs]
    .sort((a, b) => Math.abs(b.mine - b.theirs) - Math.abs(a.mine - a.theirs) || (a.name < b.name ? -1 : 1))
    .slice(0, FEW)
    .map(({ name, mine, theirs }) => {
      return `${label(name)} ${figure(mine, [theirs])} (${difference(mine, theirs)} ${mine > theirs ? 'more' : 'less'})`;
    })
    .join(', ');
}

function label(name: string): string {
  return inline(name, 40);
}
