/** Proposals that may search the web: who may, how often, what is set aside for it and what of it gets into the log. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_STRATEGY } from '../../../../web/engine/defaults.ts';
import { readLog, writeLog } from '../../../../web/engine/log.ts';
import { worstCostOf } from '../../../../web/engine/models/cost.ts';
import type { LanguageModel, ModelReply, ModelRequest } from '../../../../web/engine/models/model.ts';
import { priceOf } from '../../../../web/engine/models/prices.ts';
import { FOUND_TOKENS, readAtMost } from '../../../../web/engine/models/search.ts';
import { readStrategy } from '../../../../web/engine/strategy-validation.ts';
import { Reader } from '../../../../web/engine/reader.ts';
import { finish, harness, type StrategyPart } from '../stand-ins.ts';
import { experimentOf, holds, issues, near400, open, OPERATORS, played, replies, results, said } from './play.ts';

const PRICES = { m: { input: 1, output: 4, search: 0.01 }, plain: { input: 1, output: 4 } };
const models = (more: Partial<NonNullable<StrategyPart['models']>> = {}): NonNullable<StrategyPart['models']> => ({
  ...{ ensemble: { m: 1 }, prices: PRICES, promptTokens: 20_000, replyTokens: 1_000 },
  ...more,
});
const SENTENCE = 'You may search the web at most 3 times';

describe('which calls search', () => {
  it('all of the proposals at a share of 1, and neither judges nor refinements nor looks back', async () => {
    const run = await played({
      strategy: {
        models: models({ search: { share: 1, most: 3 }, refinements: 1, attempts: 2 }),
        memory: { every: 5, recommendations: 2, model: null },
        evaluation: { ...DEFAULT_STRATEGY.evaluation, judge: { model: 'm', rubric: 'Is it short?', weight: 0.5 } },
      },
    });
    const purposes = new Map<string, Set<number | undefined>>();
    for (const { purpose, search } of run.models.requests)
      purposes.set(purpose, (purposes.get(purpose) ?? new Set()).add(search));
    expect(purposes.get('propose')).toEqual(new Set([3]));
    for (const purpose of ['refine', 'memory', 'score']) expect(purposes.get(purpose)).toEqual(new Set([undefined]));
    for (const request of run.models.requests)
      expect(said(request).includes(SENTENCE)).toBe(request.search !== undefined);
    for (const { choices, operator } of issues(run.log)) {
      if (operator !== 'diff') continue;
      expect(choices.at(-1)).toMatchObject({ choice: 'search', policy: 'share 1', chosen: 'yes', propensity: 1 });
    }
    await holds(run);
  });

  it('a share of them, drawn with its probability, and the same after any cut and in a replay', async () => {
    const run = await played({
      strategy: { models: models({ search: { share: 0.25, most: 1 } }) },
      budget: { evaluations: 200 },
    });
    const drawn = issues(run.log).flatMap(({ choices }) => choices.filter(({ choice }) => choice === 'search'));
    const yes = drawn.filter(({ chosen }) => chosen === 'yes');
    for (const { chosen, propensity, among } of drawn) {
      expect([propensity, among]).toEqual([chosen === 'yes' ? 0.25 : 0.75, 2]);
    }
    // Four standard deviations either way.
    const sigma = Math.sqrt(drawn.length * 0.25 * 0.75);
    expect(drawn.length).toBeGreaterThan(150);
    expect(Math.abs(yes.length - 0.25 * drawn.length)).toBeLessThan(4 * sigma);
    expect(issues(run.log).filter(({ search }) => search !== undefined).length).toBe(yes.length);
    await holds(run, 97);
  });

  it('none at a share of 0, by default, or of a model whose price says nothing of searches', async () => {
    for (const more of [
      { search: { share: 0, most: 3 } },
      {},
      { search: { share: 1, most: 3 }, ensemble: { plain: 1 } },
    ]) {
      const run = await played({ strategy: { models: models(more) } });
      expect(run.models.requests.length).toBeGreaterThan(10);
      expect(run.models.requests.some(({ search }) => search !== undefined)).toBe(false);
      expect(JSON.stringify(issues(run.log))).not.toContain('"search"');
    }
  });

  it('those that a log without the setting had: none, and it goes on the same', async () => {
    const setup = { strategy: { models: models() } };
    const run = await played(setup);
    const whole = await finish(await open(setup, run.log));
    const old = JSON.parse(JSON.stringify(run.log)) as typeof run.log;
    const [first] = old;
    if (first?.type !== 'run-started') throw new Error('it began otherwise');
    delete (first.experiment.strategy.models as { search?: unknown }).search;
    const read = readLog(writeLog(old));
    if (read.type === 'failed') throw new Error(read.reason);
    expect(read.events[0]).toEqual(run.log[0]);
    // The first line says the same in another order.
    expect((await finish(await open(setup, read.events.slice(0, 30)))).slice(1)).toEqual(whole.slice(1));
  });
});

describe('what it costs', () => {
  const price = priceOf('m', PRICES);
  if (price === null) throw new Error('no price');

  it('is set aside before, with what may be found, for each of the calls', async () => {
    const run = await played({ strategy: { models: models({ search: { share: 1, most: 2 }, attempts: 1 }) } });
    const [first] = issues(run.log).filter(({ operator }) => operator === 'diff');
    expect(readAtMost(20_000, 2)).toBe(4 * (20_000 + 2 * FOUND_TOKENS));
    expect(first?.reserved).toMatchObject({
      ...{ calls: 1, tokens: readAtMost(20_000, 2) + 1_000 },
      dollars: worstCostOf(20_000, 1_000, price, 2),
    });
    expect(worstCostOf(20_000, 1_000, price, 2)).toBeCloseTo((336_000 + 4 * 1_000) / 1e6 + 0.02, 12);
  });

  it('keeps to a cap: where a search does not fit the proposal is made without', async () => {
    const once = worstCostOf(20_000, 1_000, price, 2);
    const setup = {
      strategy: { models: models({ search: { share: 1, most: 2 }, attempts: 1 }) },
      budget: { dollars: once * 2.5 },
    };
    const run = await played({ ...setup, strategy: { ...setup.strategy, lookAhead: 8 } });
    const asking = issues(run.log).filter(({ operator }) => operator === 'diff');
    const [first, ...rest] = asking;
    expect(first?.search).toBe(2);
    expect(rest.filter(({ search }) => search === undefined).length).toBeGreaterThan(0);
    const spent = replies(run.log).reduce((sum, { dollars }) => sum + (dollars ?? 0), 0);
    expect(spent).toBeLessThanOrEqual(once * 2.5);
    await holds(run);

    const poor = await played({ ...setup, budget: { dollars: once * 0.99 } });
    expect(poor.models.requests.length).toBeGreaterThan(5);
    expect(poor.models.requests.some(({ search }) => search !== undefined)).toBe(false);
  });

  it('is charged by the search where the model names no dollars, in the log and in the ledger', async () => {
    const { log, state } = await playedBy(() => ({
      usage: { input: 30_000, output: 100, cached: 0, reasoning: 0, searches: 2 },
    }));
    for (const { dollars } of replies(log)) expect(dollars).toBeCloseTo(0.03 + 0.0004 + 0.02, 12);
    const line = state.ledger.get('propose·m');
    expect(line?.searches).toBe(2 * replies(log).length);
  });

  it('counts in full where more was found than was set aside, and asks no more then', async () => {
    const input = 2 * readAtMost(20_000, 2);
    const run = await playedBy(() => ({ usage: { input, output: 100, cached: 0, reasoning: 0, searches: 2 } }), {
      dollars: 0.4,
      evaluations: 8,
    });
    const spent = replies(run.log).reduce((sum, { dollars }) => sum + (dollars ?? 0), 0);
    expect(replies(run.log)).toHaveLength(1);
    expect(spent).toBeCloseTo(input / 1e6 + 0.0004 + 0.02, 12);
    expect(results(run.log).reduce((sum, { spent: { dollars } }) => sum + dollars, 0)).toBeCloseTo(spent, 12);
  });
});

describe('what was found', () => {
  it('stands in the log as addresses of the web and titles without secrets, whatever a model gives', async () => {
    const key = 'sk-proj-Zx81mQvT4nLp92RkYw6sBd37HfJc05Ge';
    const sources = [
      { url: 'javascript:alert(1)', title: 'a' },
      { url: `https://example.org/?key=${key}`, title: 'a' },
      { url: 'https://example.org/found', title: `<b>found</b>\u202e\n${key}` },
      ...Array.from({ length: 10_000 }, (_, i) => ({ url: `https://example.org/${i}`, title: 'x'.repeat(1_000) })),
    ];
    const usage = { input: 100, output: 100, cached: 0, reasoning: 0, searches: 1 };
    const { log } = await playedBy(() => ({ usage, sources }));
    for (const { reply } of replies(log)) {
      if (reply.type === 'failed') throw new Error(reply.reason);
      expect(reply.sources).toHaveLength(20);
      expect(reply.sources?.[0]).toEqual({ url: 'https://example.org/found', title: '<b>found</b> [secret removed]' });
      expect(JSON.stringify(reply.sources).length).toBeLessThan(6_000);
    }
    expect(JSON.stringify(log)).not.toContain(key);
    expect(JSON.stringify(log)).not.toContain('javascript:');
  });
});

describe('the setting', () => {
  const read = (search: unknown): { readonly problems: readonly string[]; readonly search: unknown } => {
    const reader = new Reader();
    const strategy = readStrategy(reader, { models: { search } }, 'strategy');
    return { problems: reader.problems, search: strategy.models.search };
  };

  it('is off where nothing is said, and says what is wrong with it', () => {
    expect(read(undefined)).toEqual({ problems: [], search: { share: 0, most: 2 } });
    expect(read({ share: 0.1 })).toEqual({ problems: [], search: { share: 0.1, most: 2 } });
    expect(read({ share: 1.1, most: 0, more: 1 }).problems).toEqual([
      expect.stringContaining('strategy.models.search.more'),
      'strategy.models.search.share: must be a number from 0 up to 1, not 1.1',
      'strategy.models.search.most: must be a whole number from 1 up to 10, not 0',
    ]);
  });
});

/** A run of a model that says nothing but nonsense, and whose replies are like this beside. */
async function playedBy(
  like: (request: ModelRequest) => Partial<Extract<ModelReply, { type: 'replied' }>>,
  budget = {},
) {
  const model: LanguageModel = {
    complete: (request) =>
      Promise.resolve({
        ...{ type: 'replied', text: `nothing ${request.key}`, finish: 'stop', dollars: null },
        usage: { input: 1, output: 1, cached: 0, reasoning: 0 },
        ...like(request),
      }),
  };
  const strategy = {
    lookAhead: 1,
    operators: { diff: 1, mutate: 0.2 },
    models: models({ search: { share: 1, most: 2 }, attempts: 1 }),
  };
  const options = { experiment: experimentOf({ strategy, budget: { evaluations: 4, calls: 6, ...budget } }), seed: 1 };
  const run = await harness({ ...options, operators: OPERATORS, score: near400, models: model });
  await finish(run);
  return { log: run.log, state: run.run.state };
}
