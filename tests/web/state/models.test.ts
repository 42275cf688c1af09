import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_BUDGET } from '../../../web/engine/defaults.ts';
import type { ModelReply, ModelRequest } from '../../../web/engine/models/model.ts';
import type { PageModel } from '../../../web/models/page-model.ts';
import type { Models } from '../../../web/state/models.svelte.ts';
import type { ModelEntry } from '../../../web/state/model-entries.ts';
import { experiment } from '../engine/stand-ins.ts';
import { value } from '../history/contract.ts';
import { ModelTestHelm, offered, priced } from './model-helm.ts';
import { fakeStorage } from './storage.ts';

const BASE = 'https://relay.example/api/v1';

/** A relay that lets this very page in, and what it was asked. */
function standInRelay(): string[] {
  const asked: string[] = [];
  vi.stubGlobal('location', { origin: 'https://relay.example' });
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
    asked.push(`${init.method ?? 'GET'} ${url.slice(BASE.length)}`);
    const client = { id: 'c', role: 'member', name: 'Ada', models: null, expires: null };
    const account = { caps: { dollars: 1, tokens: null, calls: null }, spent: { dollars: 0.25, tokens: 5, calls: 1 } };
    const said = url.endsWith('/me') ? { client, own: account, shared: null } : { token: 'genesis_token', client };
    return Promise.resolve(Response.json(said));
  });
  return asked;
}

const NOT_ASKED: ModelReply = {
  ...{ type: 'failed', reason: '', retryAfter: null, dollars: 0 },
  usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
};

async function connected(helm: ModelTestHelm): Promise<Models> {
  await helm.door.show();
  const { models } = helm.door;
  if (models === null) throw new Error('not loaded');
  return models;
}

const row = (models: Models, name: string): ModelEntry => {
  const found = models.entries.find((entry) => entry.name === name);
  if (!found) throw new Error(`no ${name} among ${models.entries.map((entry) => entry.name).join(', ')}`);
  return found;
};

beforeEach(() => void fakeStorage());
afterEach(() => vi.unstubAllGlobals());

