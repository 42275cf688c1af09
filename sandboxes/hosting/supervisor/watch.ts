import type { Surroundings } from './surroundings.ts';

/** A limit of time: begins anew, or is put off. */
export interface Watch {
  again(): void;
  hold(): void;
  stop(): void;
}

/** Calls `late` once so many milliseconds have passed. Moving the deadline costs no timer. */
export type StartWatch = (limit: number, late: () => void) => Watch;

/** Self-contained: it is turned to text. */
export function createWatch(at: Surroundings): StartWatch {
  'use strict';
  return (limit, late) => {
    let deadline = at.now() + limit;
    let stopped = false;
    let held = false;
    let timer: unknown = null;
    const arm = (milliseconds: number): void => {
      timer = at.setTimer(() => {
        if (stopped) return;
        const left = held ? limit : deadline - at.now();
        if (left > 0.05) arm(left);
        else {
          stopped = true;
          late();
        }
      }, milliseconds);
    };
    arm(limit);
    return {
      again() {
        deadline = at.now() + limit;
        held = false;
      },
      hold: () => void (held = true),
      stop() {
        stopped = true;
        at.clearTimer(timer);
      },
    };
  };
}
