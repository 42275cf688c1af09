/**
 * Between clients and providers: no call is made that has not been set aside in the books, none is paid twice, and what it cost is
 * settled whatever happens. The books are the store's; what lives here is only what is under way.
 */
import { NO_USAGE, type ModelReply, type ModelRequest } from '../../web/engine/models/model.ts';
import { fromNano } from '../../web/engine/models/money.ts';
import { BELIEVED, canSearch } from '../../web/engine/models/search.ts';
import { tokensAtMost } from '../../web/engine/models/tokens.ts';
import type { Amount, Client, Store } from '../store/store.ts';
import { charge, digestOf, digestOfTexts, reasonOf, worstCase, worstCaseOfVectors } from './amounts.ts';
import type { OfferedModel } from './catalogue.ts';
import { Stops } from './stops.ts';
import { Tries, type TriedAgain, type TryOptions } from './tries.ts';
import type { Provider, ProviderFailure, ProviderReply } from '../../web/models/providers/provider.ts';
import { replyOf, vectorsIn, type Vectors } from './vectors.ts';

export interface GatewayOptions extends TryOptions {
  readonly store: Store;
  readonly models: ReadonlyMap<string, OfferedModel>;
  /** Longest a call may take, its tries together. */
  readonly longestCall: number;
  /** One reply for all who ask the very same. */
  readonly reuse: boolean;
  readonly told: (event: GatewayEvent) => void;
}

/** For logs and metrics: figures and names, never a word of a prompt or a reply. */
export type GatewayEvent =
  | {
      readonly type: 'settled';
      readonly model: string;
      readonly outcome: string;
      readonly milliseconds: number;
      readonly amount: Amount;
    }
  | TriedAgain
  | { readonly type: 'refused'; readonly model: string; readonly why: string }
  /** A provider reported more than the request allowed: the books keep to what was set aside. */
  | { readonly type: 'impossible-usage'; readonly model: string };

export interface Asker {
  readonly client: Client;
  /** Run whose own account bears the cost too; null: none. */
  readonly run: string | null;
}

/** Who goes on after a crash waits for it to lapse, so it is short; milliseconds. */
const LEASE = 10_000;
const POLL = 250;

export class Gateway {
  readonly #at: GatewayOptions;
  readonly #tries: Tries;
  readonly #underWay = new Map<number, Promise<ModelReply | Vectors>>();
  readonly #replies = new Map<number, Promise<ModelReply>>();
  readonly #stops = new Stops();
  #closed = false;
  readonly #renewal: ReturnType<typeof setInterval>;

  constructor(options: GatewayOptions) {
    this.#at = options;
    this.#tries = new Tries(options);
    this.#renewal = setInterval(() => void this.#renew(), LEASE / 3);
    this.#renewal.unref?.();
  }

