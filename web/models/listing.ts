/** Which models a source has. What goes wrong is a value with what to do about it. */
import { factsOf } from '../engine/models/prices.ts';
import type { Price } from '../engine/models/price.ts';
import { openEndpoint, type EndpointAt, type EndpointSource } from './endpoint.ts';
import { PROVIDER_ORIGINS, searchesWeb } from './providers/kinds.ts';
import type { FailureKind } from './providers/provider.ts';
import { modelsOf, type ReadLog } from './recorded.ts';
import { readJson } from './relay.ts';
import { secretsOf, withoutSecrets } from './secrets.ts';
import type { EndpointKind, Listed, ListedModel, ModelSource } from './source.ts';

export interface ListingAt extends EndpointAt {
  readonly fetch: typeof fetch;
  readonly readLog: ReadLog;
  /** Origin of the page. */
  readonly origin: string;
  /** Whether the page's policy kept a request from that address. */
  readonly blocked: (address: string) => boolean;
}

const LIST_MS = 20_000;
const MOST_MODELS = 2_000;
const MOST_NOTES = 20;
const LONGEST_NOTE = 300;

/** Never rejects; settles when the signal aborts. */
export async function listSource(source: ModelSource, at: ListingAt, stop: AbortSignal): Promise<Listed> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(LIST_MS)]);
  const listed = await listedBy(source, at, signal);
  const secrets = secretsOf(source);
  const masked = (text: string): string => withoutSecrets(text, secrets);
  return listed.type === 'ok'
    ? { ...listed, notes: listed.notes.map(masked) }
    : { ...listed, reason: masked(listed.reason), remedy: masked(listed.remedy) };
}

function listedBy(source: ModelSource, at: ListingAt, signal: AbortSignal): Promise<Listed> {
  switch (source.type) {
    case 'relay':
      return listRelay(source, at, signal);
    case 'endpoint':
      return listEndpoint(source, at, signal);
    case 'recorded':
      return listRecorded(source.runId, at);
    case 'page':
      return Promise.resolve(failed('The page knows its own models', ''));
    default:
      return source satisfies never;
  }
}

type RelaySource = Extract<ModelSource, { type: 'relay' }>;

async function listRelay(source: RelaySource, at: ListingAt, signal: AbortSignal): Promise<Listed> {
  const { base, token } = source;
  let response: Response;
  try {
    response = await at.fetch(`${base}/models`, {
      ...{ headers: { authorization: `Bearer ${token}` }, signal, redirect: 'error', credentials: 'omit' },
      cache: 'no-store',
    });
  } catch {
    const remedy = (await isBlocked(source, at, signal)) ? NOT_ALLOWED : 'Start it, or join it anew';
    return failed('The relay can’t be reached, or does not let this page in', remedy);
  }
  const body = recordOf(await readJson(response));
  if (!response.ok) {
    const reason = textOf(body?.['error']) || `The relay refused to give its list (${response.status})`;
    return failed(reason.replace(/\.$/, ''), textOf(body?.['remedy']).replace(/\.$/, ''));
  }
  if (!Array.isArray(body?.['models'])) return failed('What answers there is not a relay', 'Check its address');
  const models = body['models'].slice(0, MOST_MODELS).flatMap((each) => offeredOf(recordOf(each)) ?? []);
  const probes = Array.isArray(body['providers']) ? body['providers'].slice(0, MOST_NOTES) : [];
  const notes = probes.flatMap((each) => {
    const probe = recordOf(each);
    const [provider, reason] = [textOf(probe?.['provider']), textOf(probe?.['reason'])];
    return probe === null || probe['state'] === 'ready' || provider === '' ? [] : [`${provider}: ${reason}`];
  });
  return { type: 'ok', models, notes };
}

const NAME = /^[\w.:/@-]{1,128}$/;

function offeredOf(offered: Readonly<Record<string, unknown>> | null): ListedModel | null {
  const { name, provider, price, context, reply, reasons, purpose } = offered ?? {};
  if (typeof name !== 'string' || !NAME.test(name) || typeof provider !== 'string') return null;
  return {
    ...{ model: name, provider: provider.slice(0, 64), price: priceIn(price), reasons: reasons === true },
    ...{ context: amountOf(context), reply: amountOf(reply), purpose: purpose === 'vectors' ? 'vectors' : 'text' },
  };
}

function priceIn(value: unknown): Price | null {
  const price = recordOf(value);
  const [input, cached, output] = [
    amountOf(price?.['input']),
    amountOf(price?.['cached']),
    amountOf(price?.['output']),
  ];
  if (price === null || input === null || cached === null || output === null) return null;
  const tier = recordOf(price['long']);
  const [above, longInput, longCached, longOutput] = (['above', 'input', 'cached', 'output'] as const).map((part) =>
    amountOf(tier?.[part]),
  );
  const long =
    above == null || longInput == null || longCached == null || longOutput == null
      ? null
      : { above, input: longInput, cached: longCached, output: longOutput };
  const search = amountOf(price['search']);
  return { input, cached, output, written: amountOf(price['written']), long, ...(search === null ? {} : { search }) };
}

