import { describe, expect, it } from 'vitest';
import { Asking } from '../../../web/engine/asking.ts';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { Replied, RunEvent } from '../../../web/engine/events.ts';
import type { ModelReply, ModelRequest } from '../../../web/engine/models/model.ts';
import type { Operator } from '../../../web/engine/operators/operator.ts';
import { createRun } from '../../../web/engine/run.ts';
import type { InFlight } from '../../../web/engine/state.ts';
import { bumpy, clock, experiment, finish, harness, realSyntax, standIn, walk } from './stand-ins.ts';

const usage = { input: 10, output: 5, cached: 0, reasoning: 0 };
const said = (text: string, dollars: number | null): ModelReply => ({
  ...{ type: 'replied', text, finish: 'stop', usage, dollars },
});

/** Asks once and changes a number as `walk` does. */
const asking: Operator = {
  id: 'diff',
  asks: true,
  applies: () => true,
  async propose(context) {
    const reply = await context.model?.ask([{ role: 'user', content: 'go on' }], 'propose');
    return reply?.type === 'replied' ? walk.propose(context) : { type: 'none', reason: 'no reply' };
  },
};

describe('what a job asks', () => {
  const setup = async (replies: InFlight['replies'], calls: number) => {
    const asked: ModelRequest[] = [];
    const recorded: Omit<Replied, 'type' | 'timing'>[] = [];
    const complete = (request: ModelRequest): Promise<ModelReply> => {
      asked.push(request);
      return Promise.resolve(said('new', 0.25));
    };
    const ports = { ...(await ports0()), models: { complete } };
    const asking = new Asking({
      ...{ run: 'r', job: 3, ports, signal: new AbortController().signal },
      reserved: { evaluations: 1, calls, tokens: 1_000, dollars: 1 },
      flight: () => ({ replies }) as InFlight,
      price: () => null,
      worst: () => 0.25,
      record: (event) => recorded.push(event),
    });
    const options = { temperature: null, effort: 'none', replyTokens: 100, promptTokens: 1_000 } as const;
    return { asking, asked, recorded, ask: () => asking.ask('m', [{ role: 'user', content: 'q' }], 'judge', options) };
  };
  const ports0 = async () => ({ evaluations: standIn(bumpy).port, syntax: await realSyntax(), clock, emit: () => {} });
  const before = {
    ...({ purpose: 'judge', model: 'm' } as const),
    request: 'of another request',
    reply: said('old', 0.5),
    dollars: 0.5,
  };

  it('pays for replies that a resumed job has no use for, and gives none of their numbers away again', async () => {
    const { asking, asked, recorded, ask } = await setup(new Map([[0, before]]), 3);
    expect(await ask()).toMatchObject({ text: 'new' });
    expect(asked).toHaveLength(1);
    expect(recorded.map(({ call }) => call)).toEqual([1]);
    expect(asking.spent).toEqual({ calls: 2, tokens: 30, dollars: 0.75 });
  });

  it('counts what was paid before, though nothing is asked any more', async () => {
    const { asking } = await setup(new Map([[0, before]]), 3);
    expect(asking.spent).toEqual({ calls: 1, tokens: 15, dollars: 0.5 });
  });

  it('makes no call beyond those that were reserved', async () => {
    const { asking, asked, ask } = await setup(new Map([[0, before]]), 1);
    expect(await ask()).toMatchObject({ type: 'failed' });
    expect(asked).toHaveLength(0);
    expect(asking.spent.calls).toBe(1);
  });
});

describe('what a run has spent', () => {
  const complete = (): Promise<ModelReply> => Promise.resolve(said('', 0.01));

  it('holds what was paid for jobs that a fault of a port cost', async () => {
    const log: RunEvent[] = [];
    const good = standIn(bumpy).port;
    const ports = {
      ...{ syntax: await realSyntax(), clock, emit: (event: RunEvent) => void log.push(event), models: { complete } },
      evaluations: {
        open: (...args: Parameters<typeof good.open>) =>
          args[0].files['seed.js']?.includes('= 1;') ? good.open(...args) : Promise.reject(new Error('broken')),
      },
    };
    const settings = experiment(
      { operators: { diff: 1 }, models: { ensemble: { m: 1 } } },
      { budget: { ...DEFAULT_BUDGET, evaluations: 30 } },
    );
    const run = createRun({ experiment: settings, seed: 1, ports, operators: [asking] });
    run.play();
    await run.finished;
    const paid = log.filter((event) => event.type === 'replied').length;
    expect(log.some((event) => event.type === 'evaluated' && event.reason.includes('broken'))).toBe(true);
    expect(run.state.spent.calls).toBe(paid);
    expect(run.state.spent.dollars).toBeCloseTo(paid * 0.01, 9);
  });

  it('is counted by the prices of the island that asked, as it was reserved', async () => {
    const own = { ...experiment().strategy.models, ensemble: { x: 1 }, prices: { x: { input: 1_000, output: 1_000 } } };
    const settings = experiment(
      { operators: { diff: 1, walk: 1 }, models: { ensemble: {} }, islands: { count: 2, own: [{}, { models: own }] } },
      { budget: { ...DEFAULT_BUDGET, evaluations: 60, dollars: 200 } },
    );
    const models = { complete: () => Promise.resolve(said('', null)) };
    const done = await harness({ experiment: settings, operators: [asking, walk], models });
    await finish(done);
    const { calls, dollars } = done.run.state.spent;
    expect(calls).toBeGreaterThan(0);
    expect(dollars).toBeCloseTo(calls * 0.015, 9);
  });
});
