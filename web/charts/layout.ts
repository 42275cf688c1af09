/** Where things go in the run chart: scales for what the series holds and the room there is. */
import type { Goal } from '../engine/experiment.ts';
import { linear, logarithmic, roomFor } from './scales.ts';
import type { Scale } from './scales.ts';
import type { Series } from '../state/series.ts';

export type Across = 'evaluations' | 'time';
export type Upward = 'value' | 'gap';

export interface ChartOptions {
  readonly across: Across;
  readonly upward: Upward;
}

export interface ChartLayout {
  readonly width: number;
  readonly height: number;
  readonly options: ChartOptions;
  readonly x: Scale;
  readonly y: Scale;
  /** Pixels of the plot and, below it, of the strip for programs without a score. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly strip: readonly [number, number];
  /** Changes when settled dots must be drawn anew. */
  readonly key: string;
}

const MARGIN = { left: 56, right: 14, top: 14, bottom: 52 };

export function chartLayout(
  series: Series,
  goal: Goal,
  width: number,
  height: number,
  options: ChartOptions,
): ChartLayout {
  const left = MARGIN.left;
  const right = Math.max(left + 20, width - MARGIN.right);
  const top = MARGIN.top;
  const bottom = Math.max(top + 20, height - MARGIN.bottom);
  const last = series.length - 1;
  const reached = last < 0 ? 0 : ((options.across === 'time' ? series.time : series.at)[last] ?? 0);
  const x = linear([0, roomFor(reached, options.across === 'time' ? 5000 : 500)], [left, right]);
  const gap = options.upward === 'gap' && goal.best !== null;
  const y = gap ? gapScale(series, goal, top, bottom) : valueScale(series, goal, top, bottom);
  const key = [width, height, options.across, options.upward, x.domain[1], y.domain[0], y.domain[1]].join(' ');
  return {
    width,
    height,
    options: { ...options, upward: gap ? 'gap' : 'value' },
    x,
    y,
    left,
    right,
    top,
    bottom,
    strip: [bottom + 5, bottom + 13],
    key,
  };
}

/** What is plotted upward for a value of the goal's metric. */
export function heightOf(goal: Goal, upward: Upward, value: number): number {
  if (upward === 'value' || goal.best === null) return value;
  return goal.better === 'higher' ? goal.best.value - value : value - goal.best.value;
}

/** From the seed to what is known to be possible; better is always up. */
function valueScale(series: Series, goal: Goal, top: number, bottom: number): Scale {
  const [worst, best] = bestLineEnds(series);
  const marks = [worst, best, goal.best?.value ?? NaN].filter((value) => !Number.isNaN(value));
  if (marks.length === 0) return linear(goal.better === 'higher' ? [0, 1] : [1, 0], [bottom, top]);
  let low = Math.min(...marks);
  let high = Math.max(...marks);
  const pad = (high - low || Math.abs(high) || 1) * 0.06;
  low -= pad;
  high += pad;
  return goal.better === 'higher' ? linear([low, high], [bottom, top]) : linear([high, low], [bottom, top]);
}

/** Whole decades, so that the picture holds still while the gap closes. */
function gapScale(series: Series, goal: Goal, top: number, bottom: number): Scale {
  const [worst, best] = bestLineEnds(series);
  const widest = heightOf(goal, 'gap', worst);
  const narrowest = heightOf(goal, 'gap', best);
  const high = Number.isFinite(widest) && widest > 0 ? widest * 1.15 : 1;
  const floor = narrowest > 0 ? narrowest : high * 1e-6;
  const low = Math.min(high / 10, 10 ** Math.floor(Math.log10(Number.isFinite(floor) ? floor : high / 10)));
  return logarithmic([high, low], [bottom, top]);
}

function bestLineEnds(series: Series): [number, number] {
  const first = series.bests[0];
  const last = series.bests[series.bests.length - 1];
  return [
    first === undefined ? NaN : (series.value[first] ?? NaN),
    last === undefined ? NaN : (series.value[last] ?? NaN),
  ];
}

/** The row nearest to a point among those within `reach` pixels, or −1. */
export function nearest(
  series: Series,
  goal: Goal,
  layout: ChartLayout,
  px: number,
  py: number,
  reach: number,
): number {
  const xs = layout.options.across === 'time' ? series.time : series.at;
  const stripY = (layout.strip[0] + layout.strip[1]) / 2;
  let found = -1;
  let distance = reach * reach;
  for (let row = 0; row < series.length; row++) {
    const dx = layout.x.at(xs[row] as number) - px;
    if (dx > reach || dx < -reach) continue;
    const value = series.value[row] as number;
    const y = Number.isNaN(value) ? stripY : layout.y.at(heightOf(goal, layout.options.upward, value));
    const dy = y - py;
    const square = dx * dx + dy * dy;
    if (square < distance) {
      distance = square;
      found = row;
    }
  }
  return found;
}
