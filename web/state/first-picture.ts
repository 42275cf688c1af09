/**
 * Pictures of seed programs that are there before any engine is, so that the page is never empty. A test holds them against
 * what the evaluator says of the seed.
 */
import pictures from './first-pictures.json' with { type: 'json' };
import { parsePicture } from './picture.ts';
import type { Picture } from './picture.ts';

const parsed = new Map<string, Picture | null>();

export function firstPicture(example: string): Picture | null {
  let found = parsed.get(example);
  if (found === undefined) {
    found = parsePicture((pictures as Readonly<Record<string, unknown>>)[example]);
    parsed.set(example, found);
  }
  return found;
}
