/** A picture comes from hostile code: it is checked here once, before anything draws it. */
import { PICTURE_LIMITS } from '../engine/picture.ts';
import type { Ink, Picture, Shape } from '../engine/picture.ts';
import type { Json, Program } from '../engine/program.ts';

export type { Ink, Picture, Shape } from '../engine/picture.ts';

const INKS = /^(line|faint|accent|good|bad|text|series-[0-7])$/;

const known = new WeakMap<object, Picture | null>();

/** The checked picture of a program, or null. Remembered per evaluation. */
export function pictureOf(program: Program | null | undefined): Picture | null {
  const artifacts = program?.evaluation?.artifacts;
  if (!artifacts) return null;
  let found = known.get(artifacts);
  if (found === undefined) {
    found = parsePicture(artifacts['picture']);
    known.set(artifacts, found);
  }
  return found;
}

/** The picture if it keeps the shape and the limits; null otherwise. Shapes beyond the limits are dropped. */
export function parsePicture(value: unknown): Picture | null {
  if (!isRecord(value)) return null;
  const view = value['view'];
  if (!Array.isArray(view) || view.length !== 4 || !view.every(isNumber)) return null;
  const [x, y, width, height] = view as [number, number, number, number];
  if (!(width > 0) || !(height > 0)) return null;
  const list = value['shapes'];
  if (!Array.isArray(list)) return null;
  const shapes: Shape[] = [];
  let points = 0;
  for (const item of list.slice(0, PICTURE_LIMITS.shapes)) {
    const shape = parseShape(item as Json);
    if (shape === null) continue;
    if (shape.type === 'path') points += shape.points.length;
    if (points > PICTURE_LIMITS.points) break;
    shapes.push(shape);
  }
  const summary = typeof value['summary'] === 'string' ? value['summary'].slice(0, PICTURE_LIMITS.text) : '';
  return { view: [x, y, width, height], shapes, summary };
}

function parseShape(value: unknown): Shape | null {
  if (!isRecord(value)) return null;
  const style: { ink?: Ink; fill?: number } = {};
  const { ink, fill } = value;
  if (typeof ink === 'string' && INKS.test(ink)) style.ink = ink as Ink;
  if (isNumber(fill)) style.fill = Math.min(1, Math.max(0, fill));
  const { type, x, y } = value;
  switch (type) {
    case 'circle': {
      const r = value['r'];
      return isNumber(x) && isNumber(y) && isNumber(r) && r >= 0 ? { type, x, y, r, ...style } : null;
    }
    case 'rect': {
      const { width, height } = value;
      if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height) || width < 0 || height < 0) return null;
      return { type, x, y, width, height, ...style };
    }
    case 'path': {
      const points = value['points'];
      if (!Array.isArray(points) || points.length > PICTURE_LIMITS.points) return null;
      if (!points.every((point) => Array.isArray(point) && isNumber(point[0]) && isNumber(point[1]))) return null;
      const { ink: line } = style;
      return {
        type,
        points: points as [number, number][],
        closed: value['closed'] === true,
        ...(line === undefined ? {} : { ink: line }),
      };
    }
    case 'text': {
      const { text, size } = value;
      if (!isNumber(x) || !isNumber(y) || !isNumber(size) || typeof text !== 'string') return null;
      const { ink: line } = style;
      return {
        type,
        x,
        y,
        size,
        text: text.slice(0, PICTURE_LIMITS.text),
        ...(line === undefined ? {} : { ink: line }),
      };
    }
    default:
      return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
