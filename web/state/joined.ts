/** Tokens of relays that a person has joined, under the address of each relay's API. */
import { read } from './preferences.ts';

export const PLACE = 'genesis:relay ';

/** Of the relay that a page comes from; null where nobody has joined it from here. */
export function joinedToken(origin: string): string | null {
  return read('local', `${PLACE}${origin}/api/v1`);
}
