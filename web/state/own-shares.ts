/** Links of the shares that were made in this browser: of a sealed one nobody else has the key. */
import { read, write } from './preferences.ts';

const PLACE = 'genesis:shares';
const MOST = 500;

export interface OwnLink {
  readonly title: string;
  /** With its key, and with `#`. */
  readonly fragment: string;
}

/** By the share's id. */
export function ownLinks(): ReadonlyMap<string, OwnLink> {
  const links = new Map<string, OwnLink>();
  try {
    const value: unknown = JSON.parse(read('local', PLACE) ?? '[]');
    if (!Array.isArray(value)) return links;
    for (const entry of value as readonly unknown[]) {
      const [id, title, fragment] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
      if (typeof id === 'string' && typeof title === 'string' && typeof fragment === 'string')
        links.set(id, { title, fragment });
    }
  } catch {
    // Damaged: the shares are still listed, only without their links.
  }
  return links;
}

export function keepOwnLink(id: string, link: OwnLink): void {
  put(new Map([...ownLinks()].filter(([each]) => each !== id)).set(id, link));
}

export function forgetOwnLink(id: string): void {
  put(new Map([...ownLinks()].filter(([each]) => each !== id)));
}

function put(links: ReadonlyMap<string, OwnLink>): void {
  const entries = [...links].map(([id, { title, fragment }]) => [id, title, fragment]);
  write('local', PLACE, JSON.stringify(entries.slice(-MOST)));
}
