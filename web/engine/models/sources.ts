/** Pages of the web that searches led to. What they are called and where they are was written by strangers. */
import { inline } from '../prompts/clean.ts';
import { removeSecrets } from '../prompts/secrets.ts';
import type { Source } from './model.ts';

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
