import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import type { ModelReply } from '../../../web/engine/models/model.ts';
import type { Operator } from '../../../web/engine/operators/operator.ts';
import type { ArchiveSettings } from '../../../web/engine/strategy.ts';
import { bumpy, evaluation, experiment, finish, harness, strategyOf, walk, type Score } from './stand-ins.ts';

const budget = { ...DEFAULT_BUDGET, evaluations: 120 };

const grid: ArchiveSettings = {
  ...{ type: 'grid', size: 16 },
  axes: [{ feature: 'size', bins: 4, scale: 'adaptive', least: null, most: null }],
};

const sized: Score = (value) => {
  const outcome = bumpy(value);
  if (outcome.type !== 'scored' || outcome.evaluation.fitness === null) return outcome;
  return { ...outcome, evaluation: { ...outcome.evaluation, features: { size: value } } };
};

describe('islands', () => {
  it('never begin anew from a program that has no score', async () => {
    const mends: Operator = { ...walk, id: 'fix', mends: true };
    const settings = { archive: grid, operators: { fix: 1, walk: 1 }, islands: { count: 2, restartAfter: 3 } };
    let fails = 12;
    const score: Score = (value) => {
      if (fails > 0) {
        fails--;
        return { type: 'scored', evaluation: evaluation(null), milliseconds: 0 };
      }
      return sized(value);
    };
    const done = await harness({ experiment: experiment(settings, { budget }), operators: [mends, walk], score });
    await finish(done);
    expect(done.run.state.best).not.toBeNull();
    for (const event of done.log) {
      if (event.type !== 'island-restarted') continue;
      expect(done.run.state.programs[event.from]?.evaluation?.fitness).toEqual(expect.any(Number));
    }
  });

  it('neither go back to a banned seed nor stay rooted in it', async () => {
    const settings = { selection: { type: 'best-of-n' }, islands: { count: 2, restartAfter: 8 } } as const;
    const done = await harness({ experiment: experiment(settings, { budget }) });
    for (let i = 0; i < 12; i++) await done.run.step();
    expect(done.run.command({ type: 'ban', program: 0, banned: true }).type).toBe('ok');
    const from = done.log.length;
    await finish(done);
    const after = done.log.slice(from);
    expect(after.some((event) => event.type === 'island-restarted')).toBe(true);
    for (const event of after) {
      if (event.type === 'issued') expect([event.parent, ...event.inspirations]).not.toContain(0);
      if (event.type === 'island-restarted') expect(event.from).not.toBe(0);
    }
    for (const { archive } of done.run.state.islands) expect(archive).not.toContain(0);
  });

  it('keep what is pinned when they begin anew or become one', async () => {
    const settings = experiment({ archive: { size: 4 }, islands: { count: 2, restartAfter: 4 } }, { budget });
    const done = await harness({ experiment: settings });
    for (let i = 0; i < 12; i++) await done.run.step();
    const pinned = done.run.state.islands.map(({ archive }) => archive.at(-1) as number);
    for (const program of pinned) done.run.command({ type: 'pin', program, pinned: true });
    const restarts = (): number => done.run.state.islands.reduce((sum, each) => sum + each.restarts, 0);
    const before = restarts();
    while (done.run.activity !== 'finished' && restarts() < before + 2) await done.run.step();
    expect(restarts()).toBe(before + 2);
    const kept = (): number[] => done.run.state.islands.flatMap(({ archive }) => archive);
    expect(kept()).toEqual(expect.arrayContaining(pinned));
    done.run.command({ type: 'merge', from: 1, into: 0 });
    expect(done.run.state.islands[0]?.archive).toEqual(expect.arrayContaining(pinned));
  });

  it('exchange on time, though the result due is that of a look back', async () => {
    const usage = { input: 1, output: 1, cached: 0, reasoning: 0 };
    const reply: ModelReply = { type: 'replied', text: '', finish: 'stop', usage, dollars: 0 };
    const asks: Operator = { ...walk, id: 'diff', asks: true };
    // Every second result is of a memory job: one for each that asked.
    const settings = experiment(
      {
        ...{ lookAhead: 1, operators: { diff: 1 }, models: { ensemble: { m: 1 } } },
        ...{ memory: { every: 1, recommendations: 1, model: null } },
        islands: { count: 2, migrateEvery: 3 },
      },
      { budget },
    );
    const models = { complete: () => Promise.resolve(reply) };
    const done = await harness({ experiment: settings, operators: [asks], models });
    await finish(done);
    const behind = new Set<string>();
    let result = '';
    for (const event of done.log) {
      if (event.type === 'evaluated' || event.type === 'remembered') result = event.type;
      if (event.type === 'migrated') behind.add(result);
    }
    expect([...behind].sort()).toEqual(['evaluated', 'remembered']);
  });

  it('go by ranges that hold what came from elsewhere', async () => {
    const settings = experiment({ archive: grid, islands: { count: 2, migrateEvery: 10 } }, { budget });
    const done = await harness({ experiment: settings, score: sized });
    await finish(done);
    expect(done.log.some((event) => event.type === 'migrated')).toBe(true);
    for (const { archive, ranges } of done.run.state.islands) {
      const [least, most] = ranges.get('size') as readonly [number, number];
      for (const id of archive) {
        const size = done.run.state.programs[id]?.evaluation?.features.size as number;
        expect(size).toBeGreaterThanOrEqual(least);
        expect(size).toBeLessThanOrEqual(most);
      }
    }
  });
});

