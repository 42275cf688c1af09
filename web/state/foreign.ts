/** Runs that somebody else gave and that nobody has let go on in this browser: nothing of theirs is evaluated before that. */
import { read, write } from './preferences.ts';

const PLACE = 'genesis:foreign-runs';
const MOST = 1_000;
/** Where the browser keeps nothing, this page remembers. */
let known: readonly string[] | null = null;

export function isForeign(id: string): boolean {
  return all().includes(id);
}

export function markForeign(id: string): void {
  keep([...all().filter((each) => each !== id), id].slice(-MOST));
}

/** A person let it go on, or it is gone. */
export function trust(id: string): void {
  if (isForeign(id)) keep(all().filter((each) => each !== id));
}

function all(): readonly string[] {
  const text = read('local', PLACE);
  if (text === null) return known ?? [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  } catch {
    return known ?? [];
  }
}

function keep(ids: readonly string[]): void {
  known = ids;
  write('local', PLACE, ids.length === 0 ? null : JSON.stringify(ids));
}
