/** From a configuration to a relay that can be asked: store, providers, gateway, counters. */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { createCompileService } from './compile/index.ts';
import { capsOf, type RelayConfig } from './config.ts';
import { catalogueOf, type ModelSetting, type OfferedModel } from './llm/catalogue.ts';
import { Gateway } from './llm/gateway.ts';
import { createProvider } from './llm/index.ts';
import { searchesWeb } from '../web/models/providers/kinds.ts';
import type { Provider } from '../web/models/providers/provider.ts';
import { Metrics } from './metrics.ts';
import type { Probe, Services } from './services.ts';
import { PRICE_TABLE } from '../web/engine/models/price-table.ts';
import { openSqlite } from './store/sqlite.ts';
import { startTidying } from './store/tidying.ts';

export interface OpenOptions {
  readonly config: RelayConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly now?: () => number;
}

export interface Relay {
  readonly services: Services;
  /** Asks every provider for its models, so that the list says what is usable. Never rejects. */
  probe(): Promise<void>;
  /** Forgets what is older than the configuration keeps, as it does by itself every hour; gives how much that was. */
  tidy(): Promise<number>;
  /** Lets calls under way end for so long, then stops and settles them, and closes the store. */
  close(milliseconds: number): Promise<void>;
}

export type OpenedRelay =
  { readonly type: 'ok'; readonly relay: Relay } | { readonly type: 'failed'; readonly problems: readonly string[] };

const TRIES = 4;
const LONGEST_WAIT = 60_000;
const PROBE_MS = 15_000;

export async function openRelay({ config, environment, now = Date.now }: OpenOptions): Promise<OpenedRelay> {
  const opened = openSqlite(config.store);
  if (opened.type === 'failed') return { type: 'failed', problems: [`store: ${opened.reason}`] };
  const { store } = opened;
  await store.setCaps('relay', capsOf(config.budget));
  // What a relay that died had set aside counts as spent before anything new is set aside.
  await store.sweep(now());

  const providers = new Map<string, Provider>();
  const probes = new Map<string, Probe>();
  const models = new Map<string, OfferedModel>();
  const factsOf = (provider: string, model: string): OfferedModel | null => {
    for (const offered of models.values()) if (offered.provider === provider && offered.model === model) return offered;
    return null;
  };
  const timeout = config.limits.callSeconds * 1000;
  const settings = config.providers.map((provider) => {
    const made = createProvider(provider, { environment, now, timeout, factsOf });
    const { id } = made;
    if (made.type === 'ok') {
      providers.set(id, made.provider);
      probes.set(id, { provider: id, state: 'unasked', reason: 'It has not been asked yet.', at: null });
    } else {
      const reason = `The variable ${made.variable}, which would hold its key, is not set.`;
      probes.set(id, { provider: id, state: 'no-key', reason, at: null });
    }
    const searches = config.search && searchesWeb(provider.kind, provider.api);
    const { kind, free } = provider;
    return { id, kind, free, searches, models: provider.models as readonly ModelSetting[] };
  });
  const offer = (found: ReadonlyMap<string, readonly string[]>): void => {
    const usable = settings
      .filter(({ id }) => providers.has(id))
      .map(({ id, kind, free, searches, models: named }) => {
        // Where the owner names no models, those are offered whose price is known, or all of an endpoint that costs nothing.
        const listed = found.get(id);
        const known = PRICE_TABLE.filter(({ provider }) => provider === kind).map(({ model }) => model);
        const own = free ? (listed ?? []) : known.filter((model) => listed === undefined || listed.includes(model));
        return { id, free, searches, models: named.length > 0 ? named : own.map((name) => ({ name })) };
      });
    models.clear();
    for (const [name, model] of catalogueOf(usable)) models.set(name, model);
  };
  offer(new Map());

  const metrics = new Metrics();
  const settled = metrics.counter('genesis_model_calls_total', 'Calls of models that have ended, by outcome.');
  const dollars = metrics.counter('genesis_model_nanodollars_total', 'What they cost, in nano-dollars.');
  const tokens = metrics.counter('genesis_model_tokens_total', 'Their tokens.');
  const again = metrics.counter('genesis_model_retries_total', 'Tries after the first.');
  const refused = metrics.counter('genesis_model_refusals_total', 'Calls that were not made.');
  const impossible = metrics.counter(
    'genesis_model_impossible_usage_total',
    'Replies whose reported usage the request did not allow.',
  );
  const gateway = new Gateway({
    ...{ store, providers, models, now, reuse: config.reuseReplies },
    ...{ tries: TRIES, longestWait: LONGEST_WAIT, longestCall: timeout },
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {}),
    told(event) {
      switch (event.type) {
        case 'settled':
          settled({ model: event.model, outcome: event.outcome });
          dollars({ model: event.model }, event.amount.nano);
          tokens({ model: event.model }, event.amount.tokens);
          return;
        case 'tried-again':
          return again({ model: event.model, kind: event.kind });
        case 'refused':
          return refused();
        case 'impossible-usage':
          return impossible({ model: event.model });
        default:
          event satisfies never;
      }
    },
  });
  metrics.gauge('genesis_model_calls_open', 'Calls of models under way.', () => gateway.open);
  metrics.gauge('genesis_memory_heap_bytes', 'Heap in use.', () => process.memoryUsage().heapUsed);

  const tidying = startTidying(store, config.keep, now);
  const compile = createCompileService({
    slots: config.limits.compilesAtOnce,
    cache: join(tmpdir(), 'genesis-compilers'),
    crates: config.compile.crates,
  });
  const services: Services = {
    config,
    store,
    gateway,
    models,
    probes: () => [...probes.values()],
    compile,
    metrics,
    now,
  };
  return {
    type: 'ok',
    relay: {
      services,
      async probe() {
        const found = new Map<string, readonly string[]>();
        await Promise.all(
          [...providers].map(async ([id, provider]) => {
            const listed = await provider.list(AbortSignal.timeout(PROBE_MS));
            if (listed.type === 'ok') found.set(id, listed.models);
            probes.set(
              id,
              listed.type === 'ok'
                ? { provider: id, state: 'ready', reason: `It offers ${listed.models.length} models.`, at: now() }
                : { provider: id, state: 'failing', reason: listed.reason, at: now() },
            );
          }),
        );
        offer(found);
      },
      tidy: () => tidying.now(),
      async close(milliseconds) {
        tidying.stop();
        await gateway.stop(milliseconds);
        store.close();
      },
    },
  };
}
