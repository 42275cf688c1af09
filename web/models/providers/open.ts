/** From a kind and an address to a provider: which SDK and which wire serve it. */
import { anthropicClient, createAnthropicProvider } from './anthropic.ts';
import { DIALECTS, PLACES, type ProviderKind } from './kinds.ts';
import { createChatProvider } from './openai-chat.ts';
import { openaiClient, type Endpoint } from './openai-client.ts';
import { createResponsesProvider } from './openai-responses.ts';
import type { ModelTraits, Provider } from './provider.ts';

export interface Opening {
  /** What it is called in reasons. */
  readonly id: string;
  readonly kind: ProviderKind;
  readonly endpoint: Endpoint;
  /** For OpenAI's kind: `chat` where an endpoint knows no Responses. */
  readonly api?: 'responses' | 'chat' | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly factsOf: (model: string) => ModelTraits | null;
}

export function openProvider({ id, kind, endpoint, api, now, factsOf }: Opening): Provider {
  const place = { ...endpoint, baseURL: endpoint.baseURL ?? PLACES[kind] };
  if (kind === 'anthropic') return createAnthropicProvider({ id, client: anthropicClient(place), now, factsOf });
  const wiring = { id, client: openaiClient(place), now, factsOf };
  const responses = (api ?? (kind === 'openai' ? 'responses' : 'chat')) === 'responses';
  return responses ? createResponsesProvider(wiring) : createChatProvider(wiring, DIALECTS[kind]);
}
