/** Large things that a run has to fetch: what a person is asked, what they agreed to, and how far it has come. */
import type { Download, Loading } from '../worker/protocol.ts';
import { formatBytes } from './bytes.ts';
import { read, write } from './preferences.ts';

export type { Loading } from '../worker/protocol.ts';

const KEY = 'genesis:agreed';

export class Downloads {
  /** What is being fetched now; null where nothing is. */
  loading = $state.raw<Loading | null>(null);
  /** What the run on screen would have to fetch, and has not been allowed to; null where nothing is asked. */
  asked = $state.raw<readonly Download[] | null>(null);
  #go: () => void = () => {};
  /** Agreed to on this page, also where the browser keeps nothing. */
  #also: readonly string[] = [];

  /** Ids a person has agreed to in this browser: they are fetched once, and lie in its cache from then on. */
  get agreed(): string[] {
    try {
      const value: unknown = JSON.parse(read('local', KEY) ?? '[]');
      return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
    } catch {
      return [];
    }
  }

  /** `go` begins what was held up. */
  ask(downloads: readonly Download[], go: () => void): void {
    this.#go = go;
    this.asked = downloads;
  }

  agree(): void {
    const { asked } = this;
    if (asked === null) return;
    this.asked = null;
    this.#also = [...this.#also, ...asked.map(({ id }) => id)];
    write('local', KEY, JSON.stringify([...new Set([...this.agreed, ...this.#also])]));
    this.#go();
  }

  /** For a start: what was agreed to, also where the browser keeps nothing. */
  get ids(): string[] {
    return [...new Set([...this.agreed, ...this.#also])];
  }

  reset(): void {
    this.asked = null;
    this.#go = () => {};
  }
}

/** `This run needs Python (14 MB) and the C and C++ compiler (27 MB).` */
export function askWords(downloads: readonly Download[]): string {
  const parts = downloads.map(({ title, bytes }) => (bytes > 0 ? `${title} (${formatBytes(bytes)})` : title));
  const list = parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
  const foreign = downloads.flatMap(({ title, from }) => (from ? [{ title, ...from }] : []));
  const own = downloads.length - foreign.length;
  const once =
    own === 0
      ? ''
      : ` ${own === 1 && foreign.length === 0 ? 'It is' : 'They are'} fetched once and kept by the browser.`;
  const where = foreign.map(({ title, place, terms }) => ` ${capital(title)} comes from ${place}: ${terms}.`).join('');
  return `This run needs ${list}.${once}${where}`;
}

/** `Download 41 MB and run`. */
export function agreeWords(downloads: readonly Download[]): string {
  const bytes = totalOf(downloads);
  return bytes > 0 ? `Download ${formatBytes(bytes)} and run` : 'Load it and run';
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

export function totalOf(downloads: readonly Download[]): number {
  return downloads.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** `Downloading Python…`; bytes only where nobody knows how many there will be, for the share stands beside it. */
export function loadingWords({ step, loaded, total }: Loading): string {
  return loaded !== null && loaded > 0 && (total === null || total <= 0)
    ? `${step}: ${formatBytes(loaded)}`
    : `${step}…`;
}

/** 0–1; null where nothing is counted. */
export function loadingShare({ loaded, total }: Loading): number | null {
  return loaded === null || total === null || total <= 0 ? null : Math.min(1, loaded / total);
}
