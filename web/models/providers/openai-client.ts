/** The OpenAI SDK's client as we use it: no retries of its own, no redirects, and what it shares between protocols. */
import OpenAI from 'openai';
import { NO_USAGE } from '../../engine/models/model.ts';
import { failureOf, tokensOf } from './failure.ts';
import { keptFetch } from './kept-fetch.ts';
import { pageFetch } from './page-fetch.ts';
import type { ProviderModels, ProviderVectors, ModelTraits } from './provider.ts';

export interface Wiring {
  readonly id: string;
  readonly client: OpenAI;
  readonly now: () => number;
  /** What is known of a model, by the provider's own name for it. */
  readonly factsOf: (model: string) => ModelTraits | null;
}

export interface Endpoint {
  /** null: the provider's own. */
  readonly baseURL: string | null;
  /** null: it wants none. */
  readonly key: string | null;
  readonly timeout: number;
  /** Whether this is a page: the SDKs refuse that unless told that the key is the person's own. */
  readonly page?: boolean;
}

export function openaiClient({ baseURL, key, timeout, page = false }: Endpoint): OpenAI {
  return new OpenAI({
    apiKey: key ?? 'none',
    organization: null,
    project: null,
    ...(baseURL === null ? {} : { baseURL }),
    maxRetries: 0,
    dangerouslyAllowBrowser: page,
    fetch: page ? pageFetch() : keptFetch(),
    timeout,
    // A redirect would take the key to another place.
    fetchOptions: { redirect: 'error' },
    logLevel: 'off',
  });
}

export async function embedWith(
  client: OpenAI,
  id: string,
  now: () => number,
  model: string,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<ProviderVectors> {
  try {
    const answer = await client.embeddings.create({ model, input: [...texts], encoding_format: 'float' }, { signal });
    const vectors = [...answer.data].sort((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    const usage = { ...NO_USAGE, input: tokensOf(answer.usage?.prompt_tokens) };
    const sound =
      vectors.length === texts.length &&
      vectors.every((vector) => Array.isArray(vector) && vector.length > 0 && vector.every(Number.isFinite));
    if (sound) return { type: 'ok', vectors, usage };
    return { type: 'failed', kind: 'outage', reason: `${id} gave no vectors`, retryAfter: null, usage };
  } catch (error) {
    return failureOf(error, id, signal, false, now());
  }
}

const MOST_LISTED = 2_000;

export async function listWith(
  client: OpenAI,
  id: string,
  now: () => number,
  signal: AbortSignal,
): Promise<ProviderModels> {
  try {
    const models: string[] = [];
    for await (const model of await client.models.list({ signal })) {
      if (typeof model.id === 'string') models.push(model.id.replace(/^models\//, ''));
      if (models.length >= MOST_LISTED) break;
    }
    return { type: 'ok', models };
  } catch (error) {
    const { kind, reason } = failureOf(error, id, signal, false, now());
    return { type: 'failed', kind, reason };
  }
}