describe('models of a page', () => {
  it('lists what its own relay has, and asks no model by itself', async () => {
    const asked = standInRelay();
    const helm = await ModelTestHelm.open(3);
    helm.offers = () => ({
      type: 'ok',
      notes: [],
      models: [offered('large', priced(2, 10)), offered('vectors', null, { purpose: 'vectors' })],
    });
    const models = await connected(helm);
    expect(asked).toEqual(['POST /session', 'GET /me']);
    expect(models.entries.map(({ name, where }) => [name, where])).toEqual([
      ['large', 'To stand-in, through this page’s relay'],
    ]);
    expect(models.sources.all[0]?.standing?.own?.spent.dollars).toBe(0.25);
    expect(helm.said).toEqual([]);
  });

  it('stays who it was when the page is loaded anew', async () => {
    const asked = standInRelay();
    await connected(await ModelTestHelm.open(1));
    await connected(await ModelTestHelm.open(1));
    expect(asked.filter((each) => each === 'POST /session')).toHaveLength(1);
  });

  it('puts a model into the run: first the cap, then the way, then the operators', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(3);
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(2, 10))] });
    const models = await connected(helm);
    models.choose(row(models, 'large'), '1');
    models.budget = '0.40';
    expect(await models.use()).toBe(true);
    expect(helm.said).toEqual(['budget', 'routes large', 'strategy']);
    const { strategy, budget } = helm.run.state.experiment as NonNullable<typeof helm.run.state.experiment>;
    expect(budget.dollars).toBe(0.4);
    expect(strategy.models.ensemble).toEqual({ large: 1 });
    expect(strategy.models.prices).toEqual({ large: { input: 2, output: 10 } });
    expect(strategy.operators).toEqual({ mutate: 0.5, diff: 0.3, rewrite: 0.1, cross: 0.075, fix: 0.025 });
    expect(helm.routed[0]?.[0]).toMatchObject({
      ...{ name: 'large', model: 'large', purpose: 'text' },
      source: { type: 'relay', base: BASE, token: 'genesis_token' },
    });
    // What is spent can't be the reason to begin from scratch.
    expect(await models.takeOut()).toBe(true);
    expect(helm.run.state.experiment?.strategy.models.ensemble).toEqual({});
    expect(helm.run.state.experiment?.strategy.operators).toEqual({ mutate: 1 });
    expect(helm.routed.at(-1)).toEqual([]);
  });

  it('lets proposals search the web where a model that is ticked can, and says what that may cost', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(3);
    const searching = { ...priced(2, 10), search: 0.01 };
    helm.offers = () => ({
      type: 'ok',
      notes: [],
      models: [offered('large', searching), offered('small', priced(0.1, 0.5))],
    });
    const models = await connected(helm);
    models.choose(row(models, 'small'), '1');
    expect([models.searches, models.search]).toEqual([false, 0]);
    models.choose(row(models, 'large'), '1');
    expect(models.searches).toBe(true);
    models.budget = '4';
    const before = models.dearestCall?.dollars ?? Infinity;
    models.search = 0.1;
    expect(models.dearestCall?.dollars).toBeGreaterThan(before);
    expect(await models.use()).toBe(true);
    const settings = () => helm.run.state.experiment?.strategy.models;
    expect(settings()).toMatchObject({
      search: { share: 0.1, most: 2 },
      prices: { large: { input: 2, output: 10, search: 0.01 }, small: { input: 0.1, output: 0.5 } },
    });
    models.choose(row(models, 'large'), null);
    expect(models.searches).toBe(false);
    expect(await models.use()).toBe(true);
    expect(settings()?.search).toEqual({ share: 0, most: 2 });
  });

  it('gives a run that has ended as much again of what it ended by', async () => {
    const helm = await ModelTestHelm.open(1);
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('llama', null)] });
    await helm.finish();
    expect(helm.run.state.finished).toBe('evaluations');
    const models = await connected(helm);
    await models.sources.addEndpoint('compatible', 'http://localhost:11434/v1', '');
    models.choose(row(models, 'llama'), '1');
    expect(await models.use()).toBe(true);
    expect(helm.said).toEqual(['budget', 'routes llama', 'strategy', 'play']);
    expect(helm.run.state.experiment?.budget.evaluations).toBeGreaterThan(1_000);
  });

  it('uses nothing without a budget that is good for a call', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(3);
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(2, 10)), offered('odd', null)] });
    const models = await connected(helm);
    expect(await models.use()).toBe(false);
    expect(models.problems).toEqual(['Tick a model first.']);
    models.choose(row(models, 'large'), '1');
    for (const budget of ['', '0', 'much', '-1']) {
      models.budget = budget;
      expect(await models.use()).toBe(false);
      expect(models.problems).toEqual(['The budget must be a sum of US dollars above 0.']);
    }
    models.budget = '0.01';
    expect(await models.use()).toBe(false);
    expect(models.problems.join()).toMatch(
      /^One call may cost up to \$0\.0\d+: the budget must be \$0\.0\d or more\.$/,
    );
    models.choose(row(models, 'large'), null);
    models.choose(row(models, 'odd'), '1');
    models.budget = '1';
    expect(await models.use()).toBe(false);
    expect(models.problems).toEqual(['Nobody knows the price of odd: type what it costs.']);
    expect(helm.said).toEqual([]);
    models.typePrice(row(models, 'odd'), { input: '1', output: '2' });
    expect(await models.use()).toBe(true);
    expect(helm.run.state.experiment?.strategy.models.prices).toEqual({ odd: { input: 1, output: 2 } });
  });

  it('asks for no budget where nothing costs', async () => {
    const helm = await ModelTestHelm.open(3);
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('llama', null)] });
    const models = await connected(helm);
    await models.sources.addEndpoint('compatible', 'http://localhost:11434/v1/', '');
    const entry = row(models, 'llama');
    expect(entry.where).toBe('Stays on this computer (localhost:11434)');
    models.choose(entry, '1');
    expect(models.costs).toBe(false);
    expect(await models.use()).toBe(true);
    expect(helm.run.state.experiment?.budget.dollars).toBe(null);
    expect(helm.run.state.experiment?.strategy.models.prices).toEqual({ llama: { input: 0, output: 0 } });
    expect(helm.routed[0]?.[0]?.source).toEqual({
      ...{ type: 'endpoint', kind: 'compatible', base: 'http://localhost:11434/v1', key: null },
    });
  });

  it('offers who makes vectors and who judges, and puts them into the run with what they cost', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(3);
    const vectors = offered('small-vectors', priced(0.02, 0), { purpose: 'vectors' });
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(2, 10)), vectors] });
    const models = await connected(helm);
    expect(models.entries.map(({ name }) => name)).toEqual(['large']);
    expect(models.makers.map(({ name }) => name)).toEqual(['small-vectors']);
    const { beside } = models;
    expect([beside.vectors, beside.noveltyJudge, beside.judge]).toEqual(['none', '', '']);
    expect(await models.use()).toBe(false);
    // A judge may be all that is wanted of models: proposals then come from where they came before.
    Object.assign(beside, { vectors: 'remote', maker: 'small-vectors', judge: 'large', rubric: ' ', weight: 'much' });
    expect(models.costs).toBe(true);
    expect(await models.use()).toBe(false);
    expect(models.problems).toEqual([
      'Say what the judge is to look for.',
      'The weight of the judge must be a number from 0 to 10.',
    ]);
    Object.assign(beside, { noveltyJudge: 'large', rubric: 'Is it clear? ', weight: '1,5' });
    models.budget = '2';
    expect(await models.use()).toBe(true);
    const strategy = helm.run.state.experiment?.strategy;
    expect(strategy?.novelty).toEqual({ vectors: 'remote', model: 'small-vectors', judge: 'large', threshold: 0.99 });
    expect(strategy?.evaluation.judge).toEqual({ model: 'large', rubric: 'Is it clear?', weight: 1.5 });
    expect(strategy?.operators).toEqual({ mutate: 1 });
    expect(strategy?.models.ensemble).toEqual({});
    expect(strategy?.models.prices).toMatchObject({ 'small-vectors': { input: 0.02, output: 0 } });
    expect(helm.run.state.experiment?.budget.dollars).toBe(2);
    expect(helm.routed.at(-1)?.map(({ name, purpose }) => [name, purpose])).toEqual([
      ['large', 'text'],
      ['small-vectors', 'vectors'],
    ]);
    expect(models.inUse).toBe(true);
    expect(await models.takeOut()).toBe(true);
    const after = helm.run.state.experiment?.strategy;
    expect([after?.novelty.vectors, after?.novelty.model, after?.evaluation.judge]).toEqual(['none', null, null]);
    expect(models.inUse).toBe(false);
  });

  it('lets no run ask a service of vectors or a judge before a person says so, and names both', async () => {
    standInRelay();
    const before = experiment({ operators: { mutate: 1 } });
    const { novelty, evaluation } = before.strategy;
    const strategy = {
      ...before.strategy,
      novelty: { ...novelty, vectors: 'remote', model: 'v' } as const,
      evaluation: { ...evaluation, judge: { model: 'large', rubric: 'Is it clear?', weight: 1 } },
    };
    const helm = await ModelTestHelm.open(1);
    const v = offered('v', priced(0, 0), { purpose: 'vectors' });
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(0, 0)), v] });
    await helm.startRun({ ...before, strategy });
    expect(helm.door.gate?.names).toEqual(['large', 'v']);
    expect(helm.said).not.toContain('start');
    const models = await connected(helm);
    expect(models.missing(['large', 'v', 'w'])).toEqual(['w']);
    expect([models.beside.vectors, models.beside.maker, models.beside.judge]).toEqual(['remote', 'v', 'large']);
    expect(await models.agree()).toBe(true);
    expect(helm.said).toContain('start');
    expect(helm.routed.at(-1)?.map(({ name, purpose }) => [name, purpose])).toEqual([
      ['large', 'text'],
      ['v', 'vectors'],
    ]);
  });

  it('does not put what nothing offers, or what nobody knows the price of, into a run', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(3);
    const vectors = offered('odd', null, { purpose: 'vectors' });
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(0, 0)), vectors] });
    const models = await connected(helm);
    models.choose(row(models, 'large'), '1');
    Object.assign(models.beside, { vectors: 'remote', maker: 'gone' });
    expect(await models.use()).toBe(false);
    expect(models.problems).toEqual(['Nothing that is connected offers gone.']);
    models.beside.maker = 'odd';
    expect(await models.use()).toBe(false);
    expect(models.problems).toContain('Nobody knows the price of odd: type what it costs.');
    models.typePrice(models.makers[0] as ModelEntry, { input: '0.1', output: '0' });
    models.budget = '1';
    expect(await models.use()).toBe(true);
    expect(helm.run.state.experiment?.strategy.models.prices).toMatchObject({ odd: { input: 0.1, output: 0 } });
  });

  it('tells models of one name at two places apart, and ties no knot where one leaves', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(3);
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(0, 0))] });
    const models = await connected(helm);
    await models.sources.addEndpoint('compatible', 'http://localhost:8000/v1', 'secret');
    expect(models.entries.map(({ name }) => name)).toEqual(['large', 'large@localhost:8000']);
    for (const entry of models.entries) models.choose(entry, '1');
    await models.use();
    expect(helm.routed.at(-1)?.map(({ name }) => name)).toEqual(['large', 'large@localhost:8000']);
    const relay = models.sources.all.find(({ way }) => way.type === 'relay');
    if (relay) await models.sources.remove(relay);
    expect(helm.routed.at(-1)?.map(({ name }) => name)).toEqual(['large@localhost:8000']);
    // The run goes on calling it so.
    expect(models.entries.map(({ name }) => name)).toEqual(['large@localhost:8000']);
  });

  it('has models of the page itself: fetched on a word, told how far, and asked by the worker', async () => {
    const helm = await ModelTestHelm.open(1);
    let ready = false;
    const here: PageModel = {
      ...{ id: 'here', title: 'A small one' },
      availability: () =>
        Promise.resolve(ready ? { type: 'ready', words: 'Slow' } : { type: 'loadable', words: 'Large', bytes: 9e8 }),
      load: (report, signal) => {
        report({ step: 'Downloading', share: 0.5 });
        return new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('ended')));
          if (failing !== '') reject(new Error(failing));
          else finish = () => ((ready = true), resolve());
        });
      },
      complete: (request, _signal, said) => {
        said('piece');
        return Promise.resolve({ ...NOT_ASKED, reason: request.model });
      },
    };
    let failing = 'no room';
    let finish = (): void => {};
    helm.pageModels = [here];
    const models = await connected(helm);
    expect(row(models, 'here')).toMatchObject({ where: 'Stays in this page', standing: { type: 'loadable' } });
    models.choose(row(models, 'here'), '1');
    expect(models.picked).toEqual([]);
    await models.shelf.load(here);
    expect(models.shelf.problem).toBe('no room');
    failing = '';
    const stopped = models.shelf.load(here);
    expect(models.shelf.loading['here']).toEqual({ step: 'Downloading', share: 0.5 });
    models.shelf.stop(here);
    await stopped;
    expect(models.shelf.problem).toBe('');
    const loaded = models.shelf.load(here);
    finish();
    await loaded;
    expect(models.shelf.loading).toEqual({});
    expect(models.picked.map(({ name }) => name)).toEqual(['here']);
    expect(await models.use()).toBe(true);
    expect(helm.routed[0]).toMatchObject([{ name: 'here', source: { type: 'page', model: 'here' } }]);
    const pieces: string[] = [];
    const ask = (id: string) =>
      helm.door.answer(id, { model: id } as ModelRequest, AbortSignal.timeout(1_000), (piece) => pieces.push(piece));
    expect(await ask('here')).toMatchObject({ reason: 'here' });
    expect(pieces).toEqual(['piece']);
    expect(await ask('gone')).toMatchObject({ type: 'failed', reason: 'this page has no model gone' });
  });

  it('says why a source has no models', async () => {
    const helm = await ModelTestHelm.open(1);
    const models = await connected(helm);
    await models.sources.addEndpoint('compatible', 'http://localhost:1/v1', '');
    expect(models.sources.all[0]?.listed).toEqual({ type: 'failed', reason: 'Nobody answers', remedy: 'Start it' });
    expect(models.sources.ownRelay).toBe('none');
  });

  it('keeps keys under a passphrase and brings them back', async () => {
    const helm = await ModelTestHelm.open(1);
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('gpt', priced(1, 2))] });
    const models = await connected(helm);
    await models.sources.addEndpoint('openai', null, ' sk-planted ');
    expect(await models.sources.keepKeys('short')).toContain('at least 8');
    expect(await models.sources.keepKeys('long enough')).toBe('');
    const again = await connected(await ModelTestHelm.open(1));
    expect(again.sources.all).toEqual([]);
    expect(again.sources.keysKept).toBe(true);
    expect(await again.sources.unlock('long enouch')).toBe('This is not the passphrase.');
    expect(await again.sources.unlock('long enough')).toBe('');
    expect(again.sources.all[0]?.way).toEqual({ type: 'endpoint', kind: 'openai', base: null, key: 'sk-planted' });
    again.sources.forgetKeys();
    expect(again.sources.keysKept).toBe(false);
  });
});

