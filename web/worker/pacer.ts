/** Plays a run at most so many results a second: single steps with pauses between them, or freely without a limit. */
import type { Run, StageReport } from '../engine/run.ts';

type Paced = Pick<Run, 'play' | 'pause' | 'step' | 'stepStage' | 'activity'>;

export interface PacerTime {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Milliseconds a late step may be caught up: after a long evaluation the pace goes on, it does not race. */
const SLACK = 100;

export class Pacer {
  readonly #run: Paced;
  readonly #time: PacerTime;
  #speed: number | null;
  #playing = false;
  /** Counts walks, so that one that was replaced ends. */
  #walk = 0;

  constructor(run: Paced, time: PacerTime, speed: number | null) {
    this.#run = run;
    this.#time = time;
    this.#speed = speed;
  }

  get playing(): boolean {
    if (!this.#playing) return false;
    const { activity } = this.#run;
    // A run that has ended and is given more budget is paused, whatever was played before.
    return this.#speed === null ? activity === 'running' : activity !== 'finished';
  }

  play(): void {
    if (this.#run.activity === 'finished') return;
    this.#playing = true;
    this.#walk++;
    if (this.#speed === null) this.#run.play();
    else void this.#walkAt(this.#speed, this.#walk);
  }

  pause(): void {
    this.#playing = false;
    this.#walk++;
    this.#run.pause();
  }

  async step(): Promise<void> {
    this.pause();
    await this.#run.step();
  }

  stepStage(): Promise<StageReport | null> {
    this.pause();
    return this.#run.stepStage();
  }

  setSpeed(resultsPerSecond: number | null): void {
    if (resultsPerSecond === this.#speed) return;
    const { playing } = this;
    this.#speed = resultsPerSecond;
    if (!playing) return;
    this.#run.pause();
    this.play();
  }

  async #walkAt(speed: number, walk: number): Promise<void> {
    const interval = 1000 / speed;
    let due = this.#time.now();
    const ended = (): boolean => this.#run.activity === 'finished';
    while (walk === this.#walk && !ended()) {
      await this.#run.step();
      if (walk !== this.#walk) return;
      if (ended()) this.#playing = false;
      const now = this.#time.now();
      due = Math.max(due + interval, now - SLACK);
      if (due > now) await this.#time.sleep(due - now);
    }
  }
}
