import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../web/engine/events.ts';
import type { LanguageModel, ModelReply } from '../../../../web/engine/models/model.ts';
import type { EvaluationPort } from '../../../../web/engine/ports.ts';
import type { StrategyPart } from '../stand-ins.ts';
import { evaluation } from '../stand-ins.ts';
import { checkLog, checkState, checkText, paidCalls } from './invariants.ts';
import { openWorld, rough, type Setup, type World } from './world.ts';

const never = <T>(): Promise<T> => new Promise(() => {});

const models: StrategyPart['models'] = {
  ensemble: { cheap: 1 },
  replyTokens: 1_000,
  promptTokens: 20_000,
  attempts: 2,
  refinements: 0,
  prices: { cheap: { input: 1, output: 1 } },
};
const alone: StrategyPart = { operators: { diff: 1 }, models, lookAhead: 3, proposals: 2 };
const mixed: StrategyPart = { ...alone, operators: { diff: 1, mutate: 1 } };

const replied: ModelReply = {
  type: 'replied',
  text: 'I have no idea.',
  finish: 'stop',
  usage: { input: 100, output: 10, cached: 0, reasoning: 0 },
  dollars: null,
};

async function ended(setup: Partial<Setup> & { strategy: StrategyPart }): Promise<World> {
  const world = await openWorld({ seed: 4, failures: { rate: 0, retryAfter: null }, ...setup });
  await world.finish();
  const state = checkLog(world.log);
  expect(state.inFlight.size).toBe(0);
  checkState(world.run.state, world.log);
  checkText(world.log);
  return world;
}

function results(log: readonly RunEvent[]): Extract<RunEvent, { type: 'evaluated' }>[] {
  return log.filter((event) => event.type === 'evaluated');
}

/** Breaks at every so many openings. */
function evaluationsBroken(every: number, open: () => ReturnType<EvaluationPort['open']>): EvaluationPort {
  let opened = 0;
  return {
    open: ({ files }) => {
      opened++;
      if (opened % every === 0) return open();
      const value = Number(/-?\d+/.exec(files['seed.js'] ?? '')?.[0]);
      return Promise.resolve({
        type: 'ok',
        session: { evaluate: (requests) => Promise.resolve(requests.map(() => rough(value))), close() {} },
      });
    },
  };
}

