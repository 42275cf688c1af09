/** The settled layer of the run chart: one dot a program, by operator; those without a score on a strip below. */
import type { Goal } from '../../engine/experiment.ts';
import { operatorSeries } from '../colours.ts';
import type { Palette } from '../colours.ts';
import { heightOf } from '../layout.ts';
import type { ChartLayout } from '../layout.ts';
import type { Series } from '../../state/series.ts';

const DOT = 3;

/** Remembers which cells of the picture are taken, so that thousands of dots on one spot are drawn once. */
export class Occupancy {
  #cells = new Uint8Array(0);
  #columns = 0;

  reset(width: number, height: number): void {
    this.#columns = Math.ceil(width / 2) + 1;
    this.#cells = new Uint8Array(this.#columns * (Math.ceil(height / 2) + 1));
  }

  /** True the first time a mark of this kind comes to the place. */
  take(x: number, y: number, kind: number): boolean {
    const cell = (y >> 1) * this.#columns + (x >> 1);
    const bit = 1 << (kind & 7);
    const taken = this.#cells[cell] ?? 0;
    if (taken & bit) return false;
    this.#cells[cell] = taken | bit;
    return true;
  }
}

/** Draws rows `[from, to)` over what is there. */
export function drawDots(
  context: CanvasRenderingContext2D,
  series: Series,
  goal: Goal,
  layout: ChartLayout,
  occupancy: Occupancy,
  from: number,
  to: number,
  palette: Palette,
): void {
  const xs = layout.options.across === 'time' ? series.time : series.at;
  const kinds = series.operators.map((name) => operatorSeries(name));
  const paths = new Map<number, Path2D>();
  const failed = new Path2D();
  let anyFailed = false;
  for (let row = from; row < to; row++) {
    const x = Math.round(layout.x.at(xs[row] as number));
    const value = series.value[row] as number;
    if (Number.isNaN(value)) {
      if (!occupancy.take(x, layout.strip[0], 6)) continue;
      failed.rect(x - 0.5, layout.strip[0], 1, layout.strip[1] - layout.strip[0]);
      anyFailed = true;
      continue;
    }
    const y = Math.round(layout.y.at(heightOf(goal, layout.options.upward, value)));
    const kind = kinds[series.operator[row] as number] ?? 7;
    if (!occupancy.take(x, y, kind)) continue;
    let path = paths.get(kind);
    if (!path) paths.set(kind, (path = new Path2D()));
    path.rect(x - DOT / 2, y - DOT / 2, DOT, DOT);
  }
  context.globalAlpha = 0.55;
  for (const [kind, path] of paths) {
    context.fillStyle = palette.series[kind] ?? palette.muted;
    context.fill(path);
  }
  if (anyFailed) {
    context.globalAlpha = 0.8;
    context.fillStyle = palette.bad;
    context.fill(failed);
  }
  context.globalAlpha = 1;
}
