import { describe, expect, it } from 'vitest';
import type { RunActivity, StageReport } from '../../../web/engine/run.ts';
import { Pacer } from '../../../web/worker/pacer.ts';

/** A run of `length` results; a step takes `cost` ms of a clock that only sleeping and stepping move. */
class Stage {
  time = 0;
  steps: number[] = [];
  stages = 0;
  activity: RunActivity = 'paused';
  left: number;
  cost = 0;
  onSleep: () => void = () => {};

  constructor(length: number) {
    this.left = length;
  }

  readonly run = {
    stage: this as Stage,
    get activity(): RunActivity {
      return this.stage.activity;
    },
    play: (): void => {
      this.activity = 'running';
    },
    pause: (): void => {
      if (this.activity === 'running') this.activity = 'paused';
    },
    step: async (): Promise<void> => {
      if (this.activity === 'finished') return;
      this.time += this.cost;
      this.steps.push(this.time);
      this.activity = --this.left === 0 ? 'finished' : 'paused';
      await Promise.resolve();
    },
    stepStage: async (): Promise<StageReport | null> => {
      await Promise.resolve();
      this.stages++;
      return { job: this.steps.length, stage: 'check', milliseconds: 1 };
    },
  };

  readonly clock = {
    now: (): number => this.time,
    sleep: async (milliseconds: number): Promise<void> => {
      this.time += milliseconds;
      this.onSleep();
      await Promise.resolve();
    },
  };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

describe('Pacer', () => {
  it('stops playing for a stage, at any pace', async () => {
    for (const speed of [null, 5]) {
      const stage = new Stage(50);
      const pacer = new Pacer(stage.run, stage.clock, speed);
      pacer.play();
      expect(await pacer.stepStage()).toMatchObject({ stage: 'check' });
      expect(pacer.playing).toBe(false);
      expect(stage.activity).toBe('paused');
      const { length } = stage.steps;
      await settle();
      expect(stage.steps.length).toBeLessThanOrEqual(length + 1);
      expect(stage.stages).toBe(1);
    }
  });

  it('plays freely without a limit', () => {
    const stage = new Stage(5);
    const pacer = new Pacer(stage.run, stage.clock, null);
    pacer.play();
    expect(stage.activity).toBe('running');
    expect(pacer.playing).toBe(true);
    pacer.pause();
    expect(stage.activity).toBe('paused');
    expect(pacer.playing).toBe(false);
  });

  it('steps at the pace, and ends with the run', async () => {
    const stage = new Stage(5);
    const pacer = new Pacer(stage.run, stage.clock, 10);
    pacer.play();
    expect(pacer.playing).toBe(true);
    await settle();
    expect(stage.steps).toEqual([0, 100, 200, 300, 400]);
    expect(pacer.playing).toBe(false);
    stage.activity = 'paused';
    expect(pacer.playing).toBe(false);
  });

  it('takes the time of a step off the pause, and catches up only a little', async () => {
    const stage = new Stage(4);
    stage.cost = 30;
    new Pacer(stage.run, stage.clock, 10).play();
    await settle();
    expect(stage.steps).toEqual([30, 130, 230, 330]);
    const slow = new Stage(4);
    slow.cost = 1_000;
    new Pacer(slow.run, slow.clock, 10).play();
    await settle();
    expect(slow.steps).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  it('stops between steps when it is paused', async () => {
    const stage = new Stage(100);
    const pacer = new Pacer(stage.run, stage.clock, 10);
    stage.onSleep = () => {
      if (stage.steps.length === 3) pacer.pause();
    };
    pacer.play();
    await settle();
    expect(stage.steps).toHaveLength(3);
    expect(pacer.playing).toBe(false);
  });

  it('changes its pace while it plays, without stepping twice', async () => {
    const stage = new Stage(6);
    const pacer = new Pacer(stage.run, stage.clock, 10);
    stage.onSleep = () => {
      if (stage.steps.length === 2) pacer.setSpeed(100);
    };
    pacer.play();
    await settle();
    expect(stage.steps).toHaveLength(6);
    expect((stage.steps.at(-1) ?? 0) - (stage.steps[2] ?? 0)).toBeLessThan(50);
  });

  it('goes over to free play and back', async () => {
    const stage = new Stage(50);
    const pacer = new Pacer(stage.run, stage.clock, null);
    pacer.play();
    pacer.setSpeed(10);
    stage.onSleep = () => {
      if (stage.steps.length === 4) pacer.setSpeed(null);
    };
    await settle();
    expect(stage.steps).toHaveLength(4);
    expect(stage.activity).toBe('running');
  });

  it('is paused after a single step, and after an end that is taken back', async () => {
    const stage = new Stage(2);
    const pacer = new Pacer(stage.run, stage.clock, null);
    pacer.play();
    await pacer.step();
    expect(pacer.playing).toBe(false);
    pacer.play();
    stage.activity = 'finished';
    expect(pacer.playing).toBe(false);
    stage.activity = 'paused';
    expect(pacer.playing).toBe(false);
  });
});
