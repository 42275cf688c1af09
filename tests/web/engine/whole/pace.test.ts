/** How many jobs a run keeps in flight where models are slow, in virtual time. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../../web/engine/defaults.ts';
import type { RunEvent } from '../../../../web/engine/events.ts';
import { NO_USAGE, type LanguageModel } from '../../../../web/engine/models/model.ts';
import type { Operator } from '../../../../web/engine/operators/operator.ts';
import type { EvaluationPort } from '../../../../web/engine/ports.ts';
import { reduce } from '../../../../web/engine/reduce.ts';
import { replay } from '../../../../web/engine/replay.ts';
import { createRun } from '../../../../web/engine/run.ts';
import { emptyState } from '../../../../web/engine/state.ts';
import { evaluation, experiment, numberIn, realSyntax, type StrategyPart } from '../stand-ins.ts';
import { VirtualTime } from './virtual-time.ts';

const LOOK_AHEAD = 4;

interface Paced {
  readonly log: readonly RunEvent[];
  /** Jobs in flight after each result's group, from the 10th result to before the budget runs out. */
  readonly inFlight: readonly number[];
  /** Most calls of the model that were open at once. */
  readonly open: number;
}

/** Asks for a number and writes it; each is another, for what has been seen before is not evaluated and takes no time. */
const ask: Operator = {
  id: 'diff',
  asks: true,
  applies: ({ model }) => model !== null,
  async propose({ parent, model }) {
    const reply = await model?.ask([{ role: 'user', content: 'Which?' }], 'propose');
    const before = parent.files['seed.js'] ?? '';
    const start = before.search(/\d/);
    const end = before.indexOf(';');
    return reply?.type === 'replied'
      ? { type: 'edits', edits: [{ file: 'seed.js', start, end, text: reply.text }], note: '' }
      : { type: 'none', reason: 'no answer' };
  },
};

/** A model that takes `model` ms and an evaluator that takes `score` ms. */
async function paced(strategy: StrategyPart, model: number, score: number): Promise<Paced> {
  const time = new VirtualTime();
  const calls = { open: 0, most: 0, asked: 0 };
  const models: LanguageModel = {
    async complete(request, signal) {
      calls.most = Math.max(calls.most, ++calls.open);
      await time.sleep(model, signal);
      calls.open--;
      return { type: 'replied', text: String(++calls.asked), finish: 'stop', usage: NO_USAGE, dollars: null };
    },
  };
  const evaluations: EvaluationPort = {
    open: ({ files }) =>
      Promise.resolve({
        type: 'ok',
        session: {
          async evaluate(requests) {
            await time.sleep(score);
            // Nothing is better than the seed: a new best would be looked at twice.
            const fitness = -numberIn(files['seed.js'] ?? '');
            return requests.map(() => ({ type: 'scored', evaluation: evaluation(fitness), milliseconds: score }));
          },
          close() {},
        },
      }),
  };
  const log: RunEvent[] = [];
  const most = 80;
  const run = createRun({
    experiment: experiment(
      {
        ...{ mode: 'throughput', lookAhead: LOOK_AHEAD, proposals: 100, mostAhead: 32, operators: { diff: 1 } },
        models: { ensemble: { slow: 1 }, replyTokens: 500, promptTokens: 20_000, attempts: 1 },
        ...strategy,
      },
      { budget: { ...DEFAULT_BUDGET, evaluations: most } },
    ),
    seed: 2,
    ports: { evaluations, syntax: await realSyntax(), clock: time.clock, models, emit: (event) => log.push(event) },
    operators: [ask],
  });
  run.play();
  await time.until(run.finished);
  const state = emptyState();
  const inFlight: number[] = [];
  log.forEach((event, i) => {
    const settled = event.type === 'evaluated' || event.type === 'replied' || event.type === 'run-finished';
    // A group is over where the next event comes from outside.
    if (settled && i > 0 && state.consumed >= 10 && state.evaluations + state.reserved < most) {
      if (log[i - 1]?.type !== 'replied') inFlight.push(state.inFlight.size);
    }
    reduce(state, event);
  });
  expect(inFlight.length).toBeGreaterThan(30);
  expect(await replay(log, { syntax: await realSyntax(), clock: time.clock, operators: [ask] })).toMatchObject({
    type: 'same',
  });
  return { log, inFlight: [...new Set(inFlight)], open: calls.most };
}

describe('jobs in flight', () => {
  it('are three times the look-ahead where a model is much slower than an evaluation', async () => {
    const { inFlight, open } = await paced({}, 2_000, 10);
    expect(inFlight).toEqual([3 * LOOK_AHEAD]);
    expect(open).toBe(3 * LOOK_AHEAD);
  });

  it('are never more than `mostAhead`, nor more proposals made at once than `proposals`', async () => {
    const narrow = await paced({ mostAhead: 7 }, 2_000, 10);
    expect(narrow.inFlight).toEqual([7]);
    expect(narrow.open).toBe(7);
    const off = await paced({ mostAhead: 0 }, 2_000, 10);
    expect(off.inFlight).toEqual([LOOK_AHEAD]);
    const few = await paced({ proposals: 5 }, 2_000, 10);
    expect(few.inFlight).toEqual([3 * LOOK_AHEAD]);
    expect(few.open).toBe(5);
  });

  it('go by the ratio of the times of the stages', async () => {
    const { inFlight } = await paced({}, 100, 200);
    expect(inFlight).toEqual([LOOK_AHEAD + LOOK_AHEAD / 2]);
  });

  it('are one more than the look-ahead where evaluations are what takes long', async () => {
    const { inFlight } = await paced({}, 10, 2_000);
    expect(inFlight).toEqual([LOOK_AHEAD + 1]);
  });

  it('are the look-ahead in ordered mode, whatever takes how long', async () => {
    const slow = await paced({ mode: 'ordered' }, 2_000, 10);
    expect(slow.inFlight).toEqual([LOOK_AHEAD]);
    expect(slow.open).toBe(LOOK_AHEAD);
  });
});
