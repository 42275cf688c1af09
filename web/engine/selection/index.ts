/** The selections by the settings that name them. */
import type { SelectionSettings, SimpleSelection } from '../strategy.ts';
import { annealing } from './annealing.ts';
import { beam } from './beam.ts';
import { bestOfN } from './best-of-n.ts';
import { cells } from './cells.ts';
import { clusters } from './clusters.ts';
import { pareto } from './pareto.ts';
import { powerLaw } from './power-law.ts';
import { rankRoulette } from './rank-roulette.ts';
import type { ParentSelection } from './selection.ts';
import { tournament } from './tournament.ts';
import { tree } from './tree.ts';
import { uct } from './uct.ts';
import { uniform } from './uniform.ts';
import { weighted } from './weighted.ts';

export { selectParent, type Candidate, type ParentSelection, type SelectionView } from './selection.ts';

export function createSelection(settings: SimpleSelection): ParentSelection {
  switch (settings.type) {
    case 'power-law':
      return powerLaw(settings.alpha);
    case 'weighted':
      return weighted(settings.lambda);
    case 'tournament':
      return tournament(settings.size);
    case 'uniform':
      return uniform();
    case 'rank-roulette':
      return rankRoulette();
    case 'beam':
      return beam(settings.width);
    case 'hill-climb':
      return beam(1);
    case 'best-of-n':
      return bestOfN();
    case 'pareto':
      return pareto(settings.front, settings.objectives);
    case 'cells':
      return cells(settings.by);
    case 'clusters':
      return clusters(settings.temperature, settings.period);
    case 'uct':
      return uct(settings.exploration);
    case 'tree':
      return tree(settings.exploration, settings.value);
    case 'annealing':
      return annealing();
    default:
      return settings satisfies never;
  }
}

/** A few words for the log, e.g. `tournament(4)`. */
export function selectionName(settings: SimpleSelection): string {
  const { type, ...rest } = settings;
  const values = Object.values(rest).map((value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, weight]) => `${key} ${String(weight)}`)
          .join(' ')
      : String(value),
  );
  return values.length === 0 ? type : `${type}(${values.join(', ')})`;
}

export interface NamedStrategy {
  readonly name: string;
  readonly settings: SimpleSelection;
}

/** The strategies a bandit chooses among: those of a mix, else the one there is. Names are unique. */
export function strategiesOf(settings: SelectionSettings): readonly NamedStrategy[] {
  if (settings.type !== 'mix') return [{ name: selectionName(settings), settings }];
  const seen = new Map<string, number>();
  return settings.of.map((each) => {
    const name = selectionName(each);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { name: count === 1 ? name : `${name} #${count}`, settings: each };
  });
}
