/** Models of a run in the terminal: asked by the relay's own gateway in this process, with its keys, prices and books. */
import { statSync } from 'node:fs';
import { hashOf, newToken } from '../access/tokens.ts';
import { readConfig, readConfigFile } from '../config.ts';
import type { OfferedModel } from '../llm/catalogue.ts';
import { openRelay } from '../open.ts';
import { NO_CAPS, type Client, type Store } from '../store/store.ts';
import type { Experiment, Strategy } from '../../web/engine/experiment.ts';
import { modelsIn, vectorModelsIn } from '../../web/engine/models/named.ts';
import { partOf, withModels, type Chosen, type Part } from '../../web/engine/models/plan.ts';
import { priceOf } from '../../web/engine/models/prices.ts';
import { canSearch } from '../../web/engine/models/search.ts';
import type { Ports } from '../../web/engine/ports.ts';

export interface Share {
  readonly name: string;
  readonly share: number;
}

export interface OpenModels {
  readonly type: 'ok';
  readonly ports: Required<Pick<Ports, 'models' | 'embedder'>>;
  readonly offered: ReadonlyMap<string, OfferedModel>;
  /** What is under way gets so many milliseconds to end, and is settled. */
  close(milliseconds: number): Promise<void>;
}

type Failed = { readonly type: 'failed'; readonly problems: readonly string[] };

/** Whoever types commands on this machine is one client of the books. */
const TERMINAL = 'terminal';

/** `config`: path of the configuration; it need not be there. Asks providers what they have. */
export async function openModels(config: string, environment: NodeJS.ProcessEnv): Promise<OpenModels | Failed> {
  const read = readConfig(readConfigFile(config), environment);
  if (read.type === 'failed') return read;
  const opened = await openRelay({ config: read.config, environment });
  if (opened.type === 'failed') return opened;
  const { relay } = opened;
  const { gateway, store, models } = relay.services;
  await relay.probe();
  const asker = { client: await terminal(store), run: null };
  return {
    type: 'ok',
    offered: models,
    ports: {
      models: { complete: (request, signal) => gateway.complete(asker, request, signal, () => {}) },
      embedder: {
        async embed({ model, texts, key }, signal) {
          const made = await gateway.embed(asker, model, texts, signal, key);
          if (made.type === 'failed') return made;
          const { usage, dollars } = made;
          return { type: 'embedded', vectors: made.vectors.map((each) => Float32Array.from(each)), usage, dollars };
        },
      },
    },
    close: (milliseconds) => relay.close(milliseconds),
  };
}

/** The experiment with these models in it, or what keeps them from being asked. `chosen` empty: those it names itself. */
export function putModels(
  experiment: Experiment,
  chosen: readonly Share[],
  part: Part | null,
  offered: ReadonlyMap<string, OfferedModel>,
  search: number | null = null,
): { readonly type: 'ok'; readonly experiment: Experiment } | Failed {
  const { budget } = experiment;
  const strategy = search === null ? experiment.strategy : withSearch(experiment.strategy, search);
  const picked = chosen.flatMap(({ name, share }): Chosen[] => {
    const model = offered.get(name);
    return model ? [{ ...model, share }] : [];
  });
  const own = part ?? (partOf(strategy) === null ? 'half' : null);
  const planned = chosen.length === 0 ? strategy : withModels(strategy, picked, own, budget.dollars);
  const vectors = new Set(vectorModelsIn(planned));
  const wanted = [...new Set([...chosen.map(({ name }) => name), ...modelsIn(planned)])];
  const problems = wanted.flatMap((name) => problemsOf(name, vectors.has(name), offered, budget.dollars !== null));
  const searching = problemOfSearch(planned, strategy.models.search.share > 0, offered);
  if (searching !== null) problems.push(searching);
  return problems.length > 0
    ? { type: 'failed', problems }
    : { type: 'ok', experiment: { ...experiment, strategy: planned } };
}

function withSearch(strategy: Strategy, share: number): Strategy {
  const { models } = strategy;
  return { ...strategy, models: { ...models, search: { ...models.search, share } } };
}

/** `wanted`: whether this run lets models search. Said before the start, or calls that search would be refused one by one. */
function problemOfSearch(
  { models: { ensemble, prices } }: Strategy,
  wanted: boolean,
  offered: ReadonlyMap<string, OfferedModel>,
): string | null {
  if (!wanted) return null;
  const names = Object.keys(ensemble).filter((name) => (ensemble[name] ?? 0) > 0);
  const allowed = (name: string): boolean => canSearch(offered.get(name)?.price ?? null);
  const barred = names.filter((name) => !allowed(name) && canSearch(priceOf(name, prices)));
  if (names.length === 0 || (barred.length === 0 && names.some(allowed))) return null;
  const who = barred.length > 0 ? barred.join(', ') : 'none of its models';
  return `this run lets models search the web, and ${who === 'none of its models' ? `${who} may` : `${who} may not`} here: see "search" in docs/relay.md`;
}

function problemsOf(
  name: string,
  vectors: boolean,
  offered: ReadonlyMap<string, OfferedModel>,
  inDollars: boolean,
): string[] {
  const model = offered.get(name);
  const fitting = [...offered.values()].filter(({ purpose }) => (purpose === 'vectors') === vectors);
  const names = fitting.map((each) => each.name).slice(0, 20);
  const there =
    names.length > 0
      ? `there are ${names.join(', ')}`
      : 'none is: set a key such as OPENAI_API_KEY, or name providers in genesis.config.json';
  if (!model) return [`no model ${name} is offered here; ${there}`];
  if ((model.purpose === 'vectors') !== vectors)
    return [`${name} makes ${vectors ? 'text and no vectors' : 'vectors and no text'}; ${there}`];
  if (model.price === null && inDollars)
    return [`nobody knows the price of ${name}, so --dollars can't be kept: give its price in genesis.config.json`];
  return [];
}

/** The same for the same log: a call that was paid and whose reply a crash kept out of the log is not paid again. */
export function runIdOf(path: string | null): string {
  if (path === null) return newToken();
  const { dev, ino, birthtimeMs } = statSync(path);
  return hashOf(`${dev}:${ino}:${birthtimeMs}`).slice(0, 32);
}

async function terminal(store: Store): Promise<Client> {
  const known = (await store.clients()).find(({ id }) => id === TERMINAL);
  if (known) return known;
  const client: Client = {
    ...{ id: TERMINAL, role: 'owner', name: 'this terminal', code: null, models: null },
    ...{ created: Date.now(), expires: null },
  };
  // Nobody has its token: it asks from inside.
  await store.addClient(client, hashOf(newToken()), NO_CAPS);
  return client;
}
