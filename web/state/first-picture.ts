/** Pictures of seed programs that are there before any engine is: the page is never empty. */
import { parsePicture } from './picture.ts';
import type { Picture } from './picture.ts';

export function firstPicture(_example: string): Picture | null {
  return parsePicture(null);
}
