/**
 * Between clients and providers: no call is made that has not been set aside in the books, none is paid twice, and what it cost is
 * settled whatever happens. The books are the store's; what lives here is only what is under way.
 */
import { costOf, worstCostOf } from '../../web/engine/models/cost.ts';
import { NO_USAGE, type ModelReply, type ModelRequest, type Usage } from '../../web/engine/models/model.ts';
import { fromNano, nanoPerToken, nanoUp } from '../../web/engine/models/money.ts';
import type { Price } from '../../web/engine/models/price.ts';
import { promptTokensAtMost, tokensAtMost } from '../../web/engine/models/tokens.ts';
import { hashOf } from '../access/tokens.ts';
import type { Amount, Client, Held, Store } from '../store/store.ts';
import { Breaker } from './breaker.ts';
import type { OfferedModel } from './catalogue.ts';
import type { Provider, ProviderFailure, ProviderReply } from '../../web/models/providers/provider.ts';

export interface GatewayOptions {
  readonly store: Store;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly models: ReadonlyMap<string, OfferedModel>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Tries of one call; only those that cost nothing are repeated. */
  readonly tries: number;
  /** Longest wait between two tries; a provider that asks for more gets its failure passed on. */
  readonly longestWait: number;
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
  | { readonly type: 'tried-again'; readonly model: string; readonly kind: string; readonly wait: number }
  | { readonly type: 'refused'; readonly model: string; readonly why: string }
  /** A provider reported more than the request allowed: the books keep to what was set aside. */
  | { readonly type: 'impossible-usage'; readonly model: string };

export interface Asker {
  readonly client: Client;
  /** Run whose own account bears the cost too; null: none. */
  readonly run: string | null;
}

interface UnderWay {
  readonly call: number;
  readonly reply: Promise<ModelReply>;
}

const LEASE = 30_000;
const POLL = 250;

export class Gateway {
  readonly #at: GatewayOptions;
  readonly #breakers = new Map<string, Breaker>();
  readonly #underWay = new Map<number, UnderWay>();
  readonly #stopping = new AbortController();
  readonly #renewal: ReturnType<typeof setInterval>;

  constructor(options: GatewayOptions) {
    this.#at = options;
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
      if (this.#stopping.signal.aborted) return failed('the relay is being stopped', 5_000);
      const accounts = accountsOf(asker);
      for (const id of accounts) {
        const account = await this.#at.store.account(id);
        if (account && account.caps.nano !== null && model.price === null) {
          return this.#refuse(
            model.name,
            `nobody knows the price of ${model.name}, so a limit in dollars can't be kept`,
          );
        }
      }
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

  /** Vectors of the texts; the same books. */
  async embed(
    asker: Asker,
    name: string,
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<
    | { readonly type: 'ok'; readonly vectors: readonly (readonly number[])[]; readonly dollars: number }
    | Extract<ModelReply, { type: 'failed' }>
  > {
    const model = this.#at.models.get(name);
    const provider = model && this.#at.providers.get(model.provider);
    if (!model || !provider || model.purpose !== 'vectors')
      return this.#refuse(name, 'this relay has no such model for vectors');
    if (asker.client.models !== null && !asker.client.models.includes(name)) {
      return this.#refuse(name, 'this model is not among those you may use');
    }
    const tokens = texts.reduce((sum, text) => sum + tokensAtMost(text) + 12, 0);
    const amount = { nano: model.price ? nanoUp(worstCostOf(tokens, 0, model.price)) : 0, tokens, calls: 1 };
    const now = this.#at.now();
    const accounts = accountsOf(asker);
    const held = await this.#at.store.hold({
      ...{ client: asker.client.id, key: '', digest: '', model: name, purpose: 'embed', accounts, reuse: false },
      ...{ amount, now, lease: now + LEASE },
    });
    if (held.type !== 'held')
      return this.#refuse(name, held.type === 'short' || held.type === 'no-account' ? reasonOf(held) : 'try again');
    const limit = AbortSignal.any([signal, this.#stopping.signal, AbortSignal.timeout(this.#at.longestCall)]);
    const answer = await provider.embed(model.model, texts, limit);
    const usage = answer.type === 'ok' ? answer.usage : answer.usage;
    const spent = usage === null ? amount : this.#clip(charge(usage, 0, model.price), amount, name);
    await this.#at.store.settle({ call: held.call, amount: spent, reply: null, now: this.#at.now() });
    this.#at.told({
      type: 'settled',
      model: name,
      outcome: answer.type,
      milliseconds: this.#at.now() - now,
      amount: spent,
    });
    if (answer.type === 'ok') return { type: 'ok', vectors: answer.vectors, dollars: fromNano(spent.nano) };
    return { ...failed(answer.reason, retryAfterOf(answer)), usage: usage ?? NO_USAGE, dollars: fromNano(spent.nano) };
  }

