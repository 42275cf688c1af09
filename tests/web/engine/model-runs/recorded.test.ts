/** A run that is made again from the replies of a stored one: for nothing, and with the same choices, also where costs decide them. */
import { describe, expect, it } from 'vitest';
import { canonicalLog, type RunEvent } from '../../../../web/engine/events.ts';
import { readLog, writeLog } from '../../../../web/engine/log.ts';
import type { LanguageModel, ModelRequest } from '../../../../web/engine/models/model.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { Recorded } from '../../../../web/models/recorded.ts';
import { clock, finish, harness, realSyntax } from '../stand-ins.ts';
import { experimentOf, issues, near400, OPERATORS, replies, saying } from './play.ts';

/** One says what it costs, of the other the run's prices do; both say the same, and so the cheap one is worth more. */
const setup = {
  strategy: {
    operators: { diff: 1, rewrite: 0.2 },
    bandit: { type: 'ucb', exploration: 0.5, epsilon: 0.1, cost: 0.9 },
    exploration: 0.1,
    models: {
      ensemble: { dear: 1, cheap: 1 },
      prices: { dear: { input: 400, output: 400 }, cheap: { input: 1, output: 1 } },
      refinements: 1,
    },
    selection: { type: 'uniform' },
    memory: { every: 9, recommendations: 2, model: null },
  },
  budget: { evaluations: 60 },
} as const;

/** Prices of the run, not of the reply. */
function unpriced(): LanguageModel & { readonly requests: ModelRequest[] } {
  const model = saying();
  return {
    requests: model.requests,
    complete: async (request, signal) => ({ ...(await model.complete(request, signal)), dollars: null }),
  };
}

function recordedOf(log: readonly RunEvent[]): LanguageModel {
  const recorded = new Recorded(() => Promise.resolve({ type: 'ok', value: log }));
  return { complete: (request) => recorded.reply('stored', request) };
}

async function made(models: LanguageModel, more: object = {}) {
  const run = await harness({
    experiment: experimentOf({ ...setup, ...more }),
    operators: OPERATORS,
    score: near400,
    models,
  });
  await finish(run);
  return run;
}

/** The log without what calls cost. */
function unpaid(log: readonly RunEvent[]): unknown {
  return JSON.parse(
    JSON.stringify(canonicalLog(log), (key, value: unknown) =>
      key === 'dollars' || key === 'worth' ? undefined : value,
    ),
  );
}

describe('a run on the replies of a stored run', () => {
  it('is the stored run again, and costs nothing', async () => {
    const first = await made(unpriced());
    expect(first.run.state.spent.dollars).toBeGreaterThan(0.05);
    const again = await made(recordedOf(first.log));
    expect(replies(again.log).filter(({ reply }) => reply.type === 'failed')).toEqual([]);
    expect(unpaid(again.log)).toEqual(unpaid(first.log));
    expect(again.run.state.spent.dollars).toBe(0);
    expect([...again.run.state.arms]).toEqual([...first.run.state.arms]);
  });

  it('has a bandit that goes by cost: the dear model is asked less', async () => {
    const { log } = await made(unpriced());
    const asked = (name: string): number =>
      issues(log).filter(({ kind, model }) => kind === 'program' && model === name).length;
    expect(asked('cheap')).toBeGreaterThan(2 * asked('dear'));
  });

  it('is so a third time, from the second log', async () => {
    const first = await made(unpriced());
    const second = await made(recordedOf(first.log));
    const third = await made(recordedOf(second.log));
    expect(canonicalLog(third.log)).toEqual(canonicalLog(second.log));
  });

  it('has a log that survives its text, replays, and goes on from any cut', async () => {
    const first = await made(unpriced());
    const { log } = await made(recordedOf(first.log));
    const read = readLog(writeLog(log));
    expect(read.type === 'ok' && read.events).toEqual(JSON.parse(JSON.stringify(log)));
    expect(await replay(log, { syntax: await realSyntax(), clock, operators: OPERATORS })).toMatchObject({
      type: 'same',
    });
    for (let cut = 3; cut < log.length; cut += 47) {
      const options = {
        experiment: experimentOf(setup),
        operators: OPERATORS,
        score: near400,
        models: recordedOf(first.log),
      };
      const run = await harness({ ...options, log: log.slice(0, cut) });
      await finish(run);
      expect(canonicalLog(run.log), `cut at ${cut}`).toEqual(canonicalLog(log));
    }
  });
});
