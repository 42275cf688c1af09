import { describe, expect, it } from 'vitest';
import { validateExperiment } from '../../web/engine/validation.ts';
import { exampleNames, findExperiment } from '../../relay/runs/experiment-folder.ts';
import { ARMS, armed, BASE, OPERATORS_ON_TRIAL } from './arms.ts';
import { settingsHash } from './control-run.ts';

async function example(name: string) {
  const found = await findExperiment(name, '.', 'seed');
  if (found.type === 'failed') throw new Error(found.problems.join('\n'));
  return found.experiment;
}

describe('arms', () => {
  it('are experiments the engine takes, on every example', async () => {
    for (const name of await exampleNames()) {
      const shipped = await example(name);
      for (const arm of Object.keys(ARMS)) {
        expect(validateExperiment(armed(shipped, arm, 500)), `${arm} of ${name}`).toEqual({
          type: 'ok',
          experiment: armed(shipped, arm, 500),
        });
      }
    }
  });

  it('differ in the search only: operators but for those on trial, limits, texts and the cap are those of the base', async () => {
    const shipped = await example('bin-packing');
    const base = armed(shipped, BASE, 500);
    for (const arm of Object.keys(ARMS)) {
      const { strategy, ...rest } = armed(shipped, arm, 500);
      const { strategy: own, ...same } = base;
      expect(rest).toEqual(same);
      const { [OPERATORS_ON_TRIAL[arm] ?? '']: added, ...operators } = strategy.operators;
      expect(operators).toEqual(own.operators);
      expect(added === undefined).toBe(OPERATORS_ON_TRIAL[arm] === undefined);
      expect([strategy.tune, strategy.brood, strategy.vocabulary]).toEqual([own.tune, own.brood, own.vocabulary]);
      expect([strategy.mode, rest.budget.evaluations, rest.budget.milliseconds]).toEqual(['ordered', 500, null]);
    }
  });

  it('differ from one another, so that no run stands for two', async () => {
    const shipped = await example('tsp');
    const hashes = Object.keys(ARMS).map((arm) => settingsHash(armed(shipped, arm, 500)));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(settingsHash(armed(shipped, BASE, 501))).not.toBe(settingsHash(armed(shipped, BASE, 500)));
  });

  it('that control evolution keep to one island and one parent', async () => {
    const shipped = await example('symbolic-regression');
    const [best, climb] = [armed(shipped, 'best-of-n', 9).strategy, armed(shipped, 'hill-climb', 9).strategy];
    expect([best.selection.type, best.islands.count, best.inspirations.count]).toEqual(['best-of-n', 1, 0]);
    expect([climb.selection.type, climb.islands.count, climb.islands.restartAfter]).toEqual(['hill-climb', 1, 0]);
  });
});
