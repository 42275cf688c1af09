import type { Criteria, Front } from '../strategy.ts';
import type { Candidate, ParentSelection } from './selection.ts';

/**
 * GEPA's selection (arXiv 2507.19457): on every front stand the programs that attain its best value; a program is dropped where each of
 * its fronts holds another that is left, from the lowest fitness up, until nothing changes; the rest are drawn in proportion to the
 * fronts they stand on. Fronts are instances, objectives or both. With one front only this is the best program; with none it is fitness.
 */
export function pareto(front: Front, objectives: Criteria): ParentSelection {
  return {
    from: 'archive',
    weights(candidates) {
      const fronts = frontsOf(candidates, front, objectives);
      const standing = candidates.map((): number[] => []);
      fronts.forEach((members, key) => members.forEach((i) => (standing[i] as number[]).push(key)));
      const left = fronts.map((members) => members.length);
      const dropped = standing.map((keys) => keys.length === 0);
      // Candidates come best first: the worst is looked at first. A drop never makes another possible that was passed over.
      for (let i = candidates.length - 1; i >= 0; i--) {
        if (dropped[i] || !(standing[i] as number[]).every((key) => (left[key] as number) > 1)) continue;
        dropped[i] = true;
        for (const key of standing[i] as number[]) left[key] = (left[key] as number) - 1;
      }
      return standing.map((keys, i) => (dropped[i] ? 0 : keys.length));
    },
  };
}

/** Places of those who attain each front's best value. */
function frontsOf(candidates: readonly Candidate[], front: Front, objectives: Criteria): number[][] {
  const fronts: number[][] = [];
  const add = (value: (candidate: Candidate) => number): void => {
    const values = candidates.map(value);
    const best = values.reduce((most, each) => Math.max(most, each), -Infinity);
    if (best === -Infinity) return;
    fronts.push(values.flatMap((each, i) => (each === best ? [i] : [])));
  };
  if (front !== 'objectives') {
    const names = new Set<string>();
    for (const { evaluation } of candidates) for (const name in evaluation?.scores) names.add(name);
    for (const name of [...names].sort()) add(({ evaluation }) => finite(evaluation?.scores[name]));
  }
  if (front !== 'instances') {
    for (const name of Object.keys(objectives).sort()) {
      const sign = Math.sign(objectives[name] as number);
      if (sign !== 0) add((candidate) => signed(sign, criterion(candidate, name)));
    }
  }
  if (fronts.length === 0) add(({ fitness }) => fitness);
  return fronts;
}

function criterion(candidate: Candidate, name: string): number {
  switch (name) {
    case 'fitness':
    case 'length':
    case 'lines':
    case 'complexity':
    case 'nesting':
      return candidate[name] ?? NaN;
    case 'fuel':
      return candidate.evaluation?.fuel ?? NaN;
    default:
      return candidate.evaluation?.metrics[name] ?? NaN;
  }
}

function signed(sign: number, value: number): number {
  return Number.isFinite(value) ? sign * value : -Infinity;
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : -Infinity;
}
