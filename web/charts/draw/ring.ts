import type { Palette } from '../colours.ts';

/** Around a dot, with an edge of the paper's colour so that it is seen among others. */
export function drawRing(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number],
  r: number,
  colour: string,
  palette: Palette,
): void {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.strokeStyle = palette.paper;
  context.lineWidth = 4;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
}
