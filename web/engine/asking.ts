/** What one job asks of models: within its reservation, each reply written to the log before it is used. */
import type { KeptCalls, Replied, Reserved } from './events.ts';
import type { LanguageModel, Message, ModelReply, ModelRequest, Purpose, Spending } from './models/model.ts';
import { NO_USAGE, NOTHING_SPENT } from './models/model.ts';
import { readAtMost } from './models/search.ts';
import { readSources } from './models/sources.ts';
import { promptTokensAtMost } from './models/tokens.ts';
import { Hasher } from './novelty/hash.ts';
import type { Ports } from './ports.ts';
import { embeddedBy, type Embedder } from './novelty/remote.ts';
import { addSpending, type InFlight } from './state.ts';

/** Times a call is made again because the provider asked for patience. */
const MOST_RETRIES = 3;
/** Longest patience, ms. */
const LONGEST_WAIT = 60_000;

export interface AskOptions {
  readonly temperature: number | null;
  readonly effort: ModelRequest['effort'];
  readonly replyTokens: number;
  readonly promptTokens: number;
  /** Searches of the web that each call may make; absent: none. */
  readonly search?: number;
}

export class Asking {
  readonly #flight: () => InFlight | undefined;
  readonly #ports: Ports;
  readonly #signal: AbortSignal;
  readonly #record: (event: Omit<Replied, 'type' | 'timing'> & { took: number }) => void;
  readonly #price: (model: string, reply: ModelReply) => number | null;
  readonly #worst: (model: string, promptTokens: number, replyTokens: number, searches: number) => number;
  readonly #run: string;
  readonly #job: number;
  readonly #reserved: Reserved;
  #calls = 0;
  /** Of these, calls that were set aside for a purpose. */
  readonly #kept: { embed: number; score: number } = { embed: 0, score: 0 };
  #open = false;
  #spent: Spending = NOTHING_SPENT;
  /** The same by what calls were worth. */
  #worth: Spending = NOTHING_SPENT;

  constructor(options: {
    run: string;
    job: number;
    reserved: Reserved;
    flight: () => InFlight | undefined;
    ports: Ports;
    signal: AbortSignal;
    record: (event: Omit<Replied, 'type' | 'timing'> & { took: number }) => void;
    price: (model: string, reply: ModelReply) => number | null;
    worst: (model: string, promptTokens: number, replyTokens: number, searches: number) => number;
  }) {
    this.#run = options.run;
    this.#job = options.job;
    this.#reserved = options.reserved;
    this.#flight = options.flight;
    this.#ports = options.ports;
    this.#signal = options.signal;
    this.#record = options.record;
    this.#price = options.price;
    this.#worst = options.worst;
  }

  /** What this job's models have cost so far, replies among it that came before a crash and were not asked for again. */
  get spent(): Spending {
    return this.#withWaiting(this.#spent, costOf);
  }

  /** US dollars; what was charged, but for replies that were given again for nothing. */
  get worth(): number {
    return this.#withWaiting(this.#worth, worthOf).dollars;
  }

  #withWaiting(sum: Spending, cost: typeof costOf): Spending {
    for (const [call, { reply, dollars }] of this.#flight()?.replies ?? []) {
      if (call >= this.#calls) sum = addSpending(sum, cost(reply, dollars));
    }
    return sum;
  }

  /** Whether a call has been made that has not come back. */
  get open(): boolean {
    return this.#open;
  }

