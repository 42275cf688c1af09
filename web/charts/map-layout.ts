/** Where places of the map of programs go on a canvas: one scale for both axes, for distances between places mean something. */
import type { Box } from '../state/program-map.svelte.ts';

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  /** Pixels of the middle of the box, and how many a unit is. */
  readonly middle: readonly [number, number];
  readonly unit: number;
  readonly at: (x: number, y: number) => readonly [number, number];
  /** What lies at a pixel. */
  readonly invert: (px: number, py: number) => readonly [number, number];
  /** Radius of a dot, px. */
  readonly dot: number;
  /** Changes when all dots must be drawn anew. */
  readonly key: string;
}

const MARGIN = { left: 20, right: 20, top: 20, bottom: 34 };

/** A closer look: so many times larger, with that in the middle. */
export interface Closer {
  readonly zoom: number;
  readonly middle: readonly [number, number];
}

/** `places` is how many dots there are: the more, the smaller. */
export function mapLayout(
  box: Box,
  places: number,
  width: number,
  height: number,
  closer: Closer | null = null,
): MapLayout {
  const known = box.right >= box.left;
  const wide = known ? box.right - box.left : 0;
  const high = known ? box.high - box.low : 0;
  const [cx, cy] = closer?.middle ?? (known ? [(box.left + box.right) / 2, (box.low + box.high) / 2] : [0, 0]);
  const roomAcross = Math.max(20, width - MARGIN.left - MARGIN.right);
  const roomUp = Math.max(20, height - MARGIN.top - MARGIN.bottom);
  const unit = Math.min(wide > 0 ? roomAcross / wide : Infinity, high > 0 ? roomUp / high : Infinity);
  const scale = (Number.isFinite(unit) ? unit : 1) * (closer?.zoom ?? 1);
  const middle = [MARGIN.left + roomAcross / 2, MARGIN.top + roomUp / 2] as const;
  const dot = places < 400 ? 4.5 : places < 3000 ? 3.5 : 2.5;
  return {
    width,
    height,
    middle,
    unit: scale,
    at: (x, y) => [middle[0] + (x - cx) * scale, middle[1] - (y - cy) * scale],
    invert: (px, py) => [cx + (px - middle[0]) / scale, cy - (py - middle[1]) / scale],
    dot,
    key: [width, height, cx, cy, scale, dot].join(' '),
  };
}

/** The place nearest to a point among those within `reach` pixels that `isShown`, or −1; of equal ones the last, which is on top. */
export function nearestPlace(
  places: { readonly length: number; readonly x: ArrayLike<number>; readonly y: ArrayLike<number> },
  isShown: (place: number) => boolean,
  layout: MapLayout,
  [px, py]: readonly [number, number],
  reach: number,
): number {
  let found = -1;
  let distance = reach * reach;
  for (let place = 0; place < places.length; place++) {
    const [x, y] = layout.at(places.x[place] as number, places.y[place] as number);
    const square = (x - px) ** 2 + (y - py) ** 2;
    if (square > distance || !isShown(place)) continue;
    distance = square;
    found = place;
  }
  return found;
}
