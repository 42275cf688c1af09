/**
 * A picture of a solution as data, not code: an evaluator may return one as `artifacts.picture`, and the page draws it
 * itself. So a hostile evaluator can at worst draw something silly.
 */
export type Ink = 'line' | 'faint' | 'accent' | 'good' | 'bad' | 'text' | `series-${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

/** Coordinates are in the units of `view`, y grows downwards. `fill` is 0–1, a place on the fitness colour ramp. */
export type Shape =
  | {
      readonly type: 'circle';
      readonly x: number;
      readonly y: number;
      readonly r: number;
      readonly ink?: Ink;
      readonly fill?: number;
    }
  | {
      readonly type: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly ink?: Ink;
      readonly fill?: number;
    }
  | {
      readonly type: 'path';
      readonly points: readonly (readonly [number, number])[];
      readonly closed?: boolean;
      readonly ink?: Ink;
    }
  | {
      readonly type: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly size: number;
      readonly ink?: Ink;
    };

export interface Picture {
  /** x, y, width, height of the visible part. */
  readonly view: readonly [number, number, number, number];
  readonly shapes: readonly Shape[];
  /** One sentence that says what is to be seen, for those who can't see it. */
  readonly summary: string;
}

export const PICTURE_LIMITS = { shapes: 5_000, points: 20_000, text: 200 } as const;
