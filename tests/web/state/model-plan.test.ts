import { describe, expect, it } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { Experiment } from '../../../web/engine/experiment.ts';
import { emptyState, type RunState } from '../../../web/engine/state.ts';
import { gateNews, lineWords, spentNews } from '../../../web/state/model-news.ts';
import {
  besideOf,
  partOf,
  raised,
  restingFor,
  withBeside,
  withModels,
  withoutModels,
  worstCall,
  type Chosen,
} from '../../../web/engine/models/plan.ts';
import { modelsIn, textModelsIn, vectorModelsIn } from '../../../web/engine/models/named.ts';
import { RunView } from '../../../web/state/run-view.svelte.ts';
import { experiment } from '../engine/stand-ins.ts';
import { priced } from './model-helm.ts';

const chosen = (name: string, price = priced(2, 10), more: Partial<Chosen> = {}): Chosen => ({
  ...{ name, share: 1, price, context: null, reply: null, reasons: false },
  ...more,
});
const { strategy } = experiment({ operators: { mutate: 0.6, tune: 0.2 } });

describe('putting models into a run', () => {
  it('leaves the other operators as they are to each other', () => {
    const some = withModels(strategy, [chosen('a')], 'some', 1);
    expect(some.operators['mutate']).toBeCloseTo(0.675);
    expect(some.operators['tune']).toBeCloseTo(0.225);
    expect(['diff', 'rewrite', 'cross', 'fix'].reduce((sum, id) => sum + (some.operators[id] ?? 0), 0)).toBeCloseTo(
      0.1,
    );
    expect([partOf(strategy), partOf(some), partOf(withModels(some, [chosen('a')], 'only', 1))]).toEqual([
      null,
      'some',
      'only',
    ]);
    expect(withoutModels(some).operators).toEqual({ mutate: 0.675, tune: 0.225 });
  });

  it('leaves nothing that asks when it takes them out', () => {
    const own = { models: { ...strategy.models, ensemble: { b: 1 } }, operators: { diff: 1 } };
    const from = {
      ...withModels(strategy, [chosen('a')], 'only', 1),
      islands: { ...strategy.islands, own: [own] },
      memory: { ...strategy.memory, every: 10, model: 'c' },
    };
    expect(modelsIn(from)).toEqual(['a', 'b', 'c']);
    const without = withoutModels(from);
    expect(modelsIn(without)).toEqual([]);
    expect(without.memory.every).toBe(0);
    for (const operators of [without.operators, without.islands.own[0]?.operators ?? {}]) {
      expect(Object.keys(operators).filter((id) => ['diff', 'rewrite', 'cross', 'fix'].includes(id))).toEqual([]);
      expect(Object.values(operators).some((share) => share > 0)).toBe(true);
    }
  });

  it('knows who is asked beside proposals, puts them in with their prices and takes them out again', () => {
    const judge = { model: 'j', rubric: 'Is it clear?', weight: 1 };
    const beside = { vectors: 'remote', maker: 'v', noveltyJudge: 'n', judge } as const;
    const from = withBeside(strategy, beside, { v: priced(0.1, 0), j: priced(1, 2), n: null });
    expect(besideOf(from)).toEqual(beside);
    expect(from.models.prices).toEqual({ v: { input: 0.1, output: 0 }, j: { input: 1, output: 2 } });
    // The judge of novelty is asked by what asks a model, which nothing here does.
    expect([textModelsIn(from), vectorModelsIn(from), modelsIn(from)]).toEqual([['j'], ['v'], ['j', 'v']]);
    expect(modelsIn(withModels(from, [chosen('a')], 'half', 1))).toEqual(['a', 'n', 'j', 'v']);
    const without = withoutModels(from);
    expect(modelsIn(without)).toEqual([]);
    expect(besideOf(without)).toEqual({ vectors: 'none', maker: null, noveltyJudge: null, judge: null });
  });

  it('gives vectors the threshold that is for them, and leaves the one a person has set', () => {
    const none = { vectors: 'none', maker: null, noveltyJudge: null, judge: null } as const;
    const local = withBeside(strategy, { ...none, vectors: 'local' }, {});
    expect(local.novelty.threshold).toBe(0.9995);
    const remote = withBeside(local, { ...none, vectors: 'remote', maker: 'v' }, {});
    expect(remote.novelty.threshold).toBe(0.99);
    const own = { ...remote, novelty: { ...remote.novelty, threshold: 0.8 } };
    expect(withBeside(own, { ...none, vectors: 'remote', maker: 'w' }, {}).novelty).toMatchObject({
      ...{ threshold: 0.8, model: 'w' },
    });
  });

  it('makes calls small enough for the budget, and no larger than the models take', () => {
    const plain = withModels(strategy, [chosen('a', priced(0, 0))], 'half', null).models;
    expect([plain.promptTokens, plain.replyTokens]).toEqual([64_000, 8_192]);
    const rich = withModels(strategy, [chosen('a')], 'half', 10);
    expect(rich.models.promptTokens).toBe(64_000);
    const poor = withModels(strategy, [chosen('a')], 'half', 0.4);
    expect([poor.models.promptTokens, poor.models.replyTokens]).toEqual([8_000, 2_048]);
    expect(worstCall(poor, 'a')).toBeLessThanOrEqual(0.05);
    const thinking = withModels(strategy, [chosen('a', priced(2, 10), { reasons: true })], 'half', 0.01);
    expect(thinking.models.replyTokens).toBe(4_096);
    const small = withModels(strategy, [chosen('a', priced(0, 0), { context: 8_000, reply: 1_000 })], 'half', null);
    expect([small.models.promptTokens, small.models.replyTokens]).toEqual([6_000, 1_000]);
  });

  it('names a price only where the engine knows another', () => {
    const opus = { input: 4, cached: 0.2, output: 20, written: 5, long: null };
    expect(withModels(strategy, [chosen('claude-opus-5-5', opus)], 'half', 1).models.prices).toEqual({});
    const dearer = { ...opus, input: 6 };
    expect(withModels(strategy, [chosen('claude-opus-5-5', dearer)], 'half', 1).models.prices).toEqual({
      'claude-opus-5-5': { input: 6, output: 20 },
    });
    // What is set aside has to be enough also where a prompt is written to a cache.
    const odd = { ...opus, written: 9 };
    expect(withModels(strategy, [chosen('x', odd)], 'half', 1).models.prices['x']).toEqual({ input: 9, output: 20 });
  });

  it('lets those search that may, with what it costs, and makes room for it', () => {
    const searching = { ...strategy, models: { ...strategy.models, search: { share: 0.1, most: 2 } } };
    const opus = { input: 4, cached: 0.2, output: 20, written: 5, long: null };
    // The table has a price for its searches; whoever offers it here does not let it search.
    const barred = withModels(searching, [chosen('claude-opus-5-5', opus)], 'half', 1).models;
    expect([barred.search?.share, barred.prices]).toEqual([0, {}]);
    const allowed = withModels(searching, [chosen('claude-opus-5-5', { ...opus, search: 0.01 })], 'half', 1).models;
    expect([allowed.search?.share, allowed.prices]).toEqual([0.1, {}]);
    const both = [chosen('claude-opus-5-5', opus), chosen('x', { ...opus, search: 0.03 })];
    expect(withModels(searching, both, 'half', 1).models.prices).toEqual({
      'claude-opus-5-5': { input: 5, output: 20 },
      x: { input: 5, output: 20, search: 0.03 },
    });
    const [poor, rich] = [1, 1_000].map((dollars) => withModels(searching, both, 'half', dollars));
    expect(poor?.models.promptTokens).toBeLessThan(rich?.models.promptTokens ?? 0);
    expect(worstCall(searching, 'claude-opus-5-5')).toBeGreaterThan(worstCall(strategy, 'claude-opus-5-5') ?? Infinity);
  });
});

