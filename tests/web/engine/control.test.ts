import { describe, expect, it } from 'vitest';
import type { Command } from '../../../web/engine/control.ts';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../web/engine/events.ts';
import { ASKING_OPERATORS } from '../../../web/engine/operators/index.ts';
import { reduce } from '../../../web/engine/reduce.ts';
import { replay } from '../../../web/engine/replay.ts';
import { createRandom } from '../../../web/engine/rng.ts';
import { emptyState, fitnessOf, type RunState } from '../../../web/engine/state.ts';
import { scriptedModel } from './scripted-model.ts';
import { clock, experiment, finish, harness, realSyntax, strategyOf, walk, type Harness } from './stand-ins.ts';

async function some(steps: number, more: Parameters<typeof harness>[0] = {}): Promise<Harness> {
  const opened = await harness(more);
  for (let i = 0; i < steps; i++) await opened.run.step();
  return opened;
}

const events = (log: readonly RunEvent[], type: RunEvent['type']): RunEvent[] =>
  log.filter((event) => event.type === type);

describe('commands', () => {
  it('inject a program of a person, which is checked and scored like any other', async () => {
    const { run, log } = await some(5);
    const made = run.command({ type: 'inject', files: { 'seed.js': 'export const a = 396;\n' }, note: 'by hand' });
    expect(made.type).toBe('ok');
    const job = log.findLast((event) => event.type === 'issued');
    expect(job).toMatchObject({ operator: 'inject', parent: run.state.best });
    await finish({ run, log } as Harness);
    const program = run.state.programs.find((each) => each?.operator === 'inject');
    expect(program).toMatchObject({ status: 'correct', note: 'by hand' });
    const broken = await some(3);
    broken.run.command({ type: 'inject', files: { 'seed.js': 'export const = ;\n' }, note: '' });
    await finish(broken);
    expect(broken.run.state.programs.find((each) => each?.operator === 'inject')).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('seed.js:1:') as string,
    });
  });

  it('pin a program, so that it is never evicted, and ban one, so that it never comes back', async () => {
    const pinned = await some(12, { experiment: experiment({ archive: { size: 2 }, islands: { count: 2 } }) });
    const worst = pinned.run.state.islands[0]?.archive.at(-1) as number;
    expect(pinned.run.command({ type: 'pin', program: worst, pinned: true }).type).toBe('ok');
    await finish(pinned);
    expect(pinned.run.state.islands[pinned.run.state.programs[worst]?.island ?? 0]?.archive).toContain(worst);
    const banned = await some(12);
    const best = banned.run.state.best as number;
    expect(banned.run.command({ type: 'ban', program: best, banned: true }).type).toBe('ok');
    expect(banned.run.state.best).not.toBe(best);
    const from = banned.log.length;
    await finish(banned);
    for (const event of banned.log.slice(from)) {
      if (event.type === 'issued') expect([event.parent, ...event.inspirations]).not.toContain(best);
      if (event.type === 'migrated') expect(event.program).not.toBe(best);
    }
    for (const island of banned.run.state.islands) expect(island.archive).not.toContain(best);
  });

  it('change settings, spawn, split and merge islands', async () => {
    const setup = await some(20, {
      experiment: experiment({ archive: { size: 6 } }, { budget: { ...DEFAULT_BUDGET, evaluations: 120 } }),
    });
    const { run } = setup;
    const strategy = strategyOf({ archive: { size: 3 }, selection: { type: 'hill-climb' }, islands: { count: 2 } });
    expect(run.command({ type: 'strategy', strategy }).type).toBe('ok');
    expect(run.command({ type: 'spawn', from: [run.state.best as number], own: { exploration: 1 } }).type).toBe('ok');
    expect(run.state.islands[2]).toMatchObject({ alive: true, archive: [run.state.best] });
    for (let i = 0; i < 30; i++) await run.step();
    expect(run.state.islands.every(({ archive }) => archive.length <= 3)).toBe(true);
    const before = run.state.islands[0]?.archive.length as number;
    expect(run.command({ type: 'split', island: 0 }).type).toBe('ok');
    const [left, right] = [run.state.islands[0]?.archive ?? [], run.state.islands[3]?.archive ?? []];
    expect(left.length + right.length).toBe(before);
    expect(Math.min(left.length, right.length)).toBeGreaterThan(0);
    expect(run.command({ type: 'merge', from: 3, into: 1 }).type).toBe('ok');
    expect(run.state.islands[3]).toMatchObject({ alive: false, archive: [] });
    await finish(setup);
    const after = setup.log.slice(setup.log.findLastIndex((event) => event.type === 'island-merged'));
    expect(after.some((event) => event.type === 'issued' && event.island === 3)).toBe(false);
    expect(after.some((event) => event.type === 'issued' && event.island === 2)).toBe(true);
  });

  it('show hints to models, and take them back', async () => {
    const models = scriptedModel({ seed: 1 });
    const part = { operators: { diff: 1 }, models: { ensemble: { m: 1 } }, lookAhead: 1 };
    const { run } = await some(2, { models, operators: ASKING_OPERATORS, experiment: experiment(part) });
    const count = models.requests.length;
    run.command({ type: 'hint', text: 'Try larger numbers.', island: null });
    for (let i = 0; i < 3; i++) await run.step();
    const shown = models.requests
      .slice(count)
      .filter(({ messages }) => JSON.stringify(messages).includes('Try larger numbers.'));
    expect(shown.length).toBeGreaterThan(0);
    run.command({ type: 'take-back-hint', id: 0 });
    await run.step();
    const later = models.requests.length;
    for (let i = 0; i < 2; i++) await run.step();
    expect(JSON.stringify(models.requests.slice(later))).not.toContain('Try larger numbers.');
  });

  it('raise and lower a budget; a run that ended goes on', async () => {
    const setup = await some(0);
    await finish(setup);
    expect(setup.run.state.finished).toBe('evaluations');
    setup.run.command({ type: 'budget', budget: { ...DEFAULT_BUDGET, evaluations: 70 } });
    expect(setup.run.activity).toBe('paused');
    await finish(setup);
    expect(setup.run.state.evaluations).toBe(70);
    const lowered = await some(5);
    lowered.run.command({ type: 'budget', budget: { ...DEFAULT_BUDGET, evaluations: 10 } });
    await finish(lowered);
    // What was in flight had been reserved under the larger cap.
    expect(lowered.run.state.evaluations).toBeLessThanOrEqual(5 + 8 + 1);
  });

  it.each<[string, (state: RunState) => Command, RegExp]>([
    ['a pin of nothing', () => ({ type: 'pin', program: 9_999, pinned: true }), /no program 9999/],
    ['a ban of the only program', () => ({ type: 'ban', program: 0, banned: true }), /only correct program/],
    ['an empty hint', () => ({ type: 'hint', text: '  ', island: null }), /needs words/],
    ['a hint that is not there', () => ({ type: 'take-back-hint', id: 4 }), /no hint 4/],
    ['a merge with itself', () => ({ type: 'merge', from: 0, into: 0 }), /with itself/],
    ['a merge into nowhere', () => ({ type: 'merge', from: 0, into: 7 }), /no island 7/],
    ['a split of one program', () => ({ type: 'split', island: 0 }), /too few/],
    ['an island of nothing', () => ({ type: 'spawn', from: [], own: null }), /needs a program/],
    [
      'a program without its entry',
      () => ({ type: 'inject', files: { 'b.js': '' }, note: '' }),
      /must have the file seed.js/,
    ],
  ])('refuse %s, without a word in the log', async (_, command, words) => {
    const { run, log } = await some(1);
    const before = log.length;
    const made = run.command(command(run.state));
    expect(made).toMatchObject({ type: 'refused', reason: expect.stringMatching(words) as string });
    expect(log.length).toBe(before);
  });

  it('leave a log that replays, resumes from any cut, and reduces to the live state', async () => {
    for (const seed of [1, 2, 3]) {
      const random = createRandom(`commands ${seed}`);
      const setup = await some(3, {
        experiment: experiment({}, { budget: { ...DEFAULT_BUDGET, evaluations: 70 } }),
        seed,
      });
      const { run, log } = setup;
      for (let i = 0; i < 40; i++) {
        await run.step();
        if (random.next() < 0.5) run.command(anything(run.state, random.below(9), random.below(1_000)));
      }
      await finish(setup);
      const rebuilt = emptyState();
      for (const event of log) reduce(rebuilt, event);
      expect({ ...rebuilt, revision: 0 }).toEqual({ ...run.state, revision: 0 });
      for (const island of run.state.islands) {
        for (const id of island.archive) {
          expect(run.state.banned.has(id)).toBe(false);
          expect(fitnessOf(run.state, id)).toBeGreaterThan(-Infinity);
        }
      }
      for (const choices of ['check', 'read'] as const) {
        const again = await replay(log, { syntax: await realSyntax(), clock, operators: [walk], choices });
        expect(again).toMatchObject({ type: 'same' });
      }
      for (let cut = 1; cut < log.length; cut += 1 + random.below(9)) {
        const resumed = await harness({ log: log.slice(0, cut) });
        const state = emptyState();
        for (const event of resumed.log) reduce(state, event);
        expect({ ...state, revision: 0 }).toEqual({ ...resumed.run.state, revision: 0 });
      }
    }
    expect.hasAssertions();
  });
});

