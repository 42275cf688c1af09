/** Annealing in whole runs: what the log says of each step, and that it decides whose children come next. */
import { describe, expect, it } from 'vitest';
import type { Added, RunEvent } from '../../../../web/engine/events.ts';
import type { ProgramId } from '../../../../web/engine/program.ts';
import { reduce } from '../../../../web/engine/reduce.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { currentOf, emptyState, fitnessOf } from '../../../../web/engine/state.ts';
import { canonicalLog, realSyntax } from '../stand-ins.ts';
import { checkLog, checkState, checkText } from './invariants.ts';
import { goOn, openWorld, OPERATORS, type Setup, type World } from './world.ts';
import { VirtualTime } from './virtual-time.ts';

function setupOf(temperature: number, period: number, more: Setup['strategy'] = {}): Setup {
  return {
    strategy: {
      operators: { mutate: 1 },
      lookAhead: 3,
      archive: { size: 4 },
      selection: { type: 'annealing', temperature, period },
      islands: { count: 2, migrateEvery: 0 },
      ...more,
    },
    budget: { evaluations: 600 },
    seed: 8,
  };
}

async function play(setup: Setup): Promise<World> {
  const world = await openWorld(setup);
  await world.finish();
  return world;
}

interface Step extends NonNullable<Added['step']> {
  readonly job: ProgramId;
  readonly gap: number;
}

/** Steps by the log, each with how much worse than the current program it was; checks that the current one is the parent of all. */
function stepsOf(log: readonly RunEvent[]): Step[] {
  const state = emptyState();
  const steps: Step[] = [];
  for (const event of log) {
    if (event.type === 'added' && event.step) {
      const current = currentOf(state.islands[event.island]!)!;
      steps.push({ ...event.step, job: event.job, gap: fitnessOf(state, current) - fitnessOf(state, event.job) });
    }
    if (event.type === 'issued' && event.job > 0) {
      expect(event.parent).toBe(currentOf(state.islands[event.island]!));
    }
    reduce(state, event);
    if (event.type === 'added' && event.step?.accepted) expect(state.islands[event.island]!.current).toBe(event.job);
  }
  return steps;
}

describe('annealing', () => {
  it('draws each step with the probability that stands beside it', async () => {
    const world = await play(setupOf(1, 1_000_000));
    checkLog(world.log);
    checkText(world.log);
    checkState(world.run.state, world.log);
    const steps = stepsOf(world.log);
    expect(steps.length).toBeGreaterThan(300);
    for (const { gap, accepted, probability } of steps) {
      expect(probability === 1).toBe(gap <= 0);
      if (probability === 1) expect(accepted).toBe(true);
    }
    const open = steps.filter(({ probability }) => probability < 1);
    const expected = open.reduce((sum, { probability: p }) => sum + p, 0);
    const variance = open.reduce((sum, { probability: p }) => sum + p * (1 - p), 0);
    const taken = open.filter(({ accepted }) => accepted).length;
    expect(variance).toBeGreaterThan(5);
    // A fixed seed: three standard deviations either way.
    expect(Math.abs(taken - expected)).toBeLessThan(3 * Math.sqrt(variance));
    // Worse ones are taken, which a hill climb never does, and what is taken may be in no archive.
    expect(taken).toBeGreaterThan(10);
    const outside = world.log.some(
      (event) => event.type === 'added' && event.step?.accepted && event.status === 'rejected',
    );
    expect(outside).toBe(true);
  });

  it('takes worse ones while it is hot and next to none when it is cold', async () => {
    const steps = stepsOf((await play(setupOf(2, 150))).log).filter(({ gap }) => gap > 0);
    const half = Math.floor(steps.length / 2);
    const share = (list: readonly Step[]): number => list.filter(({ accepted }) => accepted).length / list.length;
    expect(share(steps.slice(0, half))).toBeGreaterThan(4 * share(steps.slice(half)));
    expect(share(steps.slice(half))).toBeLessThan(0.1);
  });

  it('gives one log for any timing, from any cut, and when it is replayed', async () => {
    const setup: Setup = {
      ...setupOf(1, 200, { islands: { count: 2, migrateEvery: 20, restartAfter: 25 } }),
      budget: { evaluations: 150 },
    };
    const world = await play(setup);
    const expected = canonicalLog(world.log);
    expect(world.log.some(({ type }) => type === 'island-restarted')).toBe(true);
    expect(canonicalLog((await play({ ...setup, timing: 4 })).log)).toEqual(expected);
    for (const part of [0.2, 0.5, 0.9]) {
      const resumed = await goOn(setup, world.log.slice(0, Math.floor(part * world.log.length)), 5);
      await resumed.finish();
      expect(canonicalLog(resumed.log)).toEqual(expected);
    }
    const { clock } = new VirtualTime();
    expect(await replay(world.log, { syntax: await realSyntax(), clock, operators: OPERATORS })).toMatchObject({
      type: 'same',
    });
    // Another outcome of a step does not follow.
    const at = world.log.findLastIndex(
      (event) => event.type === 'added' && event.step !== undefined && !event.step.accepted,
    );
    const forged = world.log.map((event, i) =>
      i === at && event.type === 'added' ? { ...event, step: { ...event.step!, accepted: true } } : event,
    );
    expect(await replay(forged, { syntax: await realSyntax(), clock, operators: OPERATORS })).toMatchObject({
      type: 'differs',
      at,
    });
  });

  it('begins anew where its current program is banned, and nothing is said of steps where nothing is annealed', async () => {
    const setup: Setup = { ...setupOf(5, 1_000_000, { islands: { count: 1 } }), budget: { evaluations: 60 } };
    const world = await play(setup);
    const { state } = world.run;
    const current = currentOf(state.islands[0]!)!;
    expect(world.run.command({ type: 'ban', program: current, banned: true }).type).toBe('ok');
    expect(currentOf(state.islands[0]!)).not.toBe(current);
    world.run.setBudget({ ...state.experiment!.budget, evaluations: 90 });
    await world.finish();
    checkLog(world.log);
    const plain = await play({ ...setup, strategy: { operators: { mutate: 1 } } });
    expect(plain.log.some((event) => event.type === 'added' && 'step' in event)).toBe(false);
  });
});

describe('tree search in a run', () => {
  it('draws parents from the archive with their probabilities, and any cut leads to the same log', async () => {
    const setup: Setup = {
      strategy: {
        operators: { mutate: 1 },
        selection: { type: 'tree', exploration: 0.5, value: 'best' },
        archive: { size: 12 },
        islands: { count: 1 },
      },
      budget: { evaluations: 200 },
      seed: 3,
    };
    const world = await play(setup);
    checkLog(world.log);
    const state = emptyState();
    const parents = new Set<ProgramId>();
    for (const event of world.log) {
      if (event.type === 'issued' && event.parent !== null) {
        expect(state.islands[0]!.archive).toContain(event.parent);
        parents.add(event.parent);
        const choice = event.choices.find((each) => each.choice === 'parent');
        if (choice) expect(choice).toMatchObject({ policy: 'tree(0.5, best)', chosen: event.parent });
      }
      reduce(state, event);
    }
    expect(parents.size).toBeGreaterThan(12);
    const resumed = await goOn(setup, world.log.slice(0, Math.floor(world.log.length / 2)), 7);
    await resumed.finish();
    expect(canonicalLog(resumed.log)).toEqual(canonicalLog(world.log));
  });
});