async function listEndpoint(source: EndpointSource, at: ListingAt, signal: AbortSignal): Promise<Listed> {
  const { kind } = source;
  if (source.key === null && kind !== 'compatible') {
    return failed('No key has been given', 'Type the key that this provider gave you');
  }
  const opened = await openEndpoint(source, at);
  if (opened.type === 'failed') return failed(sentence(opened.reason), 'Check its address');
  const listed = await opened.provider.list(signal);
  if (listed.type === 'failed') {
    const { kind: what, reason } = listed;
    if (what === 'outage' && (await isBlocked(source, at, signal))) {
      return failed(sentence(reason), `${NOT_ALLOWED}: ask it through the relay`);
    }
    return failed(sentence(reason), remedyOf(what, source, at.origin));
  }
  const names = [...new Set(listed.models)].filter((model) => NAME.test(model) && !isOther(model));
  const models = names.map((model) => modelOf(model, kind));
  // Those of which something is known first: a provider's list is long and in no order.
  const known = models.filter(({ price }) => price !== null);
  const notes =
    known.length < models.length && kind !== 'compatible'
      ? ['Prices that this page does not know have to be typed before such a model can be used.']
      : [];
  if (models.length === 0) notes.push('It has no models. A program on this computer may have to be given one first.');
  return { type: 'ok', models: [...known, ...models.filter(({ price }) => price === null)], notes };
}

const NOT_ALLOWED = 'This page’s relay lets it reach no such place (directModels in its configuration)';
/** A browser tells of what its page's policy forbids a little later than that it failed. */
const TOLD_MS = 50;

async function isBlocked(source: EndpointSource | RelaySource, at: ListingAt, signal: AbortSignal): Promise<boolean> {
  const own = source.type === 'relay' || source.kind === 'compatible' ? null : PROVIDER_ORIGINS[source.kind];
  const address = source.base ?? own;
  if (address === null || !URL.canParse(address)) return false;
  await at.after(TOLD_MS, signal);
  return at.blocked(address);
}

function modelOf(model: string, kind: EndpointKind): ListedModel {
  const facts = factsOf(model);
  // The same name at another's address may be another thing at another price.
  const price = facts !== null && facts.provider === kind ? priceOf(facts, kind) : null;
  return {
    ...{ model, provider: kind, price, context: facts?.context ?? null, reply: facts?.reply ?? null },
    ...{ reasons: facts?.reasons ?? false, purpose: makesVectors(model) ? 'vectors' : 'text' },
  };
}

function priceOf({ input, cached, output, written, long, search }: Price, kind: EndpointKind): Price {
  const searches = search !== undefined && searchesWeb(kind) ? { search } : {};
  return { input, cached, output, written, long, ...searches };
}

function makesVectors(model: string): boolean {
  return /embed|(^|[-_/.])(bge|gte|e5|minilm)([-_.:]|$)/i.test(model);
}

/** What makes pictures, speech and the like, by the names that providers give such models. */
function isOther(model: string): boolean {
  return /(^|[-_/.])(whisper|tts|dall-e|sora|image|imagen|veo|audio|realtime|moderation|transcribe|rerank|aqa)([-_.:]|$)/i.test(
    model,
  );
}

/** What may be done where an endpoint does not give its list. */
export function remedyOf(kind: FailureKind, { kind: who, base }: EndpointSource, origin: string): string {
  switch (kind) {
    case 'key':
      return base === null ? 'Check the key, and what it is allowed' : 'Check whether it wants a key, and which';
    case 'request':
      return 'Check the address: it ends in /v1 at most endpoints';
    case 'overloaded':
      return 'Try again in a while';
    case 'stopped':
      return 'It takes too long: try again';
    case 'outage':
      return base === null || (who !== 'compatible' && isOf(base, PROVIDER_ORIGINS[who]))
        ? 'Check the connection. Where a provider lets no page ask it, or this page’s relay allows none to be asked, a relay asks it for you'
        : unreached(base, origin);
    default:
      return kind satisfies never;
  }
}

function unreached(base: string, origin: string): string {
  const { protocol, hostname, port } = new URL(base);
  if (isLoopback(hostname)) {
    const server =
      port === '11434'
        ? `Ollama must run, with OLLAMA_ORIGINS=${origin} in its environment`
        : port === '1234'
          ? 'LM Studio’s server must run, with CORS turned on'
          : `Ollama needs OLLAMA_ORIGINS=${origin}, LM Studio’s server has a switch for CORS`;
    return port === '11434' || port === '1234'
      ? `${server}, so that it lets this page in; the browser may ask you first`
      : `It must run and let pages of ${origin} in: ${server}; the browser may ask you first`;
  }
  if (protocol === 'http:' && origin.startsWith('https:')) {
    return 'This page came by https, and browsers let such a page ask no http address but those of this computer: ask it through a relay';
  }
  return `It must let pages of ${origin} in, and so must this page’s relay (directModels in its configuration): else ask it through a relay`;
}

export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
}

function isOf(base: string, origin: string): boolean {
  return new URL(base).origin === origin;
}

async function listRecorded(runId: string, { readLog }: ListingAt): Promise<Listed> {
  const log = await readLog(runId);
  if (log.type === 'failed') return failed(sentence(log.reason).replace(/\.$/, ''), '');
  const models = modelsOf(log.value).map((model): ListedModel => {
    const facts = factsOf(model);
    return {
      ...{ model, provider: 'recorded', price: null, context: facts?.context ?? null, reply: facts?.reply ?? null },
      ...{ reasons: facts?.reasons ?? false, purpose: 'text' },
    };
  });
  if (models.length === 0) return failed('This run has asked no model', 'Choose a run that has');
  return {
    type: 'ok',
    models,
    notes: ['A reply is given where the very same is asked again: fork or rerun that run.'],
  };
}

function failed(reason: string, remedy: string): Listed {
  return { type: 'failed', reason, remedy };
}

/** Names of hosts stay as they are. */
function sentence(reason: string): string {
  if (/^\S*[.:\d]/.test(reason)) return reason;
  return `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_NOTE) : '';
}

function amountOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
