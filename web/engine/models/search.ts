/** Searches of the web that a provider makes for its model: how many, and what they may bring in. Nobody here fetches a page. */
import type { Price } from './price.ts';

/** Most searches that one call may be allowed. */
export const MOST_SEARCHES = 10;

/** Dearest price of one that a person may enter, US dollars. */
export const DEAREST_SEARCH = 100;

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
