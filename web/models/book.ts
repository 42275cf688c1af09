/**
 * The models that runs in this page can reach: a run calls a model by a name, and the route of that name leads to who answers. Routes may
 * come, change and go while a run is at work. Keys and tokens get into no reply, no reason and no message.
 */
import { NO_USAGE, type LanguageModel, type ModelReply, type ModelRequest } from '../engine/models/model.ts';
import { tokensAtMost } from '../engine/models/tokens.ts';
import { costOf, worstCostOf } from '../engine/models/cost.ts';
import type { Embedded, Embedder } from '../engine/novelty/remote.ts';
import { askEndpoint, embedAtEndpoint, type Asked } from './endpoint.ts';
import { listSource } from './listing.ts';
import { LONGEST_REPLY } from './providers/failure.ts';
import { Recorded, type ReadLog } from './recorded.ts';
import { createRelayEmbedder, createRelayModel, isReply, type RelayEvent, type RunCaps } from './relay.ts';
import { masked, secretsOf } from './secrets.ts';
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

/** The run that asks, and what it may spend and has spent as of now. */
export interface RunAccount {
  readonly id: string;
  /** US dollars in `spent` are settled or set aside for calls under way. */
  standing(): { readonly caps: RunCaps; readonly spent: number };
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
  #vectors: ModelRoute | null = null;
  #recorded: Recorded;

  constructor(at: BookOptions) {
    this.#at = at;
    this.#telling = new Telling(at.tell);
    this.#recorded = new Recorded(at.readLog);
  }

  /** In place of the routes before. Calls under way end as they began. */
  use(routes: readonly ModelRoute[]): void {
    this.#routes = new Map(routes.filter(({ purpose }) => purpose === 'text').map((route) => [route.name, route]));
    this.#vectors = routes.find(({ purpose }) => purpose === 'vectors') ?? null;
    this.#recorded = new Recorded(this.#at.readLog);
  }

  list(source: ModelSource, signal: AbortSignal): Promise<Listed> {
    return listSource(source, this.#at, signal);
  }

  /** What a run asks. Neither ever rejects; both settle when the signal aborts. */
  forRun(account: RunAccount): RunModels {
    const vectors = (): ModelRoute | null => this.#vectors;
    let held = 0;
    return {
      models: { complete: (request, signal) => this.#complete(account, request, signal) },
      embedder: {
        get id() {
          return vectors()?.name ?? 'none';
        },
        embed: async (texts, signal): Promise<Embedded> => {
          const route = vectors();
          if (route === null) return { type: 'failed', reason: 'no model for vectors is connected' };
          if (route.source.type === 'relay')
            return this.#relayEmbedder(account, route, route.source).embed(texts, signal);
          if (route.source.type !== 'endpoint') return { type: 'failed', reason: 'only services make vectors' };
          // The engine's books know nothing of vectors: what they cost is kept here, and counted as if each call cost its most.
          const { caps, spent } = account.standing();
          const worst = worstOfVectors(texts, route);
          if (caps.dollars !== null && (worst === null || spent + held + worst > caps.dollars)) {
            return { type: 'failed', reason: 'the budget in dollars allows no more vectors' };
          }
          held += worst ?? 0;
          return embedAtEndpoint(route.source, route.model, texts, this.#at, signal);
        },
      },
    };
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

  #relayEmbedder(account: RunAccount, route: ModelRoute, source: Extract<ModelSource, { type: 'relay' }>): Embedder {
    return createRelayEmbedder(this.#line(account, source), route.model);
  }

  #line(account: RunAccount, { base, token }: Extract<ModelSource, { type: 'relay' }>) {
    const { fetch, after } = this.#at;
    return { base, token, fetch, after, run: { id: account.id, caps: account.standing().caps } };
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
  return { ...said, dollars };
}

function worstOfVectors(texts: readonly string[], { price }: ModelRoute): number | null {
  const tokens = texts.reduce((sum, text) => sum + tokensAtMost(text), 0);
  return price && worstCostOf(tokens, 0, price);
}

export function failed(reason: string, retryAfter: number | null): Extract<ModelReply, { type: 'failed' }> {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