describe('a run with models in it', () => {
  const withModel = () =>
    experiment(
      {
        operators: { mutate: 1, diff: 0 },
        models: { ensemble: { large: 1 }, prices: { large: { input: 2, output: 10 } } },
      },
      { budget: { ...DEFAULT_BUDGET, dollars: 0.5 } },
    );

  it('waits for a person before it begins, and begins with what is connected', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(1);
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(2, 10))] });
    await helm.startRun(withModel());
    expect(helm.said).toEqual([]);
    expect(helm.door.gate).toEqual({ names: ['large'], dollars: 0.5, going: true });
    const models = await connected(helm);
    expect(models.missing(['large'])).toEqual([]);
    expect(Object.keys(models.chosen)).toEqual([row(models, 'large').id]);
    expect(models.budget).toBe('0.50');
    expect(await models.agree()).toBe(true);
    expect(helm.said).toEqual(['routes large', 'start']);
    expect(helm.door.gate).toBe(null);
    // Another run is not meant by that.
    await helm.startRun(withModel());
    expect(helm.said.slice(2)).toEqual(['routes']);
    expect(helm.door.gate?.names).toEqual(['large']);
  });

  it('may begin without them', async () => {
    const helm = await ModelTestHelm.open(1);
    await helm.startRun(withModel());
    const models = await connected(helm);
    expect(await models.agree()).toBe(false);
    expect(await models.takeOut()).toBe(true);
    expect(helm.said).toEqual(['start']);
    expect(helm.run.state.experiment?.strategy.models.ensemble).toEqual({});
    expect(helm.run.state.experiment?.strategy.operators).toEqual({ mutate: 1 });
  });

  it('waits when it is opened again, goes on where it would have, and not otherwise', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(2, withModel());
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(2, 10))] });
    helm.run.activity = 'paused';
    expect(helm.door.holdsRun(helm.run, true)).toBe(true);
    const models = await connected(helm);
    expect(await models.agree()).toBe(true);
    expect(helm.said).toEqual(['routes large', 'play']);
    expect(helm.door.holdsRun(helm.run, true)).toBe(false);
  });

  it('is run again with the replies it had, from the start and with its seed', async () => {
    const helm = await ModelTestHelm.open(2, withModel());
    const models = await connected(helm);
    const first = helm.run.runId as string;
    expect(await models.replay(first)).toContain('did not begin with models');
    const log = value(await helm.stage.history.events(first));
    const reply = {
      type: 'replied',
      text: 'x',
      finish: 'stop',
      usage: { input: 1, output: 1, cached: 0, reasoning: 0 },
    };
    const replied = { type: 'replied', job: 9, call: 0, model: 'large', purpose: 'propose', request: 'h', reply };
    const archive = {
      ...helm.stage.history,
      events: () => Promise.resolve({ type: 'ok', value: [...log, replied, replied] }),
    };
    helm.openedArchive = () => Promise.resolve(archive as never);
    expect(await models.replay(first)).toBe('');
    expect(helm.said).toEqual(['routes large', 'start']);
    expect(helm.routed[0]).toMatchObject([{ name: 'large', source: { type: 'recorded', runId: first } }]);
    expect(helm.seeds).toEqual([1]);
    expect(helm.run.experiment?.budget).toMatchObject({ calls: 2, dollars: 0.5 });
    expect(models.replaying).toBe(true);
    expect(helm.door.gate).toBe(null);
  });

  it('gets twice as much where its budget is spent', async () => {
    standInRelay();
    const helm = await ModelTestHelm.open(2, withModel());
    helm.offers = () => ({ type: 'ok', notes: [], models: [offered('large', priced(2, 10))] });
    await helm.door.raise('dollars');
    expect(helm.door.open).toBe(true);
    const models = await connected(helm);
    helm.door.allow(helm.run.runId);
    helm.run.activity = 'finished';
    await helm.door.raise('dollars');
    expect(helm.run.state.experiment?.budget.dollars).toBe(1);
    expect(models.budget).toBe('1.00');
    expect(helm.said).toEqual(['budget', 'play']);
  });
});
