/** What charts draw, kept as growing columns so that a batch costs only its own length. */
import type { RunEvent } from '../engine/events.ts';
import { fitnessOf } from '../engine/state.ts';
import type { RunState } from '../engine/state.ts';
import { measureOf } from './measure.ts';

export class Series {
  /** Rows in use; each is a consumed program, in order of consumption. */
  length = 0;
  ids = new Int32Array(1024);
  /** Evaluations spent when it was added. */
  at = new Float64Array(1024);
  /** Run time, ms. */
  time = new Float64Array(1024);
  /** The goal's metric; NaN where there is no correct score. */
  value = new Float64Array(1024);
  /** Index into `operators`. */
  operator = new Uint8Array(1024);
  readonly operators: string[] = [];
  /** Rows that became best of the run, in order. */
  readonly bests: number[] = [];
  /** Row of a program id, or −1. */
  readonly rows: number[] = [];

  /** Takes an event that `state` has already folded. */
  add(state: RunState, event: RunEvent): void {
    if (event.type === 'added' && event.best) {
      const row = this.rows[event.job];
      if (row !== undefined) this.bests.push(row);
    }
    if (event.type !== 'evaluated') return;
    const program = state.programs[event.job];
    const goal = state.experiment?.goal;
    if (!program || !goal) return;
    const row = this.length;
    if (row === this.ids.length) this.#grow();
    this.ids[row] = program.id;
    this.at[row] = program.at;
    this.time[row] = event.timing.at;
    this.value[row] = fitnessOf(state, program.id) === -Infinity ? NaN : (measureOf(goal, program) ?? NaN);
    this.operator[row] = this.operatorIndex(program.operator);
    this.rows[program.id] = row;
    this.length++;
  }

  operatorIndex(name: string): number {
    const found = this.operators.indexOf(name);
    if (found >= 0) return found;
    return this.operators.push(name) - 1;
  }

  #grow(): void {
    const size = this.ids.length * 2;
    this.ids = extend(this.ids, new Int32Array(size));
    this.at = extend(this.at, new Float64Array(size));
    this.time = extend(this.time, new Float64Array(size));
    this.value = extend(this.value, new Float64Array(size));
    this.operator = extend(this.operator, new Uint8Array(size));
  }
}

function extend<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