/** A run whose models have spent that much of fifty cents. */
function spending(dollars: number, more: Partial<RunState> = {}, budget = {}): RunState {
  const with1: Experiment = {
    ...experiment(),
    strategy: withModels(strategy, [chosen('a')], 'half', 0.4),
    budget: { ...DEFAULT_BUDGET, dollars: 0.5, ...budget },
  };
  return { ...emptyState(), experiment: with1, spent: { calls: 3, tokens: 9_000, dollars }, ...more };
}

function shown(state: RunState, activity: RunView['activity']): RunView {
  const run = new RunView(state.experiment);
  Object.assign(run.state, state);
  run.activity = activity;
  return run;
}

describe('the end of a budget', () => {
  it('is there when no call fits any more and none is under way', () => {
    expect(restingFor(spending(0.1))).toBe(null);
    expect(restingFor(spending(0.49))).toBe('dollars');
    expect(restingFor(spending(0.49, { held: { calls: 1, tokens: 10, dollars: 0.01 } }))).toBe(null);
    expect(restingFor(spending(0.1, {}, { calls: 3 }))).toBe('calls');
    expect(restingFor(spending(0.1, {}, { soft: { calls: null, tokens: 9_000, dollars: null } }))).toBe('tokens');
  });

  it('is told with the sum, and with what raising it comes to', () => {
    expect(spentNews(shown(spending(0.1), 'running'))).toBe(null);
    expect(spentNews(shown(spending(0.49), 'running'))).toEqual({
      cap: 'dollars',
      text: 'The budget of $0.50 for models is spent: $0.4900 so far, and one more call may cost up to $0.0365. The search goes on without them.',
      action: 'Raise to $1',
    });
    expect(spentNews(shown(spending(0.49, { finished: 'dollars' }), 'finished'))?.text).toBe(
      'Finished: the budget of $0.50 for models is spent: $0.4900 so far, and one more call may cost up to $0.0365.',
    );
    expect(spentNews(shown(spending(0.1, { finished: 'calls' }, { calls: 3 }), 'finished'))).toEqual({
      cap: 'calls',
      text: 'Finished: the budget of 3 calls for models is spent.',
      action: 'Raise to 6 calls',
    });
    expect(spentNews(shown(spending(0.49, { finished: 'evaluations' }), 'finished'))).toBe(null);
  });

  it('is raised to twice as much, and at least to one call more', () => {
    expect(raised(spending(0.1), 'dollars')?.dollars).toBe(1);
    expect(raised(spending(0.1, {}, { dollars: 0.01 }), 'dollars')?.dollars).toBe(0.14);
    expect(raised(spending(0.1, {}, { calls: 3 }), 'calls')).toMatchObject({ calls: 6, dollars: 0.5 });
    expect(raised(spending(0.1), 'tokens')).toBe(null);
    const soft = { soft: { calls: null, tokens: 10, dollars: null } };
    expect(raised(spending(0.1, {}, soft), 'tokens')).toMatchObject({ tokens: null, soft: { tokens: 19_048 } });
  });
});

describe('words of a run with models', () => {
  it('name who would be asked and the sum', () => {
    const waiting = spending(0).experiment as Experiment;
    const gate = { names: ['a'], dollars: 0.5, going: true };
    expect(gateNews(gate, waiting)).toMatchObject({
      agree: 'Ask them, up to $0.50 in all',
      others: true,
      capped: true,
    });
    const alone = { ...waiting, strategy: { ...waiting.strategy, operators: { diff: 1 } } };
    expect(gateNews({ ...gate, dollars: null }, alone)).toMatchObject({
      agree: 'Ask them',
      others: false,
      capped: false,
    });
  });

  it('say what is spent and what is under way', () => {
    expect(lineWords(0.0123, 0.5, 400, 2)).toBe('Models: $0.0123 of $0.50, 2 calls under way');
    expect(lineWords(0, null, 4_000, 1)).toBe('Models: 4,000 tokens, 1 call under way');
    expect(lineWords(0.02, null, 4_000, 0)).toBe('Models: $0.0200');
  });
});
