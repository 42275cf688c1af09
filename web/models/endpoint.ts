/**
 * Endpoints that this page asks itself, with the person's own key where one is wanted. What has cost nothing is tried again; what may have
 * cost something is not. The SDKs load when the first endpoint is asked.
 */
import { costOf, worstCostOf } from '../engine/models/cost.ts';
import { NO_USAGE, type ModelReply, type ModelRequest, type Usage } from '../engine/models/model.ts';
import type { Price } from '../engine/models/price.ts';
import { factsOf } from '../engine/models/prices.ts';
import { BELIEVED, canSearch, readAtMost } from '../engine/models/search.ts';
import { promptTokensAtMost, tokensAtMost } from '../engine/models/tokens.ts';
import type { Embedded } from '../engine/novelty/remote.ts';
import type { Provider, ProviderFailure, ProviderReply } from './providers/provider.ts';
import type { ModelSource } from './source.ts';

export type EndpointSource = Extract<ModelSource, { type: 'endpoint' }>;

export interface EndpointAt {
  /** Milliseconds since 1970. */
  readonly today: () => number;
  readonly after: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Asked {
  readonly source: EndpointSource;
  readonly price: Price | null;
  /** Its model as the endpoint calls it. */
  readonly request: ModelRequest;
}

/** Tries of one call. */
const TRIES = 4;
/** Longest wait between two of them; an endpoint that asks for more is asked again by the run, later. */
const LONGEST_WAIT = 20_000;
/** Longest a call may take, its tries together: a local model without a graphics card is slow. */
const LONGEST_CALL = 1_200_000;
const PROBE_MS = 5_000;
/** Without vectors of a service the run goes on with its own, and does not wait long for them. */
const LONGEST_EMBEDDING = 120_000;

/** Never rejects; settles when the signal aborts, and the connection is closed then. */
export async function askEndpoint(
  { source, price, request }: Asked,
  at: EndpointAt,
  signal: AbortSignal,
  said: (piece: string) => void,
): Promise<ModelReply> {
  // Without a price nobody counts what its searches cost.
  if (request.search !== undefined && !canSearch(price)) return unpaid('this model does not search the web here', null);
  const opened = await openEndpoint(source, at);
  if (opened.type === 'failed') return unpaid(opened.reason, 10_000);
  const { provider } = opened;
  const tokens = Math.min(request.tokens, factsOf(request.model)?.reply ?? request.tokens);
  const asked = { ...request, tokens };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_CALL)]);
  let streamed = 0;
  const answer = await tryEndpoint(provider, asked, at, limit, (piece) => {
    streamed += tokensAtMost(piece);
    said(piece);
  });
  const searches = asked.search ?? 0;
  const most = { input: readAtMost(promptTokensAtMost(asked.messages), searches), output: tokens, searches };
  if (answer.type === 'replied') {
    const usage = clipped(answer.usage, most);
    const { text, finish, sources } = answer;
    const dollars = price && priced(usage, answer.written, price);
    return { type: 'replied', text, finish, usage, dollars, ...(sources ? { sources } : {}) };
  }
  // Thinking is charged and not seen: of a thinking model that broke off nobody knows more than the most it can have cost.
  const thought = asked.effort !== 'none' && (factsOf(asked.model)?.reasons ?? false);
  const output = thought ? most.output : Math.min(most.output, streamed);
  const usage = answer.usage ?? {
    input: most.input,
    output,
    cached: 0,
    reasoning: 0,
    ...(searches > 0 ? { searches } : {}),
  };
  const late = answer.kind === 'stopped' && !signal.aborted;
  const reason = late ? 'it took longer than a call may take' : answer.reason;
  const again = answer.kind === 'overloaded' || answer.kind === 'outage';
  const retryAfter = again ? (answer.retryAfter ?? 10_000) : null;
  return { type: 'failed', reason, retryAfter, usage, dollars: price && costOf(usage, price) };
}

