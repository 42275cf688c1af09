/** On how much a program beats another, by what their evaluations tell apart. */
import type { Evaluation } from '../program.ts';

export interface Scored {
  readonly fitness: number;
  readonly evaluation: Evaluation | null;
}

/**
 * On how many instances a program beats `parent`; where the parent has no instances, on how many metrics. Nobody says which way a
 * metric is good, so it is taken to be good in the direction that goes with fitness among `members` (best first): by the signs of its
 * differences between the better and the worse half. A metric that goes neither way, and a figure that one of both lacks, count for nothing.
 */
export function winsOver(parent: Scored, members: readonly Scored[]): (program: Scored) => number {
  const scores = parent.evaluation?.scores ?? {};
  const instances = Object.keys(scores);
  if (instances.length > 0) {
    const own = instances.map((name) => scores[name] as number);
    return ({ evaluation }) => {
      const theirs = evaluation?.scores;
      if (!theirs) return 0;
      let won = 0;
      for (let k = 0; k < own.length; k++) {
        const value = theirs[instances[k] as string];
        if (value !== undefined && value > (own[k] as number)) won++;
      }
      return won;
    };
  }
  const metrics = parent.evaluation?.metrics ?? {};
  const directed = Object.keys(metrics)
    .map((name) => ({ name, own: metrics[name] as number, direction: directionOf(name, members) }))
    .filter(({ direction }) => direction !== 0);
  return ({ evaluation }) => {
    let won = 0;
    for (const { name, own, direction } of directed) {
      const value = evaluation?.metrics[name];
      if (value !== undefined && (direction > 0 ? value > own : value < own)) won++;
    }
    return won;
  };
}

function directionOf(name: string, members: readonly Scored[]): number {
  let sum = 0;
  for (let better = 0, worse = members.length - 1; better < worse; better++, worse--) {
    const [a, b] = [members[better] as Scored, members[worse] as Scored];
    if (!(a.fitness > b.fitness)) break;
    const [x, y] = [a.evaluation?.metrics[name], b.evaluation?.metrics[name]];
    if (x === undefined || y === undefined) continue;
    if (x > y) sum++;
    else if (x < y) sum--;
  }
  return sum;
}
