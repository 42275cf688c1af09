/** Draws a checked picture into a rectangle, keeping its proportions. Pure but for the context it is given. */
import type { Ink, Picture } from '../../state/picture.ts';
import { rampColour } from '../colours.ts';
import type { Palette } from '../colours.ts';

export function drawPicture(
  context: CanvasRenderingContext2D,
  picture: Picture,
  width: number,
  height: number,
  palette: Palette,
): void {
  const [x0, y0, w, h] = picture.view;
  const scale = Math.min(width / w, height / h);
  const left = (width - w * scale) / 2 - x0 * scale;
  const top = (height - h * scale) / 2 - y0 * scale;
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const shape of picture.shapes) {
    const stroke = colourOf(shape.ink ?? 'line', palette);
    context.lineWidth = shape.ink === 'faint' ? 1 : 1.5;
    context.strokeStyle = stroke;
    // Faint lines may cross filled shapes: a thin veil of ink is seen on either ground.
    context.globalAlpha = shape.ink === 'faint' ? 0.3 : 1;
    switch (shape.type) {
      case 'circle':
        context.beginPath();
        context.arc(left + shape.x * scale, top + shape.y * scale, shape.r * scale, 0, 2 * Math.PI);
        fillAndStroke(context, shape.fill, shape.ink, palette);
        break;
      case 'rect':
        context.beginPath();
        context.rect(left + shape.x * scale, top + shape.y * scale, shape.width * scale, shape.height * scale);
        fillAndStroke(context, shape.fill, shape.ink, palette);
        break;
      case 'path': {
        context.beginPath();
        shape.points.forEach(([x, y], i) => {
          if (i === 0) context.moveTo(left + x * scale, top + y * scale);
          else context.lineTo(left + x * scale, top + y * scale);
        });
        if (shape.closed) context.closePath();
        context.stroke();
        break;
      }
      case 'text':
        context.fillStyle = colourOf(shape.ink ?? 'text', palette);
        context.font = `${Math.max(9, shape.size * scale)}px ${palette.font}`;
        context.fillText(shape.text, left + shape.x * scale, top + shape.y * scale);
        break;
      default:
        shape satisfies never;
    }
  }
  context.globalAlpha = 1;
}

function fillAndStroke(
  context: CanvasRenderingContext2D,
  fill: number | undefined,
  ink: Ink | undefined,
  palette: Palette,
): void {
  if (fill !== undefined) {
    context.fillStyle = rampColour(palette.ramp, fill);
    context.fill();
    if (ink === undefined) return;
    context.lineWidth = 1;
  }
  context.stroke();
}

function colourOf(ink: Ink, palette: Palette): string {
  switch (ink) {
    case 'line':
      return palette.muted;
    case 'accent':
      return palette.accent;
    case 'good':
      return palette.good;
    case 'bad':
      return palette.bad;
    case 'faint':
    case 'text':
      return palette.ink;
    default:
      return palette.series[Number(ink.slice(-1))] ?? palette.muted;
  }
}
