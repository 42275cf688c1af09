/** Searches of the web that a provider makes for its model: what they may bring in, and which pages they led to. Nobody here fetches a page. */
import { inline } from '../prompts/clean.ts';
import { removeSecrets } from '../prompts/secrets.ts';
import type { Source } from './model.ts';
import type { Price } from './price.ts';

/** Most searches that one call may be allowed. */
export const MOST_SEARCHES = 10;

/**
 * Tokens that one search is taken to bring at most. No provider names a bound; what is published are a few thousand to twenty thousand.
 */
export const FOUND_TOKENS = 32_000;

/**
 * Most tokens that a model reads of a prompt of so many. With searches it reads the prompt again after each of them, once more where it asks
 * for a search too many, and each time with all that was found.
 */
export function readAtMost(prompt: number, searches: number): number {
  return searches > 0 ? (searches + 2) * (prompt + searches * FOUND_TOKENS) : prompt;
}

/**
 * What a provider reports of a call with searches is counted as it stands, for nobody bounds beforehand what they bring in; beyond so many
 * times of what was set aside it is no report.
 */
export const BELIEVED = 10;

/** Whether a model searches where it is allowed to: its price says what a search costs. */
export function canSearch(price: Price | null): boolean {
  return price?.search !== undefined;
}

/** Pages of one reply that are kept, and how long an address and a title may be, characters. */
const MOST_SOURCES = 20;
const LONGEST_ADDRESS = 500;
const LONGEST_TITLE = 160;

/** A page of the web, without a user before its host and without anything that could end an attribute or a line. */
const ADDRESS = /^https?:\/\/[a-z0-9.[\]:-]{1,255}(?:[/?#][!#-;=?-[\]_a-z~]*)?$/i;

/** Pages from outside, each once: addresses of the web alone, titles of one line, and of both what holds no secret. */
export function readSources(value: unknown): Source[] {
  if (!Array.isArray(value)) return [];
  const sources = new Map<string, Source>();
  // Of a list without end no more is looked at than can matter.
  for (const each of value.slice(0, 10 * MOST_SOURCES) as unknown[]) {
    if (sources.size >= MOST_SOURCES) break;
    const { url, title } = (each ?? {}) as { readonly url?: unknown; readonly title?: unknown };
    if (typeof url !== 'string' || url.length > LONGEST_ADDRESS || !ADDRESS.test(url) || removeSecrets(url) !== url)
      continue;
    if (sources.has(url)) continue;
    sources.set(url, {
      url,
      title: typeof title === 'string' ? inline(removeSecrets(title.slice(0, 2_000)), LONGEST_TITLE) : '',
    });
  }
  return [...sources.values()];
}
