/** The family of moves `mutate` is made of: each tries one small change at a random place. */
import type { Edit } from '../../program.ts';
import type { Random } from '../../rng.ts';
import type { Ground } from '../ground.ts';
import type { Words } from '../words.ts';

export interface MoveContext {
  readonly ground: Ground;
  readonly words: Words;
  readonly random: Random;
}

export interface Move {
  readonly id: string;
  /** Share of the choice, before what can't be done here is left out. */
  readonly weight: number;
  /** Ordered edits, or null where the place drawn does not lend itself to it: the caller draws again. */
  attempt(context: MoveContext): Edit[] | null;
}
