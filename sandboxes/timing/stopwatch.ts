/** What one realm measured of one program. */
export interface Timed {
  /** Of one pass over the list of arguments, the least of several samples. */
  readonly milliseconds: number;
  /** Passes in a sample; above 1 a program that remembers results could gain by it. */
  readonly passes: number;
}

/** What the realm shall do next; the realm says `done` after it. */
export interface Stopwatch {
  /** Passes to do now; 0: it is over. */
  next(): number;
  /** Module state has to be made anew before them. */
  fresh(): boolean;
  start(): void;
  stop(): void;
  result(): Timed;
}

/**
 * Measures in a candidate's realm, on a clock that the candidate never sees: warms up, finds how many passes one sample needs to be long
 * against the clock's ticks, takes the least of five (interference only adds time). One self-contained function: it is turned to text.
 */
export function createStopwatch(now: () => number): Stopwatch {
  'use strict';
  /** Milliseconds that a sample lasts at least, and ticks of the clock. */
  const UNIT = 0.3;
  const TICKS = 200;
  const WARM = 10;
  const SAMPLES = 5;
  /** With calls as long as this, fewer samples do, and the first is no warming up. */
  const LONG = 150;
  /** Time for all samples together. */
  const MOST = 1500;

  function tick(): number {
    let least = Infinity;
    for (let found = 0, tries = 0, last = now(); found < 5 && tries < 5_000_000; tries++) {
      const at = now();
      if (at > last) {
        least = at - last < least ? at - last : least;
        found++;
        last = at;
      }
    }
    return least === Infinity ? 1 : least;
  }

  let unit = TICKS * tick();
  if (unit < UNIT) unit = UNIT;
  let passes = 1;
  let warmed = 0;
  let warming = true;
  let samples = 0;
  let all = 0;
  let least = Infinity;
  let started = 0;

  return {
    next: () => (samples >= SAMPLES || (samples > 0 && all > MOST) ? 0 : passes),
    fresh: () => samples > 0 || warmed === 0 || !warming,
    start() {
      started = now();
    },
    stop() {
      const elapsed = now() - started;
      if (warming && elapsed < LONG) {
        warmed += elapsed;
        if (elapsed < unit) passes *= elapsed < unit / 16 ? 8 : 2;
        else if (warmed >= WARM) warming = false;
        return;
      }
      warming = false;
      samples++;
      all += elapsed;
      if (elapsed / passes < least) least = elapsed / passes;
    },
    result: () => ({ milliseconds: least, passes }),
  };
}