  get open(): number {
    return this.#underWay.size;
  }

  /** No new calls; those under way get so long to end, then they are stopped and settled. */
  async stop(milliseconds: number): Promise<void> {
    const ended = Promise.allSettled([...this.#underWay.values()].map(({ reply }) => reply));
    const patience = new AbortController();
    await Promise.race([ended, this.#at.sleep(milliseconds, patience.signal)]);
    patience.abort();
    this.#stopping.abort();
    await Promise.allSettled([...this.#underWay.values()].map(({ reply }) => reply));
    clearInterval(this.#renewal);
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
    this.#underWay.set(call, { call, reply });
    try {
      return await reply;
    } finally {
      this.#underWay.delete(call);
    }
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
    const limit = AbortSignal.any([signal, this.#stopping.signal, AbortSignal.timeout(this.#at.longestCall)]);
    const answer = await this.#try(model, request, limit, (piece) => {
      streamed += tokensAtMost(piece);
      text(piece);
    });
    const { usage, written } = answer.type === 'replied' ? answer : { usage: answer.usage, written: 0 };
    // Where nobody says what was charged: the whole prompt, and all that came out of the stream at the most tokens it can have been.
    const known = usage ?? { input: amount.tokens - request.tokens, output: streamed, cached: 0, reasoning: 0 };
    const cut = usage === null && request.effort !== 'none' && model.reasons;
    // Thinking is charged and not seen: a stream of a thinking model that was cut may have cost all that was set aside.
    const spent = cut ? amount : this.#clip(charge(known, written, model.price), amount, model.name);
    const dollars = model.price === null ? null : fromNano(spent.nano);
    const reply: ModelReply =
      answer.type === 'replied'
        ? { type: 'replied', text: answer.text, finish: answer.finish, usage: answer.usage, dollars }
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

  async #try(
    model: OfferedModel,
    request: ModelRequest,
    signal: AbortSignal,
    text: (piece: string) => void,
  ): Promise<ProviderReply> {
    const provider = this.#at.providers.get(model.provider);
    if (!provider) return unpaid('request', 'this model’s provider is not set up');
    const breaker = this.#breakerOf(model.provider);
    for (let tries = 1; ; tries++) {
      const pause = breaker.admit();
      if (pause > 0)
        return unpaid('overloaded', `${model.provider} keeps failing and is left alone for a while`, pause);
      const answer = await provider.complete(request, signal, text);
      if (answer.type === 'replied') {
        breaker.succeeded();
        return answer;
      }
      if (answer.kind === 'stopped' || answer.kind === 'request') breaker.neither();
      else breaker.failed();
      const again = answer.kind === 'overloaded' || answer.kind === 'outage';
      const wait = answer.retryAfter ?? backOff(tries);
      if (!again || !costless(answer) || tries >= this.#at.tries || wait > this.#at.longestWait || signal.aborted)
        return answer;
      this.#at.told({ type: 'tried-again', model: model.name, kind: answer.kind, wait });
      await this.#at.sleep(wait, signal);
    }
  }

  #breakerOf(provider: string): Breaker {
    let breaker = this.#breakers.get(provider);
    if (!breaker) this.#breakers.set(provider, (breaker = new Breaker(this.#at.now)));
    return breaker;
  }

  /** The reply of a call somebody else makes; null where it came to nothing and may be asked again. */
  async #await(call: number, signal: AbortSignal): Promise<ModelReply | null> {
    const here = this.#underWay.get(call);
    if (here) {
      const stop = new Promise<null>((resolve) =>
        signal.addEventListener('abort', () => resolve(null), { once: true }),
      );
      const reply = await Promise.race([here.reply, stop]);
      return reply?.type === 'replied' ? reply : null;
    }
    for (;;) {
      await this.#at.sleep(POLL, signal);
      if (signal.aborted) return null;
      await this.#at.store.sweep(this.#at.now());
      const outcome = await this.#at.store.outcome(call);
      if (outcome.type === 'settled') return outcome.reply;
    }
  }

  async #renew(): Promise<void> {
    const now = this.#at.now();
    if (this.#underWay.size > 0) await this.#at.store.extend([...this.#underWay.keys()], now + LEASE);
    await this.#at.store.sweep(now);
  }

  #clip(spent: Amount, held: Amount, model: string): Amount {
    if (spent.nano <= held.nano && spent.tokens <= held.tokens) return spent;
    this.#at.told({ type: 'impossible-usage', model });
    return { nano: Math.min(spent.nano, held.nano), tokens: Math.min(spent.tokens, held.tokens), calls: spent.calls };
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

function worstCase(request: ModelRequest, price: Price | null): Amount {
  const prompt = promptTokensAtMost(request.messages);
  const nano = price === null ? 0 : nanoUp(worstCostOf(prompt, request.tokens, price));
  return { nano, tokens: prompt + request.tokens, calls: 1 };
}

function charge(usage: Usage, written: number, price: Price | null): Amount {
  const tokens = usage.input + usage.output;
  if (price === null) return { nano: 0, tokens, calls: 1 };
  const surcharge = Math.max(0, (price.written ?? price.input) - price.input) * Math.max(0, written);
  return { nano: nanoUp(costOf(usage, price)) + Math.ceil(nanoPerToken(surcharge)), tokens, calls: 1 };
}

function digestOf(provider: string, { key: _key, purpose: _purpose, ...rest }: ModelRequest): string {
  const { model, messages, tokens, temperature, effort, seed } = rest;
  const said = messages.map(({ role, content }) => [role, content]);
  return hashOf(JSON.stringify([provider, model, said, tokens, temperature, effort, seed]));
}

const WHAT: Readonly<Record<keyof Amount, string>> = { nano: 'dollars', tokens: 'tokens', calls: 'calls' };

function reasonOf(held: Exclude<Held, { type: 'held' | 'answered' | 'under-way' }>): string {
  switch (held.type) {
    case 'other-request':
      return 'this call’s key was used before for another request';
    case 'no-account':
      return 'nobody has set a budget for this';
    case 'short': {
      const left =
        held.what === 'nano' ? `${fromNano(held.left).toFixed(4)} dollars` : `${held.left} ${WHAT[held.what]}`;
      return `the budget ${ofWhom(held.account)} has ${left} left, and this call may need more`;
    }
    default:
      throw new Error(`no answer is a ${JSON.stringify(held satisfies never)}`);
  }
}

function ofWhom(account: string): string {
  switch (account.slice(0, account.indexOf(':') < 0 ? undefined : account.indexOf(':'))) {
    case 'client':
      return 'given to you';
    case 'code':
      return 'of all who joined with this code';
    case 'run':
      return 'of this run';
    default:
      return 'of this relay';
  }
}

function costless({ usage }: ProviderFailure): boolean {
  return usage !== null && usage.input === 0 && usage.output === 0;
}

function outcomeOf(answer: ProviderReply): string {
  return answer.type === 'replied' ? answer.finish : answer.kind;
}

function retryAfterOf({ kind, retryAfter }: ProviderFailure): number | null {
  return kind === 'overloaded' || kind === 'outage' ? (retryAfter ?? 10_000) : null;
}

/** Half a second, doubled each time; what jitter there is comes from the calls' own lengths. */
function backOff(tries: number): number {
  return 500 * 2 ** (tries - 1);
}

function unpaid(kind: ProviderFailure['kind'], reason: string, retryAfter: number | null = null): ProviderFailure {
  return { type: 'failed', kind, reason, retryAfter, usage: NO_USAGE };
}

function failed(reason: string, retryAfter: number | null): Extract<ModelReply, { type: 'failed' }> {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