function anything(state: RunState, which: number, salt: number): Command {
  const program = salt % Math.max(1, state.programs.length);
  const island = salt % state.islands.length;
  const all: Command[] = [
    { type: 'pin', program, pinned: salt % 3 > 0 },
    { type: 'ban', program, banned: salt % 4 > 0 },
    { type: 'inject', files: { 'seed.js': `export const a = ${salt};\n` }, note: 'by hand' },
    { type: 'spawn', from: [program], own: null },
    { type: 'merge', from: island, into: (island + 1) % state.islands.length },
    { type: 'split', island },
    { type: 'fork', seed: salt },
    { type: 'strategy', strategy: strategyOf({ archive: { size: 1 + (salt % 6) }, selection: { type: 'uniform' } }) },
    { type: 'hint', text: `hint ${salt}`, island: null },
  ];
  return all[which] as Command;
}

describe('stepping by stage', () => {
  it('goes through propose, check, evaluate and add of each job in turn, and ends in the same log', async () => {
    const expected = await finish(await harness());
    const stepped = await harness();
    const stages: string[] = [];
    for (let i = 0; i < 9; i++) {
      const report = await stepped.run.stepStage();
      if (report) stages.push(`${report.job} ${report.stage}`);
    }
    expect(stages.slice(0, 3)).toEqual(['0 check', '0 evaluate', '0 add']);
    expect(stages.slice(3)).toContain('1 propose');
    expect(stepped.run.activity).toBe('paused');
    expect(await finish(stepped)).toEqual(expected);
  });
});

