/**
 * The models that runs in this page can reach: a run calls a model by a name, and the route of that name leads to who answers. Routes may
 * come, change and go while a run is at work. Keys and tokens get into no reply, no reason and no message.
 */
import { NO_USAGE, type LanguageModel, type ModelReply, type ModelRequest } from '../engine/models/model.ts';
import { costOf } from '../engine/models/cost.ts';
import { readSources } from '../engine/models/sources.ts';
import type { Embedded, Embedder, EmbeddingRequest } from '../engine/novelty/remote.ts';
import { askEndpoint, embedAtEndpoint, type Asked } from './endpoint.ts';
import { listSource } from './listing.ts';
import { LONGEST_REPLY } from './providers/failure.ts';
import { Recorded, type ReadLog } from './recorded.ts';
import { createRelayEmbedder, createRelayModel, isReply, type RelayEvent, type RunCaps } from './relay.ts';
import { masked, secretsOf, withoutSecrets } from './secrets.ts';
import type { Listed, ModelRoute, ModelSource, ModelTold } from './source.ts';
import { Telling, type TellingCall } from './telling.ts';

export interface BookOptions {
  readonly fetch: typeof fetch;
  /** Milliseconds on a monotonic scale. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  readonly after: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly tell: (told: ModelTold) => void;
  /** Asks a model of the page. Settles when the signal aborts. */
  readonly askPage: AskPage;
  readonly readLog: ReadLog;
  /** Origin of the page; for what is said of endpoints that do not let it in. */
  readonly origin: string;
  /** Whether the page's policy kept a request from that address. */
  readonly blocked: (address: string) => boolean;
}

/** What comes back is checked here. */
export type AskPage = (
  model: string,
  request: ModelRequest,
  signal: AbortSignal,
  said: (piece: string) => void,
) => Promise<unknown>;

/** The run that asks, and what it may spend as of now. */
export interface RunAccount {
  readonly id: string;
  caps(): RunCaps;
}

export interface RunModels {
  readonly models: LanguageModel;
  readonly embedder: Embedder;
}

/** Where a route is wanting, a person may be about to connect one: so long until it is looked for again. */
const NO_ROUTE_MS = 5_000;
const LONGEST_REASON = 500;

export class ModelBook {
  readonly #at: BookOptions;
  readonly #telling: Telling;
  #routes: ReadonlyMap<string, ModelRoute> = new Map();
  /** Of models that make vectors. */
  #vectors: ReadonlyMap<string, ModelRoute> = new Map();
  #recorded: Recorded;

  constructor(at: BookOptions) {
    this.#at = at;
    this.#telling = new Telling(at.tell);
    this.#recorded = new Recorded(at.readLog);
  }

  /** In place of the routes before. Calls under way end as they began. */
  use(routes: readonly ModelRoute[]): void {
    const of = (wanted: ModelRoute['purpose']): ReadonlyMap<string, ModelRoute> =>
      new Map(routes.filter(({ purpose }) => purpose === wanted).map((route) => [route.name, route]));
    this.#routes = of('text');
    this.#vectors = of('vectors');
    this.#recorded = new Recorded(this.#at.readLog);
  }

