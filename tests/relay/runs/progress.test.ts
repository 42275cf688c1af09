import { beforeAll, describe, expect, it } from 'vitest';
import { formatCount, formatTime, Progress, progressLine, type Screen } from '../../../relay/runs/progress.ts';
import { reportOf } from '../../../relay/runs/report.ts';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { emptyState, filesOf, type RunState } from '../../../web/engine/state.ts';
import { experiment, finish, harness, type Harness } from '../../web/engine/stand-ins.ts';

let run: Harness;
beforeAll(async () => {
  run = await harness({ experiment: experiment({}, { budget: { ...DEFAULT_BUDGET, evaluations: 80 } }) });
  await finish(run);
});

function stateAfter(evaluations: number): RunState {
  const state = emptyState();
  for (const event of run.log) {
    if (state.evaluations >= evaluations) break;
    reduce(state, event);
  }
  return state;
}

class Paper implements Screen {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 60;

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.text += text;
  }
}

describe('progressLine', () => {
  it('says best, evaluations, rate and time left', () => {
    expect(progressLine(stateAfter(40), 20)).toMatch(
      /^\[##########----------\] Score -?\d+\.\d{4} · 40 of 80 evaluations · 20\/s · 2 s left$/,
    );
  });

  it('leaves out what is not known', () => {
    const state = emptyState();
    expect(progressLine(state, null)).toBe('starting');
    const unlimited = experiment({}, { budget: DEFAULT_BUDGET });
    reduce(state, { type: 'run-started', v: 2, experiment: unlimited, seed: 1, random: [1, 2, 3, 4] });
    expect(progressLine(state, null)).toBe('no correct program yet · 0 evaluations');
  });

  it('counts the time where that is the budget', () => {
    const state = stateAfter(40);
    state.experiment = experiment({}, { budget: { ...DEFAULT_BUDGET, milliseconds: 10_000 } });
    state.elapsed = 2_500;
    expect(progressLine(state, 20)).toMatch(/^\[#####-+\] .* · 8 s left$/);
  });
});

describe('Progress', () => {
  it('draws over its line on a terminal, within its width, and leaves nothing behind', () => {
    const paper = new Paper(true);
    let now = 0;
    const progress = new Progress(paper, stateAfter(40), () => now);
    for (; now < 1_000; now += 50) progress.tick();
    progress.end();
    const lines = paper.text.split('\r\x1b[2K');
    expect(lines).toHaveLength(12);
    expect(lines.every((line) => line.length < 60 && !line.includes('\n'))).toBe(true);
    expect(lines.at(-1)).toBe('');
  });

  it('writes a plain line now and then elsewhere', () => {
    const paper = new Paper(false);
    let now = 0;
    const progress = new Progress(paper, stateAfter(40), () => now);
    for (; now <= 16_000; now += 100) progress.tick();
    progress.end();
    expect(paper.text.trimEnd().split('\n')).toHaveLength(3);
    expect(paper.text).not.toContain('\x1b');
  });
});

describe('reportOf', () => {
  it('tells of the best program with its text', () => {
    const { state } = run.run;
    const report = reportOf(state);
    expect(report).toMatchObject({ example: 'stand-in', seed: 1, evaluations: 80, finished: 'evaluations' });
    expect(report.best?.program).toEqual(filesOf(state, state.best ?? -1));
    expect(report.best?.fitness).toBe(
      Math.max(...state.programs.map((each) => each?.evaluation?.fitness ?? -Infinity)),
    );
    expect(report.seedFitness).toBe(state.programs[0]?.evaluation?.fitness);
    expect(Object.values(report.statuses).reduce((sum, count) => sum + count, 0)).toBe(report.programs);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('has no best where nothing was correct', () => {
    const report = reportOf(emptyState());
    expect(report).toMatchObject({ best: null, seedFitness: null, evaluations: 0, finished: 'stopped' });
  });
});

it('formats counts and times', () => {
  expect([0, 999, 1_000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([0, 900, 61_000, 100_000, 7_200_000].map(formatTime)).toEqual(['0 s', '1 s', '61 s', '2 min', '2 h']);
});
