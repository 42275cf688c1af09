/** A grid over behaviour axes. Cells are named by their bins, `3-0-7`. */
import type { ArchiveSettings, Axis } from '../../strategy.ts';
import type { Archive } from '../archive-contract.ts';
import { Cells } from './cells.ts';
import { createElitesArchive } from './elites.ts';

export function createGridArchive(settings: Extract<ArchiveSettings, { type: 'grid' }>): Archive {
  const { axes, size } = settings;
  return createElitesArchive(`grid(${shape(axes)})`, gridCells(axes), cellCount(axes), size);
}

export function gridCells(axes: readonly Axis[]): Cells {
  return new Cells(axes, (place) =>
    place.map((at, i) => Math.min(binsOf(axes[i]) - 1, Math.floor(at * binsOf(axes[i])))).join('-'),
  );
}

export function cellCount(axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * axis.bins, 1);
}

export function shape(axes: readonly Axis[]): string {
  return axes.map(({ bins }) => bins).join('×');
}

function binsOf(axis: Axis | undefined): number {
  return axis?.bins ?? 1;
}
