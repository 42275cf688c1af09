/** What ends a run besides evaluations and what models may spend; each in virtual time. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../../web/engine/events.ts';
import type { Budget } from '../../../../web/engine/experiment.ts';
import type { EvaluationPort } from '../../../../web/engine/ports.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { createRun } from '../../../../web/engine/run.ts';
import { bestFitness, type RunState } from '../../../../web/engine/state.ts';
import { canonicalLog, evaluation, experiment, numberIn, realSyntax } from '../stand-ins.ts';
import { checkLog, checkText } from './invariants.ts';
import { openWorld, OPERATORS, type Setup, type World } from './world.ts';
import { VirtualTime } from './virtual-time.ts';

const strategy: Setup['strategy'] = { operators: { mutate: 1 }, lookAhead: 4, archive: { size: 4 } };

function open(budget: Partial<Budget>, more: Partial<Setup> = {}): Promise<World> {
  return openWorld({ strategy, budget: { evaluations: 2_000, ...budget }, seed: 5, ...more });
}

/** Evaluations spent when each new best came, by the log alone. */
function bestsOf(log: readonly RunEvent[]): { readonly at: number; readonly fitness: number }[] {
  const bests: { at: number; fitness: number }[] = [];
  let at = 0;
  let fitness = 0;
  for (const event of log) {
    if (event.type === 'evaluated') {
      at += event.evaluations;
      fitness = event.evaluation?.fitness ?? -Infinity;
    } else if (event.type === 'added' && event.best) bests.push({ at, fitness });
  }
  return bests;
}

describe('a target', () => {
  it('ends a run at the first program that is as good, and at none before it', async () => {
    const whole = await open({});
    await whole.finish();
    const far = bestsOf(whole.log);
    expect(far.length).toBeGreaterThan(3);
    const wanted = far[2]!;
    const world = await open({ target: wanted.fitness });
    expect(await world.finish()).toBe('target');
    const { state } = world.run;
    expect(bestFitness(state)).toBeGreaterThanOrEqual(wanted.fitness);
    const reached = bestsOf(world.log).findIndex(({ fitness }) => fitness >= wanted.fitness);
    const bests = bestsOf(world.log);
    expect(bests.slice(0, reached).every(({ fitness }) => fitness < wanted.fitness)).toBe(true);
    // What was in flight is finished and kept; nothing more is issued.
    expect(state.evaluations).toBeLessThanOrEqual(bests[reached]!.at + 4);
    expect(state.inFlight.size).toBe(0);
    checkLog(world.log);
    checkText(world.log);
  });

  it('may be the score of the seed, below zero, and is one for any timing', async () => {
    const world = await open({ target: -1_000 });
    expect(await world.finish()).toBe('target');
    expect(world.run.state.evaluations).toBe(1);
    const never = await open({ target: 1e9, evaluations: 40 });
    expect(await never.finish()).toBe('evaluations');
    const [a, b] = [await open({ target: -20 }), await open({ target: -20 }, { timing: 9 })];
    for (const each of [a, b]) expect(await each.finish()).toBe('target');
    expect(canonicalLog(b.log)).toEqual(canonicalLog(a.log));
  });

  it('that is taken back lets the run go on', async () => {
    const world = await open({ target: -30 });
    expect(await world.finish()).toBe('target');
    const before = world.run.state.evaluations;
    world.run.setBudget({ ...DEFAULT_BUDGET, evaluations: before + 50 });
    expect(await world.finish()).toBe('evaluations');
    expect(world.run.state.evaluations).toBe(before + 50);
  });
});

describe('patience', () => {
  it('ends a run after so many evaluations without a new best, and not before', async () => {
    const world = await open({ patience: 60 });
    expect(await world.finish()).toBe('patience');
    const bests = bestsOf(world.log);
    expect(bests.length).toBeGreaterThan(1);
    const last = bests.at(-1)!;
    expect(world.run.state.evaluations - last.at).toBeGreaterThanOrEqual(60);
    // Nothing is issued once it is lost, and at most what was in flight comes after.
    expect(world.run.state.evaluations - last.at).toBeLessThan(60 + 4);
    bests.slice(1).forEach(({ at }, i) => expect(at - bests[i]!.at).toBeLessThan(60 + 4));
    checkLog(world.log);
    checkText(world.log);
  });

  it('is counted anew where a run goes on, also from its text, and any cut leads to the same end', async () => {
    const world = await open({ patience: 25 });
    expect(await world.finish()).toBe('patience');
    const before = world.run.state.evaluations;
    const { bests } = world.run.state;
    const found = bests.length;
    world.run.setBudget({ ...DEFAULT_BUDGET, evaluations: 2_000, patience: 25 });
    expect(await world.finish()).toBe('patience');
    if (bests.length === found) expect(world.run.state.evaluations).toBeGreaterThanOrEqual(before + 25);
    const syntax = await realSyntax();
    const { clock } = new VirtualTime();
    expect(await replay(world.log, { syntax, clock, operators: OPERATORS })).toMatchObject({ type: 'same' });
    const first = world.log.findIndex((event) => event.type === 'run-finished') + 1;
    for (const cut of [20, Math.floor(first / 2), first - 1]) {
      const resumed = await open({ patience: 25 }, { log: world.log.slice(0, cut), timing: cut });
      expect(await resumed.finish()).toBe('patience');
      expect(canonicalLog(resumed.log)).toEqual(canonicalLog(world.log.slice(0, first)));
    }
  });
});

describe('time', () => {
  /** Each evaluation takes ten milliseconds, and as many run at once as are asked for. */
  async function timed(budget: Partial<Budget>, lookAhead: number): Promise<RunState> {
    const time = new VirtualTime();
    const evaluations: EvaluationPort = {
      open: ({ files }) =>
        Promise.resolve({
          type: 'ok',
          session: {
            async evaluate(requests) {
              await time.sleep(10);
              const fitness = numberIn(files['seed.js'] ?? '');
              return requests.map(() => ({ type: 'scored', evaluation: evaluation(fitness), milliseconds: 10 }));
            },
            close() {},
          },
        }),
    };
    const run = createRun({
      experiment: experiment(
        { operators: { mutate: 1 }, lookAhead },
        { budget: { ...DEFAULT_BUDGET, evaluations: 1_000, ...budget } },
      ),
      seed: 3,
      ports: { evaluations, syntax: await realSyntax(), clock: time.clock, emit: () => {} },
      operators: OPERATORS,
    });
    run.play();
    await time.until(run.finished);
    return run.state;
  }

  it('of work ends a run: summed over all that ran at once, so that four at once spend it in a quarter of the time', async () => {
    const one = await timed({ workMilliseconds: 400 }, 1);
    expect(one.finished).toBe('work');
    expect(one.work).toBe(400);
    // A second look at a new best is work too, and no evaluation.
    expect(one.evaluations).toBeLessThanOrEqual(40);
    expect(one.elapsed).toBe(400);
    const four = await timed({ workMilliseconds: 400 }, 4);
    expect(four.finished).toBe('work');
    // What was in flight when it ran out is finished and kept.
    expect(four.work).toBeGreaterThanOrEqual(400);
    expect(four.work).toBeLessThan(400 + 4 * 10);
    expect(four.elapsed).toBeLessThan(one.elapsed / 2);
  });

  it('of the run ends it whatever runs at once', async () => {
    const four = await timed({ milliseconds: 200 }, 4);
    expect(four.finished).toBe('time');
    expect(four.work).toBeGreaterThan(2 * four.elapsed);
  });
});
