/** CVT-MAP-Elites (Vassiliades et al. 2018): `size` cells of about one volume, however many axes there are. */
import type { ArchiveSettings } from '../../strategy.ts';
import type { Archive } from '../archive-contract.ts';
import { Cells } from './cells.ts';
import { centroidsOf, nearestCentroid } from './centroids.ts';
import { createElitesArchive } from './elites.ts';

export function createCvtArchive(settings: Extract<ArchiveSettings, { type: 'cvt' }>): Archive {
  const { axes, size, samples } = settings;
  const centroids = centroidsOf(size, axes.length, samples);
  const cells = new Cells(axes, (place) => String(nearestCentroid(centroids, place)));
  return createElitesArchive(`cvt(${size} of ${axes.length}d)`, cells, size, size);
}
