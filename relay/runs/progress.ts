/** What a person in a terminal sees of a run while it goes. */
import type { Goal } from '../../web/engine/experiment.ts';
import type { RunState } from '../../web/engine/state.ts';

export interface Screen {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** Characters of the bar, on a wide screen and on a narrow one. */
const BAR = 20;
const NARROW_BAR = 8;
const WIDE = 100;
/** Milliseconds over which the rate is measured. */
const WINDOW = 5_000;
/** Milliseconds between lines where nothing can be redrawn, and between redrawings where it can. */
const LINE_EVERY = 5_000;
const DRAW_EVERY = 100;

export class Progress {
  readonly #screen: Screen;
  readonly #state: RunState;
  readonly #now: () => number;
  #samples: { time: number; evaluations: number }[] = [];
  #drawnAt = -Infinity;
  #drawn = false;

  constructor(screen: Screen, state: RunState, now: () => number) {
    this.#screen = screen;
    this.#state = state;
    this.#now = now;
  }

  /** To be called often; draws when it is time to. */
  tick(): void {
    const now = this.#now();
    const every = this.#screen.isTTY ? DRAW_EVERY : LINE_EVERY;
    if (this.#drawnAt === -Infinity && !this.#screen.isTTY) this.#drawnAt = now;
    if (now - this.#drawnAt < every) return;
    this.#drawnAt = now;
    this.#sample(now);
    const line = progressLine(this.#state, this.#rate(now), this.#screen.columns < WIDE ? NARROW_BAR : BAR);
    if (!this.#screen.isTTY) {
      this.#screen.write(`${line}\n`);
      return;
    }
    this.#drawn = true;
    // Cut to the width: a line that wraps can't be drawn over.
    this.#screen.write(`\r\x1b[2K${line.slice(0, Math.max(20, this.#screen.columns - 1))}`);
  }

  /** Leaves the last line behind, or nothing. */
  end(): void {
    if (this.#drawn) this.#screen.write('\r\x1b[2K');
    this.#drawn = false;
  }

  #sample(time: number): void {
    this.#samples.push({ time, evaluations: this.#state.evaluations });
    while (this.#samples.length > 2 && (this.#samples[1]?.time ?? time) < time - WINDOW) this.#samples.shift();
  }

  #rate(now: number): number | null {
    const first = this.#samples[0];
    if (!first || now - first.time < 300) return null;
    return ((this.#state.evaluations - first.evaluations) * 1000) / (now - first.time);
  }
}

/** Everything in one line: bar, best, evaluations, rate, time left. */
export function progressLine(state: RunState, rate: number | null, width: number = BAR): string {
  const { experiment } = state;
  if (!experiment) return 'starting';
  const { goal, budget } = experiment;
  const parts: string[] = [];
  const best = state.best === null ? null : measure(goal, state, state.best);
  parts.push(best === null ? 'no correct program yet' : `${goal.label} ${formatMeasure(goal, best)}`);
  const cap = budget.evaluations === null ? '' : ` of ${formatCount(budget.evaluations)}`;
  parts.push(`${formatCount(state.evaluations)}${cap} evaluations`);
  if (rate !== null) parts.push(`${formatCount(Math.round(rate))}/s`);
  if (state.spent.calls > 0) {
    const cap = budget.dollars === null ? '' : ` of ${formatDollars(budget.dollars)}`;
    parts.push(`${formatCount(state.spent.calls)} calls, ${formatDollars(state.spent.dollars)}${cap}`);
  }
  const left = millisecondsLeft(state, rate);
  if (left !== null) parts.push(`${formatTime(left)} left`);
  const done = share(state);
  return `${done === null ? '' : `${bar(done, width)} `}${parts.join(' · ')}`;
}

/** The goal's figure of a program; null where it has none. */
export function measure(goal: Goal, state: RunState, id: number): number | null {
  const evaluation = state.programs[id]?.evaluation;
  return evaluation?.metrics[goal.metric] ?? evaluation?.fitness ?? null;
}

export function formatMeasure(goal: Goal, value: number): string {
  return `${value.toFixed(goal.digits)}${goal.unit === '' ? '' : ` ${goal.unit}`}`;
}

export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Small sums keep two digits that count. */
export function formatDollars(dollars: number): string {
  const digits = dollars >= 1 || dollars === 0 ? 2 : Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(dollars))));
  return `$${dollars.toFixed(digits)}`;
}

export function formatTime(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function share({ experiment, evaluations, elapsed }: RunState): number | null {
  const budget = experiment?.budget;
  const shares = [
    budget?.evaluations == null ? 0 : evaluations / budget.evaluations,
    budget?.milliseconds == null ? 0 : elapsed / budget.milliseconds,
  ];
  if (budget?.evaluations == null && budget?.milliseconds == null) return null;
  return Math.min(1, Math.max(...shares));
}

function millisecondsLeft({ experiment, evaluations, elapsed }: RunState, rate: number | null): number | null {
  const budget = experiment?.budget;
  const left: number[] = [];
  if (budget?.milliseconds != null) left.push(Math.max(0, budget.milliseconds - elapsed));
  if (budget?.evaluations != null && rate !== null && rate > 0) {
    left.push((Math.max(0, budget.evaluations - evaluations) * 1000) / rate);
  }
  return left.length === 0 ? null : Math.min(...left);
}

function bar(done: number, width: number): string {
  const full = Math.round(done * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}
