/** From configuration to providers: which SDK and which address serve which kind. */
import type { ProviderConfig, ProviderKind } from '../config.ts';
import { keyVariableOf } from '../config.ts';
import { anthropicClient, createAnthropicProvider } from '../../web/models/providers/anthropic.ts';
import type { OfferedModel } from './catalogue.ts';
import { createChatProvider, type Dialect } from '../../web/models/providers/openai-chat.ts';
import { openaiClient } from '../../web/models/providers/openai-client.ts';
import { createResponsesProvider } from '../../web/models/providers/openai-responses.ts';
import type { Provider } from '../../web/models/providers/provider.ts';

const PLACES: Readonly<Record<ProviderKind, string | null>> = {
  openai: null,
  anthropic: null,
  google: 'https://generativelanguage.googleapis.com/v1beta/openai/',
  deepseek: 'https://api.deepseek.com/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  compatible: null,
};

const DIALECTS: Readonly<Record<Exclude<ProviderKind, 'anthropic'>, Dialect>> = {
  openai: { limit: 'max_completion_tokens', effort: true, seed: true },
  google: { limit: 'max_tokens', effort: true, seed: false },
  deepseek: { limit: 'max_tokens', effort: false, seed: false },
  openrouter: { limit: 'max_tokens', effort: true, seed: true },
  compatible: { limit: 'max_tokens', effort: false, seed: true },
};

export interface ProviderWiring {
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => number;
  readonly timeout: number;
  readonly factsOf: (provider: string, model: string) => OfferedModel | null;
}

export type Made =
  | { readonly type: 'ok'; readonly id: string; readonly provider: Provider }
  /** Its variable is not set. */
  | { readonly type: 'no-key'; readonly id: string; readonly variable: string };

export function idOf({ id, kind }: ProviderConfig): string {
  return id ?? kind;
}

export function createProvider(config: ProviderConfig, { environment, now, timeout, factsOf }: ProviderWiring): Made {
  const id = idOf(config);
  const variable = keyVariableOf(config);
  const key = variable === null ? null : (environment[variable] ?? '');
  if (variable !== null && key === '') return { type: 'no-key', id, variable };
  const endpoint = { baseURL: config.baseURL ?? PLACES[config.kind], key, timeout };
  const facts = (model: string): OfferedModel | null => factsOf(id, model);
  if (config.kind === 'anthropic') {
    return {
      type: 'ok',
      id,
      provider: createAnthropicProvider({ id, client: anthropicClient(endpoint), now, factsOf: facts }),
    };
  }
  const wiring = { id, client: openaiClient(endpoint), now, factsOf: facts };
  const responses = (config.api ?? (config.kind === 'openai' ? 'responses' : 'chat')) === 'responses';
  const provider = responses ? createResponsesProvider(wiring) : createChatProvider(wiring, DIALECTS[config.kind]);
  return { type: 'ok', id, provider };
}