describe('ports that break their promise', () => {
  it('a job that never settles is given up, and the run goes on', async () => {
    let opened = 0;
    const quick = { ...clock, after: () => Promise.resolve(), now: () => performance.now() * 1e6 };
    const log: RunEvent[] = [];
    const { createRun } = await import('../../../web/engine/run.ts');
    const good = (await harness()).standIn;
    const run = createRun({
      experiment: experiment({}, { budget: { ...DEFAULT_BUDGET, evaluations: 20 } }),
      seed: 1,
      operators: [walk],
      ports: {
        evaluations: {
          open: (source, signal) => (++opened === 4 ? new Promise(() => {}) : good.port.open(source, signal)),
        },
        syntax: await realSyntax(),
        clock: { ...quick, after: () => new Promise((resolve) => setImmediate(resolve)) },
        emit: (event) => log.push(event),
      },
    });
    run.play();
    await run.finished;
    expect(
      events(log, 'evaluated').some((event) => event.type === 'evaluated' && event.reason.includes('no result')),
    ).toBe(true);
    expect(run.state.evaluations).toBeLessThanOrEqual(20);
  });

  it('a port that throws costs one job', async () => {
    let opened = 0;
    const base = await harness();
    const log: RunEvent[] = [];
    const { createRun } = await import('../../../web/engine/run.ts');
    const run = createRun({
      experiment: experiment({}, { budget: { ...DEFAULT_BUDGET, evaluations: 15 } }),
      seed: 1,
      operators: [walk],
      ports: {
        evaluations: {
          open: (source, signal) =>
            ++opened === 3 ? Promise.reject(new Error('broken pipe')) : base.standIn.port.open(source, signal),
        },
        syntax: await realSyntax(),
        clock,
        emit: (event) => log.push(event),
      },
    });
    run.play();
    expect(await run.finished).toBe('evaluations');
    expect(log.some((event) => event.type === 'evaluated' && event.reason.includes('broken pipe'))).toBe(true);
  });
});