  /** For the proposal itself. */
  get callsLeft(): number {
    const { calls, kept } = this.#reserved;
    const own = calls - (kept?.embed ?? 0) - (kept?.score ?? 0);
    return Math.max(0, own - (this.#calls - this.#kept.embed - this.#kept.score));
  }

  #left(purpose: Purpose): number {
    return isKept(purpose) ? Math.max(0, (this.#reserved.kept?.[purpose] ?? 0) - this.#kept[purpose]) : this.callsLeft;
  }

  /** Never rejects. A reply that came before a crash is taken from the log and not paid again. */
  async ask(model: string, messages: readonly Message[], purpose: Purpose, options: AskOptions): Promise<ModelReply> {
    for (let retry = 0; ; retry++) {
      const reply = await this.#once(model, messages, purpose, options);
      if (reply.type === 'replied' || reply.retryAfter === null) return reply;
      if (retry >= MOST_RETRIES || this.#left(purpose) === 0 || this.#signal.aborted)
        return { ...reply, retryAfter: null };
      await this.#ports.clock.after(Math.min(LONGEST_WAIT, reply.retryAfter), this.#signal);
    }
  }

  async #once(model: string, messages: readonly Message[], purpose: Purpose, options: AskOptions): Promise<ModelReply> {
    if (this.#left(purpose) === 0) return refusal(NO_CALL);
    const { models, embedder } = this.#ports;
    if (purpose === 'embed' ? !embedder : !models) return refusal('no model is connected');
    const length = promptTokensAtMost(messages);
    const searches = options.search ?? 0;
    if (length > options.promptTokens) {
      return refusal(`the prompt may have ${length} tokens, more than the ${options.promptTokens} allowed`);
    }
    const requestOf = (call: number): Omit<ModelRequest, 'key'> => ({
      model,
      purpose,
      messages,
      tokens: options.replyTokens,
      temperature: options.temperature,
      effort: options.effort,
      seed: this.#job * 64 + call,
      ...(searches > 0 ? { search: searches } : {}),
    });
    // Where the work goes another way than before a crash (a service failed, a clock ran out), its replies are paid all the same.
    for (let known = this.#known(); known; known = this.#known()) {
      const call = this.#begin(known.purpose);
      this.#count(known.reply, known.dollars);
      if (known.request === hashOf(requestOf(call))) return known.reply;
      if (this.#left(purpose) === 0) return refusal(NO_CALL);
    }
    // Calls of a dearer model may not take the place of calls that were reserved for a cheaper one.
    const left = this.#reserved.dollars - this.#spent.dollars;
    const tokens = this.#reserved.tokens - this.#spent.tokens;
    const most = this.#worst(model, length, options.replyTokens, searches);
    // Where the price is not known nothing was set aside, and what the first call cost says nothing of the next.
    if ((most > 0 && most > left + 1e-9) || readAtMost(length, searches) + options.replyTokens > tokens) {
      return refusal('what was reserved for this proposal does not cover another call');
    }
    if (this.#signal.aborted) return refusal('the run was stopped');
    const call = this.#begin(purpose);
    const request = requestOf(call);
    const hash = hashOf(request);
    const before = this.#ports.clock.now();
    const key = `${this.#run}/${this.#job}/${call}/${hash}`;
    this.#open = true;
    const reply = withSources(await this.#answer({ ...request, key }));
    this.#open = false;
    if (this.#signal.aborted && reply.type === 'failed') return refusal('the run was stopped');
    const dollars = reply.dollars ?? this.#price(model, reply);
    this.#count(reply, dollars);
    const took = Math.round(this.#ports.clock.now() - before);
    this.#record({ job: this.#job, call, purpose, model, request: hash, reply, dollars, took });
    return reply;
  }

  async #answer(request: ModelRequest): Promise<ModelReply> {
    const { models, embedder } = this.#ports;
    const { model, purpose, messages, key } = request;
    if (purpose !== 'embed') return await completed(models as LanguageModel, request, this.#signal);
    const texts = messages.map(({ content }) => content);
    return await embeddedBy(embedder as Embedder, { model, texts, key }, this.#signal);
  }

  #begin(purpose: Purpose): number {
    if (isKept(purpose)) this.#kept[purpose]++;
    return this.#calls++;
  }

  /** The reply to the next call, if it came before. */
  #known() {
    return this.#flight()?.replies.get(this.#calls);
  }

  #count(reply: ModelReply, dollars: number | null): void {
    this.#spent = addSpending(this.#spent, costOf(reply, dollars));
    this.#worth = addSpending(this.#worth, worthOf(reply, dollars));
  }
}

const NO_CALL = 'no call is left of what was reserved for this proposal';

function isKept(purpose: Purpose): purpose is keyof KeptCalls {
  return purpose === 'embed' || purpose === 'score';
}

function costOf({ usage }: ModelReply, dollars: number | null): Spending {
  return { calls: 1, tokens: usage.input + usage.output, dollars: dollars ?? 0 };
}

function worthOf(reply: ModelReply, dollars: number | null): Spending {
  return costOf(reply, reply.worth ?? dollars);
}

/** What pages are called and where they are was written by strangers. */
function withSources(reply: ModelReply): ModelReply {
  if (reply.type === 'failed' || reply.sources === undefined) return reply;
  const { sources, ...rest } = reply;
  const read = readSources(sources);
  return read.length === 0 ? rest : { ...rest, sources: read };
}

/** A model that throws breaks its contract, and costs no more than one that fails. */
async function completed(models: LanguageModel, request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
  try {
    return await models.complete(request, signal);
  } catch (error) {
    return refusal(error instanceof Error ? error.message : String(error));
  }
}

function refusal(reason: string): ModelReply {
  return { type: 'failed', reason, retryAfter: null, usage: NO_USAGE, dollars: 0 };
}

function hashOf(request: Omit<ModelRequest, 'key'>): string {
  const hasher = new Hasher();
  hasher.text(request.model);
  hasher.text(request.purpose);
  hasher.text(`${request.tokens} ${request.temperature} ${request.effort} ${request.seed}`);
  if (request.search !== undefined) hasher.text(`search ${request.search}`);
  for (const { role, content } of request.messages) {
    hasher.text(role);
    hasher.text(content);
  }
  return hasher.digest();
}
