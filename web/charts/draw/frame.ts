/** The moving layer of the run chart: axes, reference lines, the step line of the best, and what is pointed at. */
import type { Goal } from '../../engine/experiment.ts';
import type { Series } from '../../state/series.ts';
import { formatCount } from '../../state/measure.ts';
import type { Palette } from '../colours.ts';
import { heightOf } from '../layout.ts';
import type { ChartLayout } from '../layout.ts';
import { drawRing } from './ring.ts';

export interface Marked {
  /** Rows, or −1. */
  readonly selected: number;
  readonly pointed: number;
}

export function drawFrame(
  context: CanvasRenderingContext2D,
  series: Series,
  goal: Goal,
  layout: ChartLayout,
  marked: Marked,
  palette: Palette,
): void {
  drawAxes(context, goal, layout, palette);
  drawReferences(context, goal, layout, palette);
  drawBestLine(context, series, goal, layout, palette);
  if (marked.selected >= 0) ring(context, series, goal, layout, marked.selected, palette.ink, 5.5, palette);
  if (marked.pointed >= 0) ring(context, series, goal, layout, marked.pointed, palette.accent, 5.5, palette);
}

function drawAxes(context: CanvasRenderingContext2D, goal: Goal, layout: ChartLayout, palette: Palette): void {
  const { x, y, left, right, top, bottom } = layout;
  context.font = `12px ${palette.font}`;
  context.lineWidth = 1;
  context.strokeStyle = palette.line;
  context.fillStyle = palette.muted;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const across = y.ticks(Math.max(3, Math.round((bottom - top) / 56)));
  const label = layout.options.upward === 'gap' ? decade : decimals(across, goal);
  let lastY = Infinity;
  for (const tick of across) {
    const py = Math.round(y.at(tick)) + 0.5;
    if (Math.abs(py - lastY) < 16) continue;
    lastY = py;
    context.beginPath();
    context.moveTo(left, py);
    context.lineTo(right, py);
    context.stroke();
    context.fillText(label(tick), left - 8, py);
  }
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  const time = layout.options.across === 'time';
  const foot = layout.strip[1] + 17;
  for (const tick of x.ticks(Math.max(2, Math.min(8, Math.round((right - left) / 110))))) {
    const text = time ? seconds(tick) : formatCount(tick);
    const px = x.at(tick);
    if (px + 20 > right) context.textAlign = 'right';
    context.fillText(text, Math.min(px, right), foot);
    context.textAlign = 'center';
  }
}

function drawReferences(context: CanvasRenderingContext2D, goal: Goal, layout: ChartLayout, palette: Palette): void {
  if (goal.best === null || layout.options.upward === 'gap') return;
  const py = Math.round(layout.y.at(goal.best.value)) + 0.5;
  context.strokeStyle = palette.muted;
  context.setLineDash([2, 4]);
  context.beginPath();
  context.moveTo(layout.left, py);
  context.lineTo(layout.right, py);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = palette.muted;
  context.textAlign = 'right';
  context.textBaseline = 'bottom';
  context.fillText('best known', layout.right - 2, py - 2);
  context.textBaseline = 'alphabetic';
}

function drawBestLine(
  context: CanvasRenderingContext2D,
  series: Series,
  goal: Goal,
  layout: ChartLayout,
  palette: Palette,
): void {
  if (series.bests.length === 0) return;
  const xs = layout.options.across === 'time' ? series.time : series.at;
  const end = series.length - 1;
  context.beginPath();
  let py = 0;
  series.bests.forEach((row, i) => {
    const px = layout.x.at(xs[row] as number);
    const next = layout.y.at(heightOf(goal, layout.options.upward, series.value[row] as number));
    if (i === 0) context.moveTo(px, next);
    else {
      context.lineTo(px, py);
      context.lineTo(px, next);
    }
    py = next;
  });
  const px = layout.x.at(xs[end] as number);
  context.lineTo(px, py);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.lineJoin = 'round';
  context.stroke();
  context.fillStyle = palette.accent;
  context.beginPath();
  context.arc(px, py, 3.5, 0, 2 * Math.PI);
  context.fill();
}

function ring(
  context: CanvasRenderingContext2D,
  series: Series,
  goal: Goal,
  layout: ChartLayout,
  row: number,
  colour: string,
  r: number,
  palette: Palette,
): void {
  const xs = layout.options.across === 'time' ? series.time : series.at;
  const value = series.value[row] as number;
  const px = layout.x.at(xs[row] as number);
  const py = Number.isNaN(value)
    ? (layout.strip[0] + layout.strip[1]) / 2
    : layout.y.at(heightOf(goal, layout.options.upward, value));
  drawRing(context, [px, py], r, colour, palette);
}

function decade(value: number): string {
  const power = Math.round(Math.log10(value));
  return power >= -4 ? String(Number(value.toPrecision(1))) : `1e${power}`.replace('-', '−');
}

function decimals(values: readonly number[], goal: Goal): (value: number) => string {
  const step = values.length > 1 ? Math.abs((values[1] as number) - (values[0] as number)) : 1;
  const digits = Math.min(goal.digits + 2, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return (value) => value.toFixed(digits).replace('-', '−');
}

function seconds(milliseconds: number): string {
  const s = milliseconds / 1000;
  return s < 120 ? `${Number(s.toFixed(1))} s` : `${Number((s / 60).toFixed(1))} min`;
}
