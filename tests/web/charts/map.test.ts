import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Palette } from '../../../web/charts/colours.ts';
import { Occupancy } from '../../../web/charts/draw/dots.ts';
import { clipToFrame, drawMapFrame, drawMapGround, drawPlaces, type DotLook } from '../../../web/charts/draw/map.ts';
import { mapLayout, nearestPlace } from '../../../web/charts/map-layout.ts';

const box = { left: -2, right: 2, low: -1, high: 1 };
const palette: Palette = {
  ...{ paper: 'paper', ink: 'ink', muted: 'muted', line: 'line', accent: 'accent', good: 'good', bad: 'bad' },
  ...{ series: ['s0', 's1'], ramp: [], font: 'sans' },
};

class Arcs {
  readonly all: (readonly [number, number, number])[] = [];
  moveTo(): void {}
  arc(x: number, y: number, r: number): void {
    this.all.push([x, y, r]);
  }
}

type Call = readonly [string, ...unknown[]];

/** A context that writes down what is called, and with which colour it fills and strokes. */
function recording(): { readonly context: CanvasRenderingContext2D; readonly calls: Call[] } {
  const calls: Call[] = [];
  const own: Record<string | symbol, unknown> = {};
  const context = new Proxy(own, {
    get: (target, name) =>
      target[name] ??
      ((...values: unknown[]) => {
        const with_ = name === 'fill' ? [target['fillStyle']] : name === 'stroke' ? [target['strokeStyle']] : [];
        calls.push([String(name), ...with_, ...values]);
      }),
    set: (target, name, value) => {
      target[name] = value;
      return true;
    },
  });
  return { context: context as unknown as CanvasRenderingContext2D, calls };
}

beforeEach(() => vi.stubGlobal('Path2D', Arcs));
afterEach(() => vi.unstubAllGlobals());

describe('layout of the map', () => {
  it('has one scale for both axes, upward up, and all of the box inside', () => {
    for (const [width, height] of [
      [800, 400],
      [350, 320],
      [200, 900],
    ] as const) {
      const layout = mapLayout(box, 10, width, height);
      const [x0, y0] = layout.at(-2, -1);
      const [x1, y1] = layout.at(2, 1);
      expect((x1 - x0) / 4).toBeCloseTo((y0 - y1) / 2);
      expect(Math.min(x0, y1)).toBeGreaterThanOrEqual(0);
      expect(x1).toBeLessThanOrEqual(width);
      expect(y0).toBeLessThanOrEqual(height - 24);
      const [x, y] = layout.invert(...layout.at(0.5, -0.25));
      expect([x, y].map((each) => each.toFixed(6))).toEqual(['0.500000', '-0.250000']);
    }
  });

  it('puts one place, and none, in the middle', () => {
    const empty = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
    for (const one of [empty, { left: 0, right: 0, low: 0, high: 0 }]) {
      const [x, y] = mapLayout(one, 1, 400, 400).at(0, 0);
      expect(x).toBe(200);
      expect(Math.abs(y - 200)).toBeLessThan(10);
    }
  });

  it('looks closer at what it is told, and holds its key while nothing has to move', () => {
    const all = mapLayout(box, 10, 800, 400);
    const near = mapLayout(box, 10, 800, 400, { zoom: 4, middle: [1, 0.5] });
    expect(near.at(1, 0.5)).toEqual(all.at(0, 0));
    expect(near.unit).toBe(4 * all.unit);
    expect(mapLayout(box, 11, 800, 400).key).toBe(all.key);
    expect(near.key).not.toBe(all.key);
    expect(mapLayout({ ...box, right: 3 }, 10, 800, 400).key).not.toBe(all.key);
    expect(mapLayout(box, 9_000, 800, 400).dot).toBeLessThan(all.dot);
  });

  it('finds the nearest place that is shown, of equal ones the one on top', () => {
    const layout = mapLayout(box, 4, 800, 400);
    const places = { length: 4, x: [0, 0, 1, 0.01], y: [0, 0, 0, 0] };
    const near = (x: number, isShown: (place: number) => boolean = () => true): number =>
      nearestPlace(places, isShown, layout, layout.at(x, 0), 16);
    expect([near(0), near(1), near(0.5)]).toEqual([1, 2, -1]);
    expect(near(0, (place) => place !== 1)).toBe(0);
    expect(near(0, (place) => place > 1)).toBe(3);
  });
});

