/** Searches of the web in a run in the terminal: who may make them is known before it starts. */
import { describe, expect, it } from 'vitest';
import { catalogueOf, type OfferedModel } from '../../../relay/llm/catalogue.ts';
import { putModels } from '../../../relay/runs/models.ts';
import { experiment } from '../../web/engine/stand-ins.ts';

const named = experiment({ operators: { mutate: 1 } }, {});
const budget = { ...named.budget, dollars: 1 };
const plain = { ...named, budget };
const offer = (searches: boolean): ReadonlyMap<string, OfferedModel> =>
  catalogueOf([
    { id: 'anthropic', free: false, searches, models: [{ name: 'claude-opus-5-5' }, { name: 'claude-haiku-4-5' }] },
  ]);
const opus = [{ name: 'claude-opus-5-5', share: 1 }];

describe('a run that lets models search', () => {
  it('has the share that was typed, at the price of the list', () => {
    const put = putModels(plain, opus, null, offer(true), 0.1);
    if (put.type === 'failed') throw new Error(put.problems.join());
    expect(put.experiment.strategy.models).toMatchObject({ search: { share: 0.1, most: 2 }, prices: {} });
  });

  it('is not begun where they may not, by what was typed or by what the experiment says', () => {
    const words = 'this run lets models search the web, and';
    expect(putModels(plain, opus, null, offer(false), 0.1)).toMatchObject({
      type: 'failed',
      problems: [expect.stringContaining(words) as string],
    });
    const { strategy } = plain;
    const models = { ...strategy.models, ensemble: { 'claude-opus-5-5': 1 }, search: { share: 0.2, most: 1 } };
    const own = { ...plain, strategy: { ...strategy, operators: { diff: 1 }, models } };
    expect(putModels(own, [], null, offer(false))).toMatchObject({
      problems: [`${words} claude-opus-5-5 may not here: see "search" in docs/relay.md`],
    });
    expect(putModels(own, [], null, offer(true))).toMatchObject({ type: 'ok' });
    expect(putModels(own, [], null, offer(false), 0)).toMatchObject({ type: 'ok' });
  });

  it('is a run like any other where nothing is said', () => {
    const [allowed, barred] = [true, false].map((searches) => putModels(plain, opus, null, offer(searches)));
    expect(allowed).toEqual(barred);
  });
});
