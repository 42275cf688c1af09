/** The map of programs: dots that settle on a layer of their own, and over them the axes, groups, the way from the seed and marks. */
import type { Palette } from '../colours.ts';
import type { MapLayout } from '../map-layout.ts';
import type { Occupancy } from './dots.ts';
import { drawRing } from './ring.ts';

/** A colour by its number, hollow or not; null where the place is not shown. */
export interface DotLook {
  readonly colour: number;
  readonly hollow: boolean;
}

/** Pixels of a place. */
export type At = (place: number) => readonly [number, number];

/** Draws places `[from, to)` over what is there; several of one look on one spot are drawn once. */
export function drawPlaces(
  context: CanvasRenderingContext2D,
  at: At,
  lookOf: (place: number) => DotLook | null,
  colours: readonly string[],
  { width, height, dot }: Pick<MapLayout, 'width' | 'height' | 'dot'>,
  taken: { readonly full: Occupancy; readonly hollow: Occupancy },
  [from, to]: readonly [number, number],
  palette: Palette,
): void {
  const full = new Map<number, Path2D>();
  const hollow = new Map<number, Path2D>();
  for (let place = from; place < to; place++) {
    const look = lookOf(place);
    if (look === null) continue;
    const [px, py] = at(place);
    const [x, y] = [Math.round(px), Math.round(py)];
    if (x < 0 || y < 0 || x > width || y > height) continue;
    if (!(look.hollow ? taken.hollow : taken.full).take(x, y, look.colour)) continue;
    const paths = look.hollow ? hollow : full;
    let path = paths.get(look.colour);
    if (!path) paths.set(look.colour, (path = new Path2D()));
    const radius = look.hollow ? dot - 1 : dot;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.lineWidth = 1.25;
  for (const [colour, path] of hollow) {
    context.globalAlpha = 0.7;
    context.strokeStyle = colours[colour] ?? palette.muted;
    context.stroke(path);
  }
  // From the first colour to the last: what is better lies on top.
  for (const [colour, path] of [...full].sort(([a], [b]) => a - b)) {
    context.globalAlpha = 0.85;
    context.fillStyle = colours[colour] ?? palette.muted;
    context.fill(path);
    // Light colours on light paper, dark ones on dark: the rim is seen on both.
    context.globalAlpha = dot < 3 ? 0.2 : 0.4;
    context.lineWidth = 0.75;
    context.strokeStyle = palette.ink;
    context.stroke(path);
  }
  context.globalAlpha = 1;
}

export interface MapMarks {
  /** Words for the axes; empty where there are none. */
  readonly across: string;
  readonly upward: string;
  /** Letters that stand at the middles of groups. */
  readonly groups: readonly {
    readonly name: string;
    readonly at: readonly [number, number];
    readonly colour: string;
  }[];
  /** From the seed to the selected program; gaps where one has no place are gone over. */
  readonly path: readonly (readonly [number, number])[];
  readonly selected: readonly [number, number] | null;
  readonly best: readonly [number, number] | null;
  readonly pointed: readonly [number, number] | null;
}

/** Pixels below the frame, for the words. */
const FOOT = 24;

/** What is drawn from now on stays inside the frame. */
export function clipToFrame(context: CanvasRenderingContext2D, { width, height }: MapLayout): void {
  context.beginPath();
  context.rect(1, 1, width - 2, height - FOOT - 2);
  context.clip();
}

/** What lies under the dots. */
export function drawMapGround(
  context: CanvasRenderingContext2D,
  layout: MapLayout,
  marks: Pick<MapMarks, 'across' | 'upward'>,
  palette: Palette,
): void {
  const { width, height } = layout;
  const [left, right, top, bottom] = [0.5, width - 0.5, 0.5, height - FOOT - 0.5];
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(left, top, right - left, bottom - top);
  context.fillStyle = palette.muted;
  context.font = `12px ${palette.font}`;
  context.textBaseline = 'alphabetic';
  context.textAlign = 'right';
  if (marks.across) context.fillText(`${marks.across} →`, width - 2, height - 7);
  context.textAlign = 'left';
  if (marks.upward) context.fillText(`↑ ${marks.upward}`, 2, height - 7);
}

export function drawMapFrame(
  context: CanvasRenderingContext2D,
  layout: MapLayout,
  marks: MapMarks,
  palette: Palette,
): void {
  drawPath(context, marks.path, palette);
  for (const { name, at, colour } of marks.groups) drawLetter(context, name, at, colour, palette);
  if (marks.path.length > 1) drawSeed(context, marks.path[0] as readonly [number, number], palette);
  const r = layout.dot + 3;
  if (marks.best) drawRing(context, marks.best, r + 3, palette.accent, palette);
  if (marks.selected) drawRing(context, marks.selected, r, palette.ink, palette);
  if (marks.pointed) drawRing(context, marks.pointed, r, palette.muted, palette);
}

function drawPath(context: CanvasRenderingContext2D, path: MapMarks['path'], palette: Palette): void {
  if (path.length < 2) return;
  context.beginPath();
  path.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.globalAlpha = 0.8;
  context.strokeStyle = palette.paper;
  context.lineWidth = 4;
  context.stroke();
  context.globalAlpha = 1;
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.stroke();
}

/** Where the way begins. */
function drawSeed(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], palette: Palette): void {
  context.beginPath();
  context.moveTo(x, y - 6);
  context.lineTo(x + 6, y);
  context.lineTo(x, y + 6);
  context.lineTo(x - 6, y);
  context.closePath();
  context.fillStyle = palette.paper;
  context.fill();
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.5;
  context.stroke();
}

function drawLetter(
  context: CanvasRenderingContext2D,
  name: string,
  [x, y]: readonly [number, number],
  colour: string,
  palette: Palette,
): void {
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  context.fillStyle = palette.paper;
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
  context.font = `600 13px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = palette.ink;
  context.fillText(name, x, y + 0.5);
  context.textBaseline = 'alphabetic';
}
