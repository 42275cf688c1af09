import { describe, expect, it } from 'vitest';
import { PICTURE_LIMITS } from '../../../web/engine/picture.ts';
import { parsePicture } from '../../../web/state/picture.ts';

const view = [0, 0, 1, 1];

describe('pictures from hostile code', () => {
  it('refuses what is no picture', () => {
    for (const value of [
      null,
      1,
      [],
      {},
      { view: [0, 0, 0, 1], shapes: [] },
      { view: [0, 0, NaN, 1], shapes: [] },
      { view },
    ]) {
      expect(parsePicture(value)).toBeNull();
    }
  });

  it('drops shapes that are wrong and keeps the rest', () => {
    const good = { type: 'circle', x: 0, y: 0, r: 1, fill: 7, ink: 'accent' };
    const bad = [
      { ...good, r: -1 },
      { ...good, x: Infinity },
      { type: 'script', text: '' },
      null,
      { type: 'path', points: [[0]] },
    ];
    const picture = parsePicture({ view, shapes: [...bad, good], summary: 'x'.repeat(1000) });
    expect(picture?.shapes).toEqual([{ ...good, fill: 1 }]);
    expect(picture?.summary).toHaveLength(PICTURE_LIMITS.text);
  });

  it('keeps the limits of shapes and points', () => {
    const shape = { type: 'rect', x: 0, y: 0, width: 1, height: 1 };
    const many = parsePicture({ view, shapes: Array.from({ length: PICTURE_LIMITS.shapes + 9 }, () => shape) });
    expect(many?.shapes).toHaveLength(PICTURE_LIMITS.shapes);
    const path = { type: 'path', points: Array.from({ length: PICTURE_LIMITS.points / 2 }, () => [0, 0]) };
    expect(parsePicture({ view, shapes: [path, path, path] })?.shapes).toHaveLength(2);
  });
});
