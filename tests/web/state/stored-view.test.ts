import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { Budget } from '../../../web/engine/experiment.ts';
import { bestFitness } from '../../../web/engine/state.ts';
import { budgetAgain, viewOf } from '../../../web/state/stored-view.ts';
import { experiment, finish, harness, type Harness } from '../engine/stand-ins.ts';

async function finished(budget: Partial<Budget>): Promise<Harness> {
  const run = await harness({
    experiment: experiment({}, { budget: { ...DEFAULT_BUDGET, evaluations: 60, ...budget } }),
  });
  await finish(run);
  return run;
}

function again({ run, log }: Harness): Budget {
  const view = viewOf('one', log);
  return budgetAgain(run.state.experiment!, view!);
}

describe('going on', () => {
  it('lets a target go that is reached, so that the run does not end again at once', async () => {
    const run = await finished({ target: -1_000, evaluations: 500 });
    expect(run.run.state.finished).toBe('target');
    const budget = again(run);
    expect(budget.target).toBeNull();
    run.run.setBudget(budget);
    await finish(run);
    expect(run.run.state.finished).not.toBe('target');
    expect(run.run.state.evaluations).toBeGreaterThan(100);
  });

  it('keeps one that is not, and a patience, which begins anew', async () => {
    const run = await finished({ target: 1e6, patience: 20, evaluations: 5_000 });
    expect(run.run.state.finished).toBe('patience');
    const { evaluations } = run.run.state;
    const budget = again(run);
    expect(budget).toMatchObject({ target: 1e6, patience: 20 });
    expect(bestFitness(run.run.state)).toBeLessThan(1e6);
    run.run.setBudget(budget);
    await finish(run);
    expect(run.run.state.evaluations).toBeGreaterThanOrEqual(evaluations + 20);
  });
});