  /**
   * Never rejects. `text` is told pieces as they come; a reply that was there already comes as one piece. When the signal aborts the provider's
   * connection is closed, what it can have cost is settled, and the reply is a failure.
   */
  async complete(
    asker: Asker,
    request: ModelRequest,
    signal: AbortSignal,
    text: (piece: string) => void,
  ): Promise<ModelReply> {
    const model = this.#at.models.get(request.model);
    if (!model || model.purpose !== 'text') return this.#refuse(request.model, 'this relay has no such model');
    if (request.search !== undefined && !canSearch(model.price)) {
      return this.#refuse(model.name, `${model.name} may not search the web by this relay`);
    }
    const { client } = asker;
    if (client.models !== null && !client.models.includes(model.name)) {
      return this.#refuse(model.name, 'this model is not among those you may use');
    }
    const tokens = Math.min(request.tokens, model.reply ?? request.tokens);
    const asked = { ...request, model: model.model, tokens };
    const amount = worstCase(asked, model.price);
    const digest = digestOf(model.provider, asked);
    for (;;) {
      if (signal.aborted) return failed('stopped', null);
      const accounts = accountsOf(asker);
      const no = await this.#barred(model, accounts);
      if (no !== null) return no;
      const now = this.#at.now();
      const held = await this.#at.store.hold({
        client: client.id,
        key: request.key,
        digest,
        model: model.name,
        purpose: request.purpose,
        accounts,
        reuse: this.#at.reuse,
        amount,
        now,
        lease: now + LEASE,
      });
      switch (held.type) {
        case 'held':
          return this.#make(held.call, model, asked, amount, signal, text);
        case 'answered':
          if (held.reply.type === 'replied') text(held.reply.text);
          return held.reply;
        case 'under-way': {
          const reply = await this.#await(held.call, signal);
          if (reply === null) continue;
          if (reply.type === 'replied') text(reply.text);
          return reply;
        }
        default:
          return this.#refuse(model.name, reasonOf(held));
      }
    }
  }

  /** Vectors of the texts; the same books, and where there is a key, the same word that nothing is paid twice. */
  async embed(asker: Asker, name: string, texts: readonly string[], signal: AbortSignal, key = ''): Promise<Vectors> {
    const model = this.#at.models.get(name);
    const provider = model && this.#at.providers.get(model.provider);
    if (!model || !provider || model.purpose !== 'vectors')
      return this.#refuse(name, 'this relay has no such model for vectors');
    if (asker.client.models !== null && !asker.client.models.includes(name)) {
      return this.#refuse(name, 'this model is not among those you may use');
    }
    const amount = worstCaseOfVectors(texts, model.price);
    const digest = key === '' ? '' : digestOfTexts(model.provider, model.model, texts);
    for (;;) {
      if (signal.aborted) return failed('stopped', null);
      const accounts = accountsOf(asker);
      const no = await this.#barred(model, accounts);
      if (no !== null) return no;
      const now = this.#at.now();
      const held = await this.#at.store.hold({
        ...{ client: asker.client.id, key, digest, model: name, purpose: 'embed', accounts },
        ...{ reuse: this.#at.reuse && key !== '', amount, now, lease: now + LEASE },
      });
      switch (held.type) {
        case 'held': {
          const keep = key !== '';
          return this.#hold(held.call, this.#embedAndSettle(held.call, provider, model, texts, amount, signal, keep));
        }
        case 'answered':
          return vectorsIn(held.reply);
        case 'under-way': {
          const reply = await this.#await(held.call, signal);
          if (reply === null) continue;
          return vectorsIn(reply);
        }
        default:
          return this.#refuse(name, reasonOf(held));
      }
    }
  }

  get open(): number {
    return this.#underWay.size;
  }

  /** No new calls; those under way get so long to end, then they are stopped and settled. */
  async stop(milliseconds: number): Promise<void> {
    this.#closed = true;
    const ended = Promise.allSettled(this.#underWay.values());
    const patience = new AbortController();
    await Promise.race([ended, this.#at.sleep(milliseconds, patience.signal)]);
    patience.abort();
    this.#stops.all();
    await Promise.allSettled(this.#underWay.values());
    clearInterval(this.#renewal);
  }

  /** Why no call may be made now; null where one may. */
  async #barred(
    model: OfferedModel,
    accounts: readonly string[],
  ): Promise<Extract<ModelReply, { type: 'failed' }> | null> {
    for (const id of model.price === null ? accounts : []) {
      const account = await this.#at.store.account(id);
      if (account === null || account.caps.nano === null) continue;
      return this.#refuse(model.name, `nobody knows the price of ${model.name}, so a limit in dollars can't be kept`);
    }
    return this.#closed ? failed('the relay is being stopped', 5_000) : null;
  }

  /** Keeps the call's lease alive, and the relay open, until it is settled. */
  async #hold<T extends ModelReply | Vectors>(call: number, reply: Promise<T>): Promise<T> {
    this.#underWay.set(call, reply);
    try {
      return await reply;
    } finally {
      this.#underWay.delete(call);
    }
  }

  async #make(
    call: number,
    model: OfferedModel,
    request: ModelRequest,
    amount: Amount,
    signal: AbortSignal,
    text: (piece: string) => void,
  ): Promise<ModelReply> {
    const reply = this.#callAndSettle(call, model, request, amount, signal, text);
    this.#replies.set(call, reply);
    try {
      return await this.#hold(call, reply);
    } finally {
      this.#replies.delete(call);
    }
  }

  async #embedAndSettle(
    call: number,
    provider: Provider,
    model: OfferedModel,
    texts: readonly string[],
    amount: Amount,
    signal: AbortSignal,
    keep: boolean,
  ): Promise<Vectors> {
    const started = this.#at.now();
    const answer = await this.#stops.bound(signal, this.#at.longestCall, (limit) =>
      provider.embed(model.model, texts, limit),
    );
    const { usage } = answer;
    const spent = usage === null ? amount : this.#clip(charge(usage, 0, model.price), amount, { model: model.name });
    const dollars = model.price === null ? null : fromNano(spent.nano);
    const made: Vectors =
      answer.type === 'ok'
        ? { type: 'ok', vectors: answer.vectors, usage: answer.usage, dollars }
        : {
            ...failed(answer.reason, retryAfterOf(answer)),
            usage: usage ?? { ...NO_USAGE, input: amount.tokens },
            dollars,
          };
    const reply = keep && made.type === 'ok' ? replyOf(made) : null;
    await this.#at.store.settle({ call, amount: spent, reply, now: this.#at.now() });
    const milliseconds = this.#at.now() - started;
    this.#at.told({ type: 'settled', model: model.name, outcome: answer.type, milliseconds, amount: spent });
    return made;
  }

  async #callAndSettle(
    call: number,
    model: OfferedModel,
    request: ModelRequest,
    amount: Amount,
    signal: AbortSignal,
    text: (piece: string) => void,
  ): Promise<ModelReply> {
    const started = this.#at.now();
    let streamed = 0;
    const answer = await this.#stops.bound(signal, this.#at.longestCall, (limit) =>
      this.#tries.ask(model, request, limit, (piece) => {
        streamed += tokensAtMost(piece);
        text(piece);
      }),
    );
    const { usage, written } = answer.type === 'replied' ? answer : { usage: answer.usage, written: 0 };
    // Where nobody says what was charged: the whole prompt, and all that came out of the stream at the most tokens it can have been.
    const searches = request.search === undefined ? {} : { searches: request.search };
    const known = usage ?? {
      input: amount.tokens - request.tokens,
      output: streamed,
      cached: 0,
      reasoning: 0,
      ...searches,
    };
    const thought = request.effort !== 'none' && model.reasons;
    const cut = usage === null && (thought || request.search !== undefined);
    // Thinking is charged and not seen, and so is what was found: a stream that was cut may have cost all that was set aside.
    const spent = cut
      ? amount
      : this.#clip(charge(known, written, model.price), amount, { ...request, model: model.name });
    const dollars = model.price === null ? null : fromNano(spent.nano);
    const reply: ModelReply =
      answer.type === 'replied'
        ? {
            ...{ type: 'replied', text: answer.text, finish: answer.finish, usage: answer.usage, dollars },
            ...(answer.sources ? { sources: answer.sources } : {}),
          }
        : { type: 'failed', reason: answer.reason, retryAfter: retryAfterOf(answer), usage: known, dollars };
    // Kept before it is sent: whoever lost it on the way asks again with the same key and pays nothing.
    const kept = reply.type === 'replied' ? reply : null;
    await this.#at.store.settle({ call, amount: spent, reply: kept, now: this.#at.now() });
    this.#at.told({
      type: 'settled',
      model: model.name,
      outcome: outcomeOf(answer),
      milliseconds: this.#at.now() - started,
      amount: spent,
    });
    return reply;
  }

  /** The reply of a call somebody else makes; null where it came to nothing and may be asked again. */
  async #await(call: number, signal: AbortSignal): Promise<ModelReply | null> {
    const here = this.#replies.get(call);
    if (here) {
      if (signal.aborted) return null;
      const stopped = Promise.withResolvers<null>();
      const stop = (): void => stopped.resolve(null);
      signal.addEventListener('abort', stop, { once: true });
      const reply = await Promise.race([here, stopped.promise]);
      signal.removeEventListener('abort', stop);
      return reply?.type === 'replied' ? reply : null;
    }
    for (;;) {
      await this.#at.sleep(POLL, signal);
      if (signal.aborted) return null;
      await this.#renew();
      const outcome = await this.#at.store.outcome(call);
      if (outcome.type === 'settled') return outcome.reply;
    }
  }

  /** One's own first: after the machine slept, all leases have lapsed. */
  async #renew(): Promise<void> {
    const now = this.#at.now();
    if (this.#underWay.size > 0) await this.#at.store.extend([...this.#underWay.keys()], now + LEASE);
    await this.#at.store.sweep(now);
  }

  #clip(spent: Amount, held: Amount, { model, search }: Pick<ModelRequest, 'model' | 'search'>): Amount {
    if (spent.nano <= held.nano && spent.tokens <= held.tokens) return spent;
    this.#at.told({ type: 'impossible-usage', model });
    // Nobody bounds what searches bring in: beyond what was set aside for them it is owed all the same.
    const most = search === undefined ? 1 : BELIEVED;
    const nano = Math.min(spent.nano, most * held.nano);
    return { nano, tokens: Math.min(spent.tokens, most * held.tokens), calls: spent.calls };
  }

  #refuse(model: string, reason: string): Extract<ModelReply, { type: 'failed' }> {
    this.#at.told({ type: 'refused', model, why: reason });
    return failed(reason, null);
  }
}

/** Who bears the cost: the client, its class, its run, the relay as a whole. */
export function accountsOf({ client, run }: Asker): string[] {
  const accounts = [`client:${client.id}`, 'relay'];
  if (client.code !== null) accounts.push(`code:${client.code}`);
  if (run !== null) accounts.push(`run:${client.id}:${run}`);
  return accounts;
}

function outcomeOf(answer: ProviderReply): string {
  return answer.type === 'replied' ? answer.finish : answer.kind;
}

function retryAfterOf({ kind, retryAfter }: ProviderFailure): number | null {
  return kind === 'overloaded' || kind === 'outage' ? (retryAfter ?? 10_000) : null;
}

function failed(reason: string, retryAfter: number | null): Extract<ModelReply, { type: 'failed' }> {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
