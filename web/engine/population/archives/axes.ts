/** Behaviour axes: where a program lies on each, from 0 to 1, under the ranges of this moment. */
import { log } from '../../arithmetic.ts';
import type { Axis } from '../../strategy.ts';
import type { ArchiveView, Member } from '../archive-contract.ts';
import { axisValue, fraction, isRanged } from './values.ts';

/** Ends of each axis now. `log` ends are logarithms. */
export type Ends = readonly (readonly [number, number])[];

export function missingFeature(axes: readonly Axis[], member: Member): string | null {
  return axes.find(({ feature }) => axisValue(member, feature) === null)?.feature ?? null;
}

/**
 * The newcomer is counted in, for it is looked at before the island has seen it. An adaptive axis keeps an end that is given; the range of a
 * measure that the engine takes itself is that of the members.
 */
export function endsOf(axes: readonly Axis[], view: ArchiveView, newcomer: Member): Ends {
  return axes.map(({ feature, scale, least, most }): readonly [number, number] => {
    if (scale === 'log') return [log(least ?? 1), log(most ?? 1)];
    if (scale === 'fixed') return [least ?? 0, most ?? 1];
    const ranged = isRanged(newcomer, feature);
    let [low, high] = (ranged && view.ranges.get(feature)) || [Infinity, -Infinity];
    for (const member of ranged ? [newcomer] : [newcomer, ...view.members]) {
      const value = axisValue(member, feature);
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return [least ?? low, most ?? high];
  });
}

/** One number an axis, 0–1; null where the program lacks a feature. */
export function placeOn(axes: readonly Axis[], ends: Ends, member: Member): number[] | null {
  const place: number[] = [];
  for (let i = 0; i < axes.length; i++) {
    const { feature, scale } = axes[i] as Axis;
    const value = axisValue(member, feature);
    if (value === null) return null;
    const [least, most] = ends[i] as readonly [number, number];
    place.push(fraction(scale !== 'log' ? value : value > 0 ? log(value) : -Infinity, least, most));
  }
  return place;
}