describe('changed settings', () => {
  it('take settings of its own from an island, and thresholds with the cells they were of', async () => {
    const archive: ArchiveSettings = { ...grid, type: 'threshold', rate: 0.5 };
    const own = [{}, { selection: { type: 'uniform' } as const, archive }];
    const settings = experiment({ islands: { count: 2, own } }, { budget });
    const done = await harness({ experiment: settings, score: sized });
    for (let i = 0; i < 40; i++) await done.run.step();
    const island = done.run.state.islands[1];
    expect(island?.thresholds.size).toBeGreaterThan(0);
    done.run.command({ type: 'strategy', strategy: strategyOf({ islands: { count: 2 } }) });
    expect(island?.own).toBeNull();
    expect(island?.thresholds.size).toBe(0);
    const spawned = { exploration: 1 };
    done.run.command({ type: 'spawn', from: [done.run.state.best as number], own: spawned });
    done.run.command({ type: 'strategy', strategy: strategyOf({ islands: { count: 2 }, archive: { size: 3 } }) });
    expect(done.run.state.islands[2]?.own).toEqual(spawned);
    const events: RunEvent[] = done.log;
    await finish(done);
    expect(events.at(-1)?.type).toBe('run-finished');
  });
});

describe('a run whose operators all ask', () => {
  it('ends by the cap that keeps it from asking, without jobs for nothing', async () => {
    const usage = { input: 1, output: 1, cached: 0, reasoning: 0 };
    const reply: ModelReply = { type: 'replied', text: '', finish: 'stop', usage, dollars: 0 };
    const asks: Operator = {
      ...{ id: 'diff', asks: true, applies: () => true },
      async propose(context) {
        await context.model?.ask([{ role: 'user', content: 'go on' }], 'propose');
        return walk.propose(context);
      },
    };
    const settings = { operators: { diff: 1 }, models: { ensemble: { m: 1 } } };
    const done = await harness({
      ...{ experiment: experiment(settings, { budget: { ...budget, calls: 4 } }), operators: [asks] },
      models: { complete: () => Promise.resolve(reply) },
    });
    await finish(done);
    expect(done.run.state.finished).toBe('calls');
    expect(done.run.state.spent.calls).toBe(4);
    expect(done.log.some((event) => event.type === 'issued' && event.operator === 'none')).toBe(false);
  });
});
