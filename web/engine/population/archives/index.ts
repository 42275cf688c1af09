/** Every archive there is. */
import type { ArchiveSettings } from '../../strategy.ts';
import type { Archive } from '../archive-contract.ts';
import { createCrowdingArchive } from './crowding.ts';
import { createCvtArchive } from './cvt.ts';
import { createFitnessArchive } from './fitness.ts';
import { createGridArchive } from './grid.ts';
import { createParetoArchive } from './pareto.ts';
import { createThresholdArchive } from './threshold.ts';

export function createArchive(settings: ArchiveSettings): Archive {
  switch (settings.type) {
    case 'fitness':
      return createFitnessArchive(settings);
    case 'crowding':
      return createCrowdingArchive(settings);
    case 'grid':
      return createGridArchive(settings);
    case 'cvt':
      return createCvtArchive(settings);
    case 'threshold':
      return createThresholdArchive(settings);
    case 'pareto':
      return createParetoArchive(settings);
    default:
      return settings satisfies never;
  }
}
