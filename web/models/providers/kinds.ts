/** Who answers where, and in which dialect: the same for a relay's key and for a person's own in the page. */
import type { Dialect } from './openai-chat.ts';

export type ProviderKind = 'openai' | 'anthropic' | 'google' | 'deepseek' | 'openrouter' | 'compatible';

/** null: its SDK knows, or nobody does. */
export const PLACES: Readonly<Record<ProviderKind, string | null>> = {
  openai: null,
  anthropic: null,
  google: 'https://generativelanguage.googleapis.com/v1beta/openai/',
  deepseek: 'https://api.deepseek.com/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  compatible: null,
};

/** Where those are that have a place of their own, as a page's policy names them. */
export const PROVIDER_ORIGINS: Readonly<Record<Exclude<ProviderKind, 'compatible'>, string>> = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
  deepseek: 'https://api.deepseek.com',
  openrouter: 'https://openrouter.ai',
};

/** Whose wire has a search of the web by the provider's own means; by all others a call that may search is made without. */
export function searchesWeb(kind: ProviderKind, api?: 'responses' | 'chat'): boolean {
  return kind === 'anthropic' || (kind === 'openai' && api !== 'chat');
}

export const DIALECTS: Readonly<Record<Exclude<ProviderKind, 'anthropic'>, Dialect>> = {
  openai: { limit: 'max_completion_tokens', effort: true, seed: true },
  google: { limit: 'max_tokens', effort: true, seed: false },
  deepseek: { limit: 'max_tokens', effort: false, seed: false },
  openrouter: { limit: 'max_tokens', effort: true, seed: true },
  compatible: { limit: 'max_tokens', effort: false, seed: true },
};
