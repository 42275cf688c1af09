/**
 * The library's headers, read once for all programs that begin with the same ones. Clang reads some 40,000 lines for `<algorithm>` alone, each time
 * anew; what it has read can be kept (a precompiled header), and gives the same module to the byte. Keeping it costs as much as ten compilations.
 */

/** Compilations that began with the same headers, slowly, before they are kept; and what slow is, milliseconds. */
const SEEN_BEFORE = 4;
const SLOW = 600;
/** Sets of headers kept, some 15 MB each. */
const MOST_KEPT = 2;

/**
 * Directives at the beginning of a text, one a line, where they include the library's headers and nothing else stands among them; empty where
 * there are none. A macro defined before a header may change what it means, so that only what stands first counts.
 */
export function leadingHeaders(text: string): string {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  const found: string[] = [];
  for (const line of bare.split('\n')) {
    const words = line.replace(/\/\/.*/, '').trim();
    if (words === '') continue;
    const [, name] = /^#\s*include\s*(<[\w./+-]+>)$/.exec(words) ?? [];
    if (name === undefined) break;
    found.push(`#include ${name}\n`);
  }
  return found.join('');
}

type Made = Uint8Array | null;

export class KeptHeaders {
  readonly #slow = new Map<string, number>();
  /** null: they could not be made, and are not tried again. */
  readonly #kept = new Map<string, Made>();

  /** null: compile without. `make` gives null where clang does not like the headers. */
  async of(headers: string, flags: string, make: (headers: string) => Promise<Made>): Promise<Made> {
    const key = `${flags}\n${headers}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined || (this.#slow.get(key) ?? 0) < SEEN_BEFORE) return kept ?? null;
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
    const made = await make(headers);
    this.#kept.set(key, made);
    return made;
  }

  /** Told how long a compilation without them took. */
  took(headers: string, flags: string, milliseconds: number): void {
    const key = `${flags}\n${headers}`;
    if (headers !== '' && milliseconds >= SLOW) this.#slow.set(key, (this.#slow.get(key) ?? 0) + 1);
  }
}
