import type { Strategy } from '../experiment.ts';
import { powerLaw } from './power-law.ts';
import type { ParentSelection } from './selection.ts';
import { tournament } from './tournament.ts';
import { uniform } from './uniform.ts';
import { weighted } from './weighted.ts';

export { selectParent, type Candidate, type ParentSelection } from './selection.ts';

export function createSelection(settings: Strategy['selection']): ParentSelection {
  switch (settings.type) {
    case 'power-law':
      return powerLaw(settings.alpha);
    case 'weighted':
      return weighted(settings.lambda);
    case 'tournament':
      return tournament(settings.size);
    case 'uniform':
      return uniform();
    default:
      return settings satisfies never;
  }
}

export function strategiesOf(settings: any): readonly { name: string; settings: any }[] {
  return settings.type === 'mix' ? settings.of.map((each: any) => ({ name: each.type, settings: each })) : [{ name: settings.type, settings }];
}