describe.each(['ordered', 'throughput'] as const)('in %s mode', (mode) => {
  it.each([
    ['never opens', () => never<never>()],
    ['rejects', () => Promise.reject(new Error('broken pipe'))],
    [
      'throws at once',
      () => {
        throw new Error('no pipe');
      },
    ],
    [
      'opens and never scores',
      () => Promise.resolve({ type: 'ok' as const, session: { evaluate: () => never<never>(), close() {} } }),
    ],
    [
      'scores and can not close',
      () =>
        Promise.resolve({
          type: 'ok' as const,
          session: {
            evaluate: () => Promise.resolve([{ type: 'scored' as const, evaluation: evaluation(1), milliseconds: 0 }]),
            close() {
              throw new Error('it is stuck');
            },
          },
        }),
    ],
    [
      'answers with nothing',
      () => Promise.resolve({ type: 'ok' as const, session: { evaluate: () => Promise.resolve([]), close() {} } }),
    ],
  ])('an evaluation port that %s now and then costs one job each time', async (_, open) => {
    const strategy: StrategyPart = { operators: { mutate: 1 }, mode, lookAhead: 4, evaluations: 2 };
    const { log } = await ended({ strategy, evaluations: evaluationsBroken(5, open) });
    expect(log.at(-1)).toMatchObject({ type: 'run-finished', reason: 'evaluations' });
    expect(results(log).filter(({ status }) => status === 'correct').length).toBeGreaterThan(5);
  });

  it('an evaluation port that is stuck for ever leaves its place to others', async () => {
    // One lane: the second program would hold it for ever.
    let opened = 0;
    const evaluations = evaluationsBroken(1e9, never);
    const port: EvaluationPort = {
      open: (source, signal) => (++opened === 2 ? never() : evaluations.open(source, signal)),
    };
    const strategy: StrategyPart = { operators: { mutate: 1 }, mode, lookAhead: 6, evaluations: 1 };
    const { log } = await ended({ strategy, evaluations: port });
    const lost = results(log).filter(({ reason }) => reason === 'it gave no result within its limits');
    expect(lost).toHaveLength(1);
  });

  it('a model that never answers costs its jobs and no more; operators that ask nobody go on', async () => {
    const silent: LanguageModel = { complete: () => never() };
    const { log, run } = await ended({ strategy: { ...mixed, mode }, models: silent });
    expect(run.state.finished).toBe('evaluations');
    expect(results(log).some(({ status }) => status === 'correct')).toBe(true);
  });

  it('a run that only asks a silent model ends when nothing is left to ask with', async () => {
    const silent: LanguageModel = { complete: () => never() };
    const { log, run } = await ended({ strategy: { ...alone, mode }, models: silent, budget: { calls: 9 } });
    // A call that has not come back may cost all that was set aside for it.
    expect(run.state.spent.calls).toBe(9);
    expect(log.filter(({ type }) => type === 'replied')).toEqual([]);
  });

  it('a model that throws is a model that fails: its circuit opens, no evaluation is lost', async () => {
    const broken: LanguageModel = {
      complete() {
        throw new Error('no route');
      },
    };
    const { log } = await ended({ strategy: { ...mixed, mode }, models: broken, budget: { evaluations: 60 } });
    const replies = log.filter((event) => event.type === 'replied');
    expect(replies.length).toBeGreaterThan(0);
    for (const { reply } of replies) expect(reply).toMatchObject({ type: 'failed', reason: 'no route' });
    for (const { evaluations, reason } of results(log)) {
      if (reason.includes('no route')) expect(evaluations).toBe(0);
    }
    expect(replies.length).toBeLessThan(40);
  });

  it('a reply after a job was given up is in its costs, not in the log', async () => {
    const world: { current: World | null } = { current: null };
    const late: LanguageModel = {
      async complete() {
        await (world.current as World).time.sleep(1e8);
        return replied;
      },
    };
    const opened = await openWorld({ seed: 4, strategy: { ...mixed, mode }, models: late, budget: { calls: 12 } });
    world.current = opened;
    await opened.finish();
    // The replies come when all is over.
    await opened.time.until(opened.time.sleep(1e9));
    checkLog(opened.log);
    checkText(opened.log);
    expect(opened.log.filter(({ type }) => type === 'replied')).toEqual([]);
    expect(opened.run.state.spent.calls).toBeGreaterThan(0);
  });

  it('a long queue is no fault: what waits for a place is not given up', async () => {
    const world: { current: World | null } = { current: null };
    const slow: LanguageModel = {
      async complete() {
        await (world.current as World).time.sleep(600_000);
        return replied;
      },
    };
    const strategy: StrategyPart = { ...alone, mode, proposals: 1, lookAhead: 12 };
    const opened = await openWorld({ seed: 4, strategy, models: slow, budget: { calls: 24 } });
    world.current = opened;
    await opened.finish();
    expect(results(opened.log).filter(({ reason }) => reason.includes('within its limits'))).toEqual([]);
    expect(opened.log.filter(({ type }) => type === 'replied')).toHaveLength(24);
  });

  it('stop ends steps and stages that wait, and what comes later is taken as it may', async () => {
    const gates: ((reply: ModelReply) => void)[] = [];
    const waiting: LanguageModel = { complete: () => new Promise((resolve) => void gates.push(resolve)) };
    const opened = await openWorld({ seed: 4, strategy: { ...alone, mode, lookAhead: 1 }, models: waiting });
    const { run, time, log } = opened;
    await time.until(run.step());
    const [step, stage] = [run.step(), run.stepStage()];
    // `stepStage` pauses, which ends the step.
    await time.until(step);
    await new Promise((resolve) => setImmediate(resolve));
    run.stop();
    expect(await time.until(stage)).toBeNull();
    expect(await time.until(run.finished)).toBe('stopped');
    expect(run.command({ type: 'hint', text: 'go on', island: null })).toMatchObject({ type: 'refused' });
    for (const open of gates) open(replied);
    await new Promise((resolve) => setImmediate(resolve));
    // Paid for, so it is kept: who goes on from here does not pay again.
    const paid = new Set(paidCalls(log));
    expect(paid.size).toBe(gates.length);
    const resumed = await openWorld({ seed: 4, strategy: { ...alone, mode, lookAhead: 1 }, log });
    await resumed.finish();
    const asked = resumed.requests.map(({ key }) => key.split('/').slice(1, 3).join('/'));
    expect(asked.filter((key) => paid.has(key))).toEqual([]);
    checkLog(resumed.log);
    checkText(resumed.log);
  });
});