export async function embedAtEndpoint(
  source: EndpointSource,
  model: string,
  texts: readonly string[],
  at: EndpointAt,
  signal: AbortSignal,
): Promise<Embedded> {
  const opened = await openEndpoint(source, at);
  if (opened.type === 'failed') return { type: 'failed', reason: opened.reason, usage: NO_USAGE, dollars: 0 };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_EMBEDDING)]);
  const answer = await opened.provider.embed(model, texts, limit);
  const most = { input: texts.reduce((sum, text) => sum + tokensAtMost(text), 0), output: 0 };
  // What it cost follows from its route.
  if (answer.type === 'ok') {
    const vectors = answer.vectors.map((vector) => Float32Array.from(vector));
    return { type: 'embedded', vectors, usage: clipped(answer.usage, most), dollars: null };
  }
  const usage = answer.usage === null ? { ...NO_USAGE, ...most } : clipped(answer.usage, most);
  const late = answer.kind === 'stopped' && !signal.aborted;
  return { type: 'failed', reason: late ? 'it took longer than it may take' : answer.reason, usage, dollars: null };
}

export type OpenedEndpoint =
  { readonly type: 'ok'; readonly provider: Provider } | { readonly type: 'failed'; readonly reason: string };

export async function openEndpoint(
  { kind, base, key }: EndpointSource,
  { today }: EndpointAt,
): Promise<OpenedEndpoint> {
  // Without an address the SDK would take the key to OpenAI.
  if (kind === 'compatible' && base === null) return { type: 'failed', reason: 'the endpoint has no address' };
  if (base !== null && !/^https?:\/\//i.test(base)) {
    return { type: 'failed', reason: 'the endpoint’s address does not begin with http:// or https://' };
  }
  try {
    const { openProvider } = await import('./providers/open.ts');
    const id = base === null ? kind : new URL(base).host;
    const endpoint = { baseURL: base, key, timeout: LONGEST_CALL, page: true };
    return { type: 'ok', provider: openProvider({ id, kind, endpoint, now: today, factsOf }) };
  } catch {
    return { type: 'failed', reason: 'what speaks to endpoints could not be loaded' };
  }
}

async function tryEndpoint(
  provider: Provider,
  request: ModelRequest,
  { after }: EndpointAt,
  signal: AbortSignal,
  said: (piece: string) => void,
): Promise<ProviderReply> {
  for (let tries = 1; ; tries++) {
    let answer = await provider.complete(request, signal, said);
    if (answer.type === 'replied') return answer;
    if (answer.unanswered && answer.usage === null) {
      // A browser does not say whether a request arrived. One that could not even ask for the list has not sent any.
      const listed = await provider.list(AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]));
      const gone = listed.type === 'failed' && listed.kind === 'outage';
      if (gone) answer = { ...answer, usage: NO_USAGE };
    }
    const wait = answer.retryAfter ?? 500 * 2 ** (tries - 1);
    const again = answer.kind === 'overloaded' || answer.kind === 'outage';
    if (!again || !costless(answer) || tries >= TRIES || wait > LONGEST_WAIT || signal.aborted) return answer;
    await after(wait, signal);
    if (signal.aborted) return { ...answer, kind: 'stopped', reason: 'stopped' };
  }
}

function costless({ usage }: ProviderFailure): boolean {
  return usage !== null && usage.input === 0 && usage.output === 0;
}

/** An endpoint that claims more than the request allowed is not believed; of what searches brought in nobody knows what that is. */
function clipped(
  usage: Usage,
  most: { readonly input: number; readonly output: number; readonly searches?: number },
): Usage {
  const allowed = most.searches ?? 0;
  const input = Math.min(usage.input, allowed > 0 ? BELIEVED * most.input : most.input);
  const output = Math.min(usage.output, most.output);
  const searches = Math.min(usage.searches ?? 0, BELIEVED * allowed);
  return {
    ...{ input, output, cached: Math.min(usage.cached, input), reasoning: Math.min(usage.reasoning, output) },
    ...(searches > 0 ? { searches } : {}),
  };
}

/** `written`: tokens that were written to a cache, where that costs more than plain input. */
function priced(usage: Usage, written: number, price: Price): number {
  const surcharge = Math.max(0, (price.written ?? price.input) - price.input) * Math.min(usage.input, written);
  const cost = costOf(usage, price);
  const searches = costOf({ ...NO_USAGE, searches: usage.searches ?? 0 }, price);
  const worst = worstCostOf(usage.input, usage.output, price) + searches;
  return Math.max(cost, Math.min(worst, cost + surcharge / 1e6));
}

function unpaid(reason: string, retryAfter: number | null): ModelReply {
  return { type: 'failed', reason, retryAfter, usage: NO_USAGE, dollars: 0 };
}