  list(source: ModelSource, signal: AbortSignal): Promise<Listed> {
    return listSource(source, this.#at, signal);
  }

  /** What a run asks. Neither ever rejects; both settle when the signal aborts. */
  forRun(account: RunAccount): RunModels {
    return {
      models: { complete: (request, signal) => this.#complete(account, request, signal) },
      embedder: { embed: (request, signal) => this.#embed(account, request, signal) },
    };
  }

  async #embed(account: RunAccount, request: EmbeddingRequest, signal: AbortSignal): Promise<Embedded> {
    const route = this.#vectors.get(request.model);
    if (route === undefined) return noVectors(`nothing is connected that makes vectors as ${request.model}`);
    let said: Embedded;
    try {
      said = await this.#vectorsOf(account, route, { ...request, model: route.model }, signal);
    } catch (error) {
      said = noVectors(error instanceof Error ? error.message : String(error));
    }
    const dollars = said.dollars ?? (route.price && said.usage ? costOf(said.usage, route.price) : null);
    if (said.type === 'embedded') return { ...said, dollars };
    const reason = withoutSecrets(said.reason, secretsOf(route.source)).slice(0, LONGEST_REASON);
    return { ...said, reason, dollars };
  }

  async #vectorsOf(
    account: RunAccount,
    { source, model }: ModelRoute,
    request: EmbeddingRequest,
    signal: AbortSignal,
  ): Promise<Embedded> {
    switch (source.type) {
      case 'relay':
        return createRelayEmbedder(this.#line(account, source)).embed(request, signal);
      case 'endpoint':
        return embedAtEndpoint(source, model, request.texts, this.#at, signal);
      case 'recorded':
        return this.#recorded.vectors(source.runId, request);
      case 'page':
        return noVectors('only services make vectors');
      default:
        return source satisfies never;
    }
  }

  async #complete(account: RunAccount, request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
    const route = this.#routes.get(request.model);
    const secrets = route ? secretsOf(route.source) : [];
    const began = this.#at.now();
    const call = this.#telling.begin(request, this.#at.today(), secrets);
    const said = await this.#ask(account, route, request, signal, call).catch((error: unknown) =>
      failed(error instanceof Error ? error.message : String(error), null),
    );
    const left = signal.aborted && !isReply(said);
    const reply = masked(left ? failed('stopped', null) : checked(said, route), secrets);
    call.end(reply, Math.max(0, Math.round(this.#at.now() - began)));
    return reply;
  }

  async #ask(
    account: RunAccount,
    route: ModelRoute | undefined,
    request: ModelRequest,
    signal: AbortSignal,
    call: TellingCall,
  ): Promise<unknown> {
    if (signal.aborted) return failed('stopped', null);
    if (route === undefined) return failed(`nothing is connected that answers for ${request.model}`, NO_ROUTE_MS);
    const { source, model } = route;
    const asked: ModelRequest = { ...request, model };
    switch (source.type) {
      case 'relay':
        return this.#relayModel(account, source, call).complete(asked, signal);
      case 'endpoint': {
        const endpoint: Asked = { source, price: route.price, request: asked };
        return askEndpoint(endpoint, this.#at, signal, (piece) => call.text(piece));
      }
      case 'page':
        return this.#at.askPage(source.model, asked, signal, (piece) => call.text(piece));
      case 'recorded':
        return this.#recorded.reply(source.runId, asked);
      default:
        return source satisfies never;
    }
  }

  #relayModel(account: RunAccount, source: Extract<ModelSource, { type: 'relay' }>, call: TellingCall): LanguageModel {
    const { base } = source;
    const told = (event: RelayEvent): void => {
      switch (event.type) {
        case 'text':
          call.text(event.piece);
          return;
        case 'account':
          this.#at.tell({ type: 'account', base, account: event.account });
          return;
        case 'unreachable':
          // What comes next is the whole reply from its beginning.
          call.again();
          this.#at.tell({ type: 'unreachable', base, tries: event.tries });
          return;
        case 'reached':
          this.#at.tell({ type: 'reached', base });
          return;
        default:
          event satisfies never;
      }
    };
    return createRelayModel({ ...this.#line(account, source), told });
  }

  #line(account: RunAccount, { base, token }: Extract<ModelSource, { type: 'relay' }>) {
    const { fetch, after } = this.#at;
    return { base, token, fetch, after, run: { id: account.id, caps: account.caps() } };
  }
}

/** What comes from outside is no reply before it has the shape and the size of one. */
function checked(said: unknown, route: ModelRoute | undefined): ModelReply {
  if (!isReply(said)) return failed('the model gave no reply that can be read', null);
  const { usage } = said;
  const dollars = said.dollars ?? (route?.price ? costOf(usage, route.price) : null);
  if (said.type === 'failed') return { ...said, reason: said.reason.slice(0, LONGEST_REASON), dollars };
  if (said.text.length > LONGEST_REPLY)
    return { ...failed('the model sent a reply without end', null), usage, dollars };
  const { sources, ...rest } = said;
  const read = readSources(sources);
  return { ...rest, dollars, ...(read.length > 0 ? { sources: read } : {}) };
}

/** Not asked, so nothing paid. */
function noVectors(reason: string): Embedded {
  return { type: 'failed', reason, usage: NO_USAGE, dollars: 0 };
}

export function failed(reason: string, retryAfter: number | null): Extract<ModelReply, { type: 'failed' }> {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