describe('drawing of the map', () => {
  const points = [
    [10, 10],
    [10, 10],
    [50, 50],
    [90, 90],
    [500, 10],
  ] as const;
  const looks: readonly (DotLook | null)[] = [
    { colour: 1, hollow: false },
    { colour: 1, hollow: false },
    { colour: 0, hollow: false },
    { colour: 0, hollow: true },
    { colour: 0, hollow: false },
  ];

  function draw(look: (place: number) => DotLook | null, taken = fresh()): Call[] {
    const { context, calls } = recording();
    const at = (place: number) => points[place] as readonly [number, number];
    drawPlaces(context, at, look, ['c0', 'c1'], { width: 100, height: 100, dot: 4 }, taken, [0, 5], palette);
    return calls;
  }

  function fresh(): { full: Occupancy; hollow: Occupancy } {
    const taken = { full: new Occupancy(), hollow: new Occupancy() };
    taken.full.reset(100, 100);
    taken.hollow.reset(100, 100);
    return taken;
  }

  const arcs = ([, , path]: Call): Arcs['all'] => (path as Arcs).all;

  it('fills what has a score, better ones on top, and rings what has none; what lies outside is left out', () => {
    const calls = draw((place) => looks[place] ?? null);
    expect(calls.map(([name, style]) => [name, style])).toEqual([
      ['stroke', 'c0'],
      ['fill', 'c0'],
      ['stroke', 'ink'],
      ['fill', 'c1'],
      ['stroke', 'ink'],
    ]);
    expect(arcs(calls[0] as Call)).toEqual([[90, 90, 3]]);
    expect(arcs(calls[1] as Call)).toEqual([[50, 50, 4]]);
    // Two of one look on one spot.
    expect(arcs(calls[3] as Call)).toEqual([[10, 10, 4]]);
  });

  it('draws nothing twice, and nothing that is not shown', () => {
    const taken = fresh();
    draw((place) => looks[place] ?? null, taken);
    expect(draw((place) => looks[place] ?? null, taken)).toEqual([]);
    expect(draw(() => null)).toEqual([]);
  });

  it('marks seed, way, groups, the selected and the best', () => {
    const { context, calls } = recording();
    const layout = mapLayout(box, 5, 400, 300);
    const marks = {
      ...{ across: '40 % of the differences', upward: '' },
      groups: [{ name: 'B', at: [30, 30] as const, colour: 's1' }],
      path: [
        [10, 10],
        [20, 20],
        [30, 5],
      ] as const,
      ...{ selected: [30, 5] as const, best: [50, 50] as const, pointed: null },
    };
    clipToFrame(context, layout);
    drawMapGround(context, layout, marks, palette);
    drawMapFrame(context, layout, marks, palette);
    const of = (name: string): Call[] => calls.filter((call) => call[0] === name);
    expect(of('clip')).toHaveLength(1);
    expect(of('fillText').map(([, text]) => text)).toEqual(['40 % of the differences →', 'B']);
    expect(of('lineTo').slice(0, 2)).toEqual([
      ['lineTo', 20, 20],
      ['lineTo', 30, 5],
    ]);
    const rings = of('arc').map(([, x, y]) => [x, y]);
    expect(rings).toEqual([
      [30, 30],
      [50, 50],
      [30, 5],
    ]);
    const strokes = of('stroke').map(([, style]) => style);
    expect(strokes.at(-1)).toBe('ink');
    expect(strokes).toContain('accent');
  });

  it('marks nothing where there is nothing', () => {
    const { context, calls } = recording();
    const marks = {
      across: '',
      upward: '',
      groups: [],
      path: [[1, 1]] as const,
      selected: null,
      best: null,
      pointed: null,
    };
    drawMapFrame(context, mapLayout(box, 0, 400, 300), marks, palette);
    expect(calls).toEqual([]);
  });
});
