/** What comes of searches in a stream: how many there were, which pages they led to, and text that does not run together around them. */
import type { Source } from '../../engine/models/model.ts';
import { readSources } from '../../engine/models/sources.ts';
import { tokensOf } from './failure.ts';

/** Pages that are looked at: a provider may send any number. */
const MOST_SEEN = 200;

export class Found {
  readonly #cited: unknown[] = [];
  readonly #listed: unknown[] = [];
  readonly #searches = new Set<string>();

  /** A page that the reply refers to. */
  cite(page: unknown): void {
    if (this.#cited.length < MOST_SEEN) this.#cited.push(page);
  }

  /** Pages that a search brought. */
  list(pages: unknown): void {
    if (!Array.isArray(pages)) return;
    for (const page of pages.slice(0, MOST_SEEN - this.#listed.length) as unknown[]) this.#listed.push(kept(page));
  }

  /** A search that is charged; one that is told of twice counts once. */
  count(search: string): void {
    this.#searches.add(search);
  }

  /** Those that the reply refers to first. */
  get sources(): Source[] {
    return readSources([...this.#cited, ...this.#listed]);
  }

  /** `said`: what the provider says in its usage, if anything. What came in the stream was charged, whatever that says. */
  searches(said: unknown): { readonly searches?: number } {
    const searches = Math.max(this.#searches.size, tokensOf(said));
    return searches > 0 ? { searches } : {};
  }
}

/** Without the text of the page, which may be megabytes. */
function kept(page: unknown): unknown {
  const { url, title } = (page ?? {}) as { readonly url?: unknown; readonly title?: unknown };
  return { url, title };
}

/** A text that begins anew after something that is no text begins on a line of its own: marks of a reply stand at the beginning of lines. */
export function between(said: string): string {
  return said === '' || said.endsWith('\n') ? '' : '\n\n';
}
